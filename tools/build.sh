#!/usr/bin/env bash
# Builds what users run: the programs into build/bin and the page into web/dist.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release --log-level=WARNING >/dev/null
if [[ -d web ]]; then
    tools/page.sh build
fi
cmake --build build --target atalaya atalaya-agent atalaya-verify
