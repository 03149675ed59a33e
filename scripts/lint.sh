#!/usr/bin/env bash
# Formatting, and clippy once per half; any warning fails.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" run
# shellcheck source=scripts/env.sh
source "$here/env.sh"

say "Formatting"
cargo fmt --all --check
say "Clippy: server, its tests and benches"
cargo clippy --locked --workspace --all-targets --features ssr -- -D warnings
say "Clippy: server with the pages embedded, as released"
mkdir -p "$RUNBOARD_RELEASE_SITE"
cargo clippy --locked --package runboard --lib --bin runboard --features ssr,embed -- -D warnings
say "Clippy: browser half and its tests"
cargo clippy --locked --package runboard --package runboard-browser --lib --test web --features hydrate \
  --target wasm32-unknown-unknown --target-dir "$(target_dir)/front" -- -D warnings
