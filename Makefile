# The commands of this project. Each is a script or a CMake preset, so that it can be read and run by itself.
SHELL := /bin/bash
BENCH ?=

.PHONY: help run test bench build setup fmt gen module clean

help:  ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1#\2/p' Makefile | column -t -s '#'

run: build  ## build everything, then run server and agent on this machine (DATA=dir keeps the data elsewhere)
	@tools/run.sh

test:  ## build and run every test; the last line tells how many passed and failed
	@tools/setup.sh test
	@tools/test.py

bench:  ## measure, each figure as a ratio to a known program in the same run (BENCH=name for one)
	@tools/setup.sh bench
	@tools/bench.sh $(BENCH)

build: setup  ## build the programs into build/bin and the page into web/dist
	@tools/build.sh

setup:  ## install the missing Debian packages (as root or with sudo)
	@tools/setup.sh build

fmt:  ## format C++ and TypeScript
	@tools/fmt.sh

gen:  ## rewrite what is generated from the server's tables (openapi.json, client types, golden files)
	@tools/gen.sh

module:  ## start a new module from the template: make module NAME=site
	@tools/new_module.py $(NAME)

clean:  ## remove everything that was built, but no data
	rm -rf build web/dist web/node_modules
