#!/usr/bin/env bash
# What the first load of a page weighs, compressed, after scripts/build.sh; fails above the limit.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

LIMIT=300000
total=0
shopt -s nullglob
for file in "$RUNBOARD_RELEASE_SITE"/pkg/*.{css,js,wasm}.br; do
  size=$(wc -c <"$file")
  printf '    %7d  %s\n' "$size" "$(basename -- "${file%.br}")"
  total=$((total + size))
done
((total > 0)) || die "there is no release to weigh: build it with 'make build'"
printf '    %7d  in all, of at most %d\n' "$total" "$LIMIT"
((total <= LIMIT)) || die "the first load is too large"
