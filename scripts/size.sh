#!/usr/bin/env bash
# Measures the first load of each page, compressed, after scripts/build.sh; fails where the dashboard's is above the
# limit.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

LIMIT=300000
pkg=$RUNBOARD_RELEASE_SITE/pkg
[[ -f $pkg/__wasm_split_manifest.json ]] || die "there is no release to weigh: build it with 'make build'"

# weigh FILE...: prints them, and adds them to $total.
weigh() {
  local file size
  for file in "$@"; do
    size=$(wc -c <"$file.br")
    printf '    %7d  %s\n' "$size" "${file##*/}"
    total=$((total + size))
  done
}

say "Dashboard"
total=0
weigh "$pkg"/runboard.{css,js,wasm}
dashboard=$total
printf '    %7d  in all, of at most %d\n' "$dashboard" "$LIMIT"

# The manifest has a line of the form "page":["chunk","chunk"] for each of the others.
while IFS=: read -r page chunks; do
  say "${page//\"/}: the same and"
  total=$dashboard
  mapfile -t files < <(grep -o '[^][",]*' <<<"$chunks")
  files=("${files[@]/#/$pkg/}")
  weigh "${files[@]/%/.wasm}"
  printf '    %7d  in all\n' "$total"
done < <(tr -d ' \n' <"$pkg/__wasm_split_manifest.json" | grep -o '"[^"]*":\[[^]]*\]' | sort)

((dashboard <= LIMIT)) || die "the first load is too large"
