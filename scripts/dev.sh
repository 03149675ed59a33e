#!/usr/bin/env bash
# Debug build that rebuilds and reloads the page as files change.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" run
# shellcheck source=scripts/env.sh
source "$here/env.sh"

exec cargo leptos watch --split "$@"
