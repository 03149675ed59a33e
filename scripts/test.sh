#!/usr/bin/env bash
# Runs the tests and prints what ran: scripts/test.sh [SUITE...], all of them by default.
#   native   unit and integration tests of the server, on SQLite and PostgreSQL
#   web      tests of the browser half in headless Chromium
#   site     debug build of the pages, for the next one
#   end2end  Playwright against the debug server
#   released a walk through every page as `make build` has made it, by the debug server; only where it is asked for
# All share one debug build: the server that `end2end` starts is the one that `native` has compiled.
# shellcheck disable=SC2329 # the suites are called by name
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh" test
# shellcheck source=scripts/env.sh
source "$here/env.sh"

suites=("$@")
((${#suites[@]})) || suites=(native web site end2end)
target=$(target_dir)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

native() {
  "$here/with-postgres.sh" cargo nextest run --locked --workspace --features ssr
}
native_count() { sed -n 's/.* Summary .*[^0-9]\([0-9]*\) tests\{0,1\} run: .*/\1/p' "$1" | tail -n 1; }

web() {
  local driver=$logs/webdriver.json
  sed "s|\"/usr/bin/chromium\"|\"$CHROMIUM\"|" webdriver.json >"$driver"
  RUSTFLAGS=$FRONT_RUSTFLAGS CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
    WASM_BINDGEN_TEST_WEBDRIVER_JSON=$driver WASM_BINDGEN_TEST_TIMEOUT=600 WASM_BINDGEN_TEST_DRIVER_TIMEOUT=120 \
    cargo test --locked --package runboard --features hydrate --test web \
    --target wasm32-unknown-unknown --target-dir "$target/front"
}
web_count() { sed -n 's/^test result: .* \([0-9]*\) passed; \([0-9]*\) failed.*/\1 \2/p' "$1" | awk '{ n += $1 + $2 } END { print n }'; }

site() { "$here/pages.sh"; }
site_count() { find target/site/pkg -type f | wc -l; }

end2end() {
  # Fresh after `native`; with the whole workspace, so that dependencies are not compiled again for the server alone.
  cargo build --locked --workspace --bins --test it --features ssr &&
    (cd end2end && npx tsc --noEmit && RUNBOARD_BIN=$target/debug/runboard npx playwright test)
}
end2end_count() { sed -n 's/^ *\([0-9]*\) \(passed\|failed\|flaky\|did not run\).*/\1/p' "$1" | awk '{ n += $1 } END { print n }'; }

# Walks through the program after all that the release build does to it: every page, and what each can do.
released() {
  [[ -f $RUNBOARD_RELEASE_SITE/pkg/__wasm_split_manifest.json ]] || die "there are no released pages: build them with 'make build'"
  cargo build --locked --workspace --bins --test it --features ssr &&
    (cd end2end && RUNBOARD_BIN=$target/debug/runboard RUNBOARD_SITE=$RUNBOARD_ROOT/$RUNBOARD_RELEASE_SITE \
      npx playwright test accordion agent-deletion agent-page agent-settings agents before-hydration chat hooks navigation run-steps run-with)
}
released_count() { end2end_count "$1"; }

table=()
failed=0
for suite in "${suites[@]}"; do
  declare -F "${suite}_count" >/dev/null || die "there is no suite '$suite': native, web, site, end2end or released"
  say "Tests: $suite"
  started=$SECONDS
  result=passed
  "$suite" 2>&1 | tee "$logs/$suite" || { result=FAILED && failed=1; }
  count=$("${suite}_count" "$logs/$suite" || true)
  # A suite that ran nothing has not passed.
  ((${count:-0} > 0)) || { result=FAILED && failed=1; }
  table+=("$(printf '%-10s %6s %8s  %s' "$suite" "${count:-0}" "$((SECONDS - started))" "$result")")
done

say "What ran"
printf '    %-10s %6s %8s  %s\n' suite count seconds result
printf '    %s\n' "${table[@]}"
exit "$failed"
