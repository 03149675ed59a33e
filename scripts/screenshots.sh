#!/usr/bin/env bash
# Makes the README's pictures again: docs/dashboard-light.png and docs/dashboard-dark.png.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" test
# shellcheck source=scripts/env.sh
source "$here/env.sh"

target=$(target_dir)
"$here/pages.sh"
cargo build --locked --workspace --bins --test it --features ssr
cd end2end
RUNBOARD_BIN=$target/debug/runboard npx playwright test --config screenshots.config.ts
