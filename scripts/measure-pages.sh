#!/usr/bin/env bash
# Measures what the pages of a release weigh, how long a change takes until it is painted, what many live updates cost the
# browser, and Lighthouse's opinion.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" test
"$here/build.sh"
"$here/size.sh"
# shellcheck source=scripts/env.sh
source "$here/env.sh"

LIGHTHOUSE_VERSION=13.5.0
program=$(target_dir)/release/runboard
(cd end2end && RUNBOARD_BIN=$program npx playwright test --config measures.config.ts)

say "Lighthouse $LIGHTHOUSE_VERSION of the dashboard (about two minutes)"
scratch=$(mktemp -d)
port=$((20000 + RANDOM % 20000))
"$program" --addr "127.0.0.1:$port" --data-dir "$scratch/data" >"$scratch/log" 2>&1 &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$scratch"' EXIT
until grep -q '^Runboard is at' "$scratch/log"; do
  kill -0 "$server" 2>/dev/null || die "the server did not start: $(cat "$scratch/log")"
  sleep 0.1
done
flags="--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
for preset in "" desktop; do
  CHROME_PATH=$CHROMIUM npx --yes "lighthouse@$LIGHTHOUSE_VERSION" "http://127.0.0.1:$port/?agent=1" --quiet \
    ${preset:+--preset=$preset} --chrome-flags="$flags" --output=json --output-path="$scratch/report.json" \
    --only-categories=performance,accessibility,best-practices
  node -e '
    const { categories, audits } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const scores = Object.values(categories).map(({ title, score }) => `${title} ${Math.round(score * 100)}`);
    console.log(`  ${process.argv[2]}: ${scores.join(", ")}`);
    for (const id of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"])
      console.log(`    ${audits[id].title}: ${audits[id].displayValue}`);
    for (const { id, title, score, scoreDisplayMode } of Object.values(audits))
      if (scoreDisplayMode === "binary" && score === 0) console.log(`    not passed: ${id}: ${title}`);
  ' "$scratch/report.json" "${preset:-phone}"
done
