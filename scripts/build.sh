#!/usr/bin/env bash
# Builds the release: first the pages (optimised wasm, hashed names, compressed copies), then the server with the pages
# inside it. Prints the path of the finished program last. Does nothing when nothing has changed since the last time.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

target=$(target_dir)
program=$target/release/runboard
site=$RUNBOARD_RELEASE_SITE
# Made when a build starts, so that what is edited meanwhile counts as changed; its text names the program it stands for.
stamp=target/release-build
sources=(.cargo browser Cargo.lock Cargo.toml derive migration/Cargo.toml migration/src public scripts/build.sh
  scripts/merge-chunks.mjs scripts/pages.sh scripts/site-file.mjs scripts/split-style.mjs scripts/trim-program.mjs
  scripts/wasm-format.mjs src style)

identity() { stat --format '%n %s %Y' "$program" 2>/dev/null || stat -f '%N %z %m' "$program"; }

up_to_date() {
  [[ -x $program && -f $stamp && $(<"$stamp") == "$(identity)" ]] || return 1
  [[ -z $(find "${sources[@]}" -newer "$stamp" -print -quit) ]]
}

if ! up_to_date; then
  mkdir -p target
  : >"$stamp.new"

  say "Building the pages for release (the first time about 10 minutes, later one or two)"
  scripts/pages.sh --release

  # The names inside the program are fixed when it is compiled. Cargo notices a file that has changed or gone, but not
  # one that is new.
  files=$(cd "$site" && find . -type f | sort)
  if [[ -f target/release-files && $files != "$(<target/release-files)" ]]; then
    cargo clean --quiet --release --package runboard
  fi
  printf '%s\n' "$files" >target/release-files

  say "Building the server for release (the first time about 15 minutes, later one or two)"
  cargo build --locked --release --package runboard --bin runboard --features ssr,embed

  identity >"$stamp.new.text"
  touch -r "$stamp.new" "$stamp.new.text"
  mv "$stamp.new.text" "$stamp"
  rm "$stamp.new"
fi
note "built: $program"
