#!/usr/bin/env bash
# Measurements. They are optimised builds of their own and no part of the tests.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" run
# shellcheck source=scripts/env.sh
source "$here/env.sh"

exec cargo bench --locked --package runboard --features ssr --bench table -- "$@"
