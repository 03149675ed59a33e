#!/usr/bin/env bash
# Builds the pages, one chunk of code for each and the first one's style apart: for debugging into target/site, with
# --release (optimised, with compressed copies) into target/site-release.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

site=target/site
flags=()
if [[ ${1:-} == --release ]]; then
  site=$RUNBOARD_RELEASE_SITE
  flags=(--release --precompress)
fi
LEPTOS_SITE_ROOT=$site cargo leptos build "${flags[@]}" --frontend-only --split --cargo-locked
node scripts/merge-chunks.mjs "$site/pkg"
node scripts/split-style.mjs "$site/pkg"
