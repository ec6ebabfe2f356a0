#!/usr/bin/env bash
# Rewrites what is printed from the server's tables: the API document, the page's types, the configuration reference.
# `make test` fails while one of them differs from what is committed; look at the diff before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh build
cmake --preset dev --log-level=WARNING >/dev/null
cmake --build --preset dev --target atalaya
build/dev/bin/atalaya openapi > web/openapi.json
tools/page.sh npx biome format --write openapi.json
build/dev/bin/atalaya config > docs/configuration.md
tools/page.sh npm run --silent gen
