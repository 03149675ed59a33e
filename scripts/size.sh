#!/usr/bin/env bash
# Measures the first load of each page, compressed, after scripts/build.sh; fails where one is above its limit.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

# Bytes: of the dashboard, and of any other page.
LIMIT=280000
OTHERS=400000
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
css=$(wc -c <"$pkg/runboard.css.br")
printf '    %7d  in all, of at most %d\n' "$dashboard" "$LIMIT"

heaviest=0
# The manifest has a line of the form "page":["chunk","chunk"] for each of the others.
while IFS=: read -r page chunks; do
  say "${page//\"/}: the same with another style, and"
  total=$((dashboard - css))
  mapfile -t files < <(grep -o '[^][",]*' <<<"$chunks")
  files=("${files[@]/#/$pkg/}")
  weigh "$pkg/pages.css" "${files[@]/%/.wasm}"
  printf '    %7d  in all, of at most %d\n' "$total" "$OTHERS"
  ((total <= heaviest)) || heaviest=$total
done < <(tr -d ' \n' <"$pkg/__wasm_split_manifest.json" | grep -o '"[^"]*":\[[^]]*\]' | sort)

say "Opened within a page, beyond what it has"
lazy=("$pkg"/split_lazy*.wasm)
weigh "${lazy[@]}"

((dashboard <= LIMIT)) || die "the dashboard's first load is too large"
((heaviest <= OTHERS)) || die "a page's first load is too large"
