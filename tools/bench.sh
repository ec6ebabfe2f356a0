#!/usr/bin/env bash
# Measures against known programs, in the build that users run.
#   tools/bench.sh [NAME...]      all, or only these: start healthz list page api_key flood agent mutations chain checkpoints explore chunks metrics
# All of them together take half an hour, and write docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ -z ${ATALAYA_BIN:-} ]]; then
    tools/build.sh
    cmake --build build --target atalaya_bench atalaya_samples
    export ATALAYA_BIN=build/bin
fi
exec tools/bench/bench.py "$@"
