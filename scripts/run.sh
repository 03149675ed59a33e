#!/usr/bin/env bash
# Installs what is missing, builds for release where something has changed, and starts Runboard.
# Arguments go to the program: scripts/run.sh --addr 127.0.0.1:4000
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" run
"$here/build.sh"
# shellcheck source=scripts/env.sh
source "$here/env.sh"

say "Starting Runboard (Ctrl-C stops it)"
exec "$(target_dir)/release/runboard" "$@"
