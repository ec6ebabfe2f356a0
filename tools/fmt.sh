#!/usr/bin/env bash
# Formats the C++ files with clang-format and the page with Biome. With --check it only tells what is not formatted.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null; then
    echo "fmt: clang-format is missing: apt-get install clang-format" >&2
    exit 1
fi
mode=(-i)
[[ ${1:-} == --check ]] && mode=(--dry-run --Werror)
git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.hpp' | xargs -0 -r clang-format "${mode[@]}"
if [[ -d web ]]; then
    tools/page.sh npx biome format $([[ ${1:-} == --check ]] || echo --write) .
fi
[[ ${1:-} != --check ]] || echo "1 passed, 0 failed"
