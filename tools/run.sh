#!/usr/bin/env bash
# Runs the server on this machine, with an agent for this host. The data stays where it is between runs:
# $DATA, else /var/lib/atalaya for root and ~/.local/state/atalaya for others. Ctrl+C stops everything in order.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ -z ${DATA:-} ]]; then
    if [[ $(id -u) == 0 ]]; then
        DATA=/var/lib/atalaya
    else
        DATA=${XDG_STATE_HOME:-$HOME/.local/state}/atalaya
    fi
fi
exec build/bin/atalaya up --data "$DATA" --with-local-agent
