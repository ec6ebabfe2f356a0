#!/usr/bin/env bash
# Runs npm for the page (web/) with a Node.js that is new enough.
#   tools/page.sh build        installs the packages of the lock file and builds web/dist, both only when out of date
#   tools/page.sh COMMAND...   runs COMMAND in web/ (the packages are installed first)
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ -x build/node/bin/node ]]; then
    PATH="$PWD/build/node/bin:$PATH"
fi
cd web

if ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock
fi

if [[ ${1:-build} != build ]]; then
    exec "$@"
fi
inputs=(src public index.html package-lock.json package.json vite.config.ts)
if [[ -f dist/index.html ]] && [[ -z $(find "${inputs[@]}" -newer dist/index.html -print -quit 2>/dev/null) ]]; then
    exit 0
fi
if ! npm run --silent build; then
    rm -f dist/index.html # half a page is none
    exit 1
fi
