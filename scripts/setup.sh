#!/usr/bin/env bash
# Installs what is missing to build and run Runboard (`setup.sh run`) or to test it as well (`setup.sh test`).
#
# It says each step, why it is needed and about how long it takes, and does nothing twice. Pinned tools go to a
# directory of their own (~/.cache/runboard/tools) and never replace yours. The usual way comes first; where rustup's
# servers are out of reach, Debian's own Rust takes their place.
# shellcheck disable=SC2030,SC2031 # a toolchain is tried in a subshell first
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

CARGO_LEPTOS_VERSION=0.3.11
BINARYEN_VERSION=132
NEXTEST_VERSION=0.9.143
RUST_VERSION=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
WASM_BINDGEN_VERSION=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
WASM_TARGET=wasm32-unknown-unknown

have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least HAVE WANT
version_at_least() { [[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# Whether a server responds within a few seconds; asked once per address.
declare -A REACHABLE=()
reachable() {
  local url=$1
  if [[ -z ${REACHABLE[$url]:-} ]]; then
    REACHABLE[$url]=no
    if have curl; then
      if curl --silent --location --fail --head --max-time 8 --output /dev/null "$url"; then REACHABLE[$url]=yes; fi
    elif have wget; then
      if wget --quiet --spider --tries 1 --timeout 8 "$url"; then REACHABLE[$url]=yes; fi
    fi
  fi
  [[ ${REACHABLE[$url]} == yes ]]
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    have sudo || die "this step needs administrator rights and sudo is not installed: $*"
    note "with sudo: $*"
    sudo "$@"
  fi
}

# apt_install WHY PACKAGE...: nothing that is installed is ever removed for it.
apt_install() {
  local why=$1 package missing=()
  shift
  for package in "$@"; do
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "Installing Debian packages ($why; a few minutes): ${missing[*]}"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends --no-remove)
  as_root apt-get update --quiet || note "the package lists could not all be refreshed; trying with those at hand"
  as_root "${install[@]}" "${missing[@]}" ||
    die "apt-get could not install ${missing[*]} beside what is installed; install them by hand, then run this again"
}

on_debian() { [[ -f /etc/debian_version ]] && have apt-get; }

# Values for scripts/env.sh; kept from run to run. A value set by the caller wins over it.
declare -A SAVED=()
load_env() {
  local line
  [[ -f $RUNBOARD_TOOLS/env ]] || return 0
  while IFS= read -r line; do
    if [[ $line =~ ^export\ ([A-Z_]+)=\"\$\{[A-Z_]+:-(.*)\}\"$ ]]; then SAVED[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}; fi
  done <"$RUNBOARD_TOOLS/env"
}
save_env() {
  local name
  SAVED[$1]=$2
  mkdir -p "$RUNBOARD_TOOLS"
  for name in "${!SAVED[@]}"; do
    # shellcheck disable=SC2016
    printf 'export %s="${%s:-%s}"\n' "$name" "$name" "${SAVED[$name]}"
  done | sort >"$RUNBOARD_TOOLS/env.new"
  mv "$RUNBOARD_TOOLS/env.new" "$RUNBOARD_TOOLS/env"
}

# --- Rust, with the wasm target -------------------------------------------------------------------------------------

rust_version() { rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p'; }

rust_new_enough() {
  local version
  version=$(rust_version)
  [[ -n $version ]] && version_at_least "$version" "$RUST_VERSION"
}

# compile_wasm CRATE_TYPE: whether an empty module of it can be built, the one check that cannot be fooled.
# `lib` needs the wasm standard library, `cdylib` a linker as well.
compile_wasm() {
  local dir status=0
  dir=$(mktemp -d)
  echo >"$dir/empty.rs"
  rustc --target "$WASM_TARGET" --crate-type "$1" --out-dir "$dir" "$dir/empty.rs" >/dev/null 2>&1 || status=1
  rm -r "$dir"
  return "$status"
}

rust_ready() { rust_new_enough && compile_wasm cdylib; }

# `rustup check` asks its server; 100 says that there are updates.
rustup_reachable() {
  local status=0
  timeout 20 rustup check >/dev/null 2>&1 || status=$?
  ((status == 0 || status == 100))
}

ensure_rust() {
  have cc || {
    on_debian || die "a C compiler is needed (SQLite is C); install one (cc), then run this again"
    apt_install "SQLite is C" gcc libc6-dev
  }
  if rust_ready; then return; fi
  if have rustup && rust_new_enough && rustup target list >/dev/null 2>&1 && rustup_reachable; then
    say "Adding the $WASM_TARGET target to your Rust (the pages are wasm; about a minute)"
    if rustup target add "$WASM_TARGET" && rust_ready; then return; fi
  fi
  if [[ -n ${RUSTUP_TOOLCHAIN:-} && $RUSTUP_TOOLCHAIN != "${SAVED[RUSTUP_TOOLCHAIN]:-}" ]]; then
    die "RUSTUP_TOOLCHAIN=$RUSTUP_TOOLCHAIN is not Rust $RUST_VERSION or newer with the $WASM_TARGET target; unset it"
  fi
  if have rustup; then
    local name
    for name in "$RUST_VERSION" stable debian runboard-debian; do
      if (export RUSTUP_TOOLCHAIN=$name && rust_ready); then
        note "using the installed toolchain '$name' (your default is too old or has no wasm target)"
        use_toolchain "$name"
        return
      fi
    done
  fi
  if have rustup && rustup_reachable; then
    say "Installing Rust $RUST_VERSION beside yours (found $(rust_version || true); your default stays; about two minutes)"
    if rustup toolchain install "$RUST_VERSION" --no-self-update --profile minimal --component clippy --component rustfmt \
      --target "$WASM_TARGET"; then
      use_toolchain "$RUST_VERSION"
      if rust_ready; then return; fi
    fi
  fi
  if on_debian; then
    debian_rust
    return
  fi
  have rustup || die "Rust $RUST_VERSION or newer is needed: install rustup (https://rustup.rs), then run this again"
  die "Rust $RUST_VERSION or newer with the $WASM_TARGET target is needed, and rustup could not download it"
}

use_toolchain() {
  export RUSTUP_TOOLCHAIN=$1
  save_env RUSTUP_TOOLCHAIN "$1"
}

# Debian's Rust in place of rustup's: for machines that reach package registries only.
debian_rust() {
  note "Rust $RUST_VERSION with the wasm target is not there and rustup cannot download it; taking Debian's"
  local lld
  apt_install "Rust and what builds wasm" rustc-web cargo-web rust-web-src rust-web-llvm rustfmt-web rust-web-clippy
  # Its linker's name points to a package that nothing depends on.
  lld=$(readlink /usr/bin/rust-lld || true)
  [[ ${lld##*/} != lld-* ]] || apt_install "the wasm linker" "${lld##*/}"
  if have rustup; then
    link_debian_toolchain
  fi
  rust_new_enough || die "Rust $RUST_VERSION or newer is needed; rustup cannot be reached and Debian offers $(rust_version)"
  compile_wasm lib || build_wasm_std
  rust_ready || die "Debian's Rust is installed but cannot build wasm: rustc --target $WASM_TARGET --crate-type cdylib fails"
}

link_debian_toolchain() {
  local name path
  for name in debian runboard-debian; do
    path=$(rustup toolchain list --verbose | awk -v name="$name" '$1 == name { print $NF }')
    if [[ -z $path ]]; then
      say "Linking Debian's Rust into rustup as the toolchain '$name' (your default stays as it is)"
      rustup toolchain link "$name" /usr
      path=/usr
    fi
    if [[ $(realpath -- "$path") == /usr ]]; then
      use_toolchain "$name"
      return
    fi
    note "rustup already has a toolchain '$name' at $path; leaving it alone"
  done
  die "rustup's toolchains 'debian' and 'runboard-debian' both point elsewhere; remove one, then run this again"
}

build_wasm_std() {
  local build=$RUNBOARD_TOOLS/build/wasm-std libdir
  libdir=$(rustc --print target-libdir --target "$WASM_TARGET")
  say "Building the wasm standard library into $libdir (Debian has no package of it; about two minutes)"
  rm -rf "$build"
  mkdir -p "$build/src"
  printf '[package]\nname = "wasm-std"\nedition = "2021"\n[workspace]\n' >"$build/Cargo.toml"
  : >"$build/src/lib.rs"
  (
    cd "$build"
    RUSTC_BOOTSTRAP=1 RUSTFLAGS='' CARGO_TARGET_DIR=$build/target cargo build --release \
      -Zbuild-std=std,panic_abort,proc_macro,test --target "$WASM_TARGET"
  )
  rm "$build/target/$WASM_TARGET/release/deps/"libwasm_std-*.rlib
  as_root rm -f "$libdir"/*.rlib
  as_root install -d "$libdir"
  as_root install -m 644 "$build/target/$WASM_TARGET/release/deps/"*.rlib "$libdir/"
  rm -rf "$build"
}

# --- Tools ----------------------------------------------------------------------------------------------------------

# tool_is COMMAND VERSION: whether exactly this version is what PATH finds.
tool_is() { [[ " $("$1" --version 2>/dev/null | head -n 1) " == *" $2 "* ]]; }

# install_tool CRATE VERSION MINUTES WHY OPT_LEVEL [CARGO_ARGS...]: into the project's own directory.
install_tool() {
  local crate=$1 version=$2 minutes=$3 why=$4 opt_level=$5
  shift 5
  if have cargo-binstall && reachable https://github.com; then
    say "Installing $crate $version ($why; under a minute)"
    if cargo binstall --no-confirm --disable-strategies compile --root "$RUNBOARD_TOOLS" "$crate@$version"; then
      hash -r
      return
    fi
    note "there is no finished $crate $version for this machine; building it"
  fi
  say "Building $crate $version ($why; about $minutes minutes)"
  # Quick to build rather than quick to run: these tools spend their time elsewhere.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=$opt_level CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_TARGET_DIR=$RUNBOARD_TOOLS/build/target \
    cargo install "$crate" --version "=$version" --root "$RUNBOARD_TOOLS" --force "$@" ||
    die "$crate $version could not be built; look above for the cause (can packages be downloaded?)"
  rm -rf "$RUNBOARD_TOOLS/build"
  hash -r
}

ensure_cargo_leptos() {
  tool_is cargo-leptos "$CARGO_LEPTOS_VERSION" ||
    install_tool cargo-leptos "$CARGO_LEPTOS_VERSION" 10 "builds the pages and the server" 0 --locked --features no_downloads
}

ensure_wasm_bindgen() {
  [[ -n $WASM_BINDGEN_VERSION ]] || die "Cargo.lock does not say which wasm-bindgen is used"
  if tool_is wasm-bindgen "$WASM_BINDGEN_VERSION" && tool_is wasm-bindgen-test-runner "$WASM_BINDGEN_VERSION"; then return; fi
  install_tool wasm-bindgen-cli "$WASM_BINDGEN_VERSION" 4 "joins wasm and JavaScript; the version is Cargo.lock's" 1
}

ensure_npm() {
  have npm && have node && return
  on_debian || die "npm is needed ($1); install Node.js 20 or newer, then run this again"
  apt_install "$1" nodejs npm
}

binaryen_works() {
  local version
  have wasm-merge || return 1
  version=$(wasm-opt --version 2>/dev/null | sed -n 's/^wasm-opt version \([0-9]*\).*/\1/p')
  [[ -n $version ]] && ((version >= BINARYEN_VERSION))
}

ensure_binaryen() {
  binaryen_works && return
  ensure_npm "brings Binaryen"
  say "Installing Binaryen $BINARYEN_VERSION (makes the wasm small and joins its chunks; under a minute)"
  mkdir -p "$RUNBOARD_TOOLS/npm"
  npm install --prefix "$RUNBOARD_TOOLS/npm" --no-audit --no-fund --loglevel error "binaryen@$BINARYEN_VERSION" ||
    die "npm could not install binaryen $BINARYEN_VERSION (is the npm registry reachable?)"
  hash -r
  binaryen_works || die "Binaryen was installed but does not start; is node 20 or newer on PATH?"
}

# --- Tests ----------------------------------------------------------------------------------------------------------

first_of() {
  local name
  for name in "$@"; do
    if have "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

find_browser() {
  CHROMIUM=$(first_of ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable) &&
    CHROMEDRIVER=$(first_of ${CHROMEDRIVER:+"$CHROMEDRIVER"} chromedriver)
}

ensure_browser() {
  if ! find_browser; then
    on_debian || die "Chromium and ChromeDriver are needed for the browser tests; install them, then run this again"
    apt_install "a browser for the tests" chromium chromium-driver
    find_browser || die "Chromium was installed but is not on PATH"
  fi
  save_env CHROMIUM "$CHROMIUM"
  save_env CHROMEDRIVER "$CHROMEDRIVER"
}

ensure_nextest() {
  have cargo-nextest || install_tool cargo-nextest "$NEXTEST_VERSION" 6 "runs the tests" 1 --locked
}

# The newest directory with PostgreSQL's server programs, if there is one.
find_postgres() {
  local dir
  dir=$(first_of postgres) && dirname -- "$(realpath -- "$dir")" && return
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -Vr); do
    if [[ -x $dir/postgres && -x $dir/initdb ]]; then
      echo "$dir"
      return
    fi
  done
  return 1
}

ensure_postgres() {
  local bin
  if ! bin=$(find_postgres); then
    on_debian || die "PostgreSQL's server programs are needed for the tests; install them, then run this again"
    # The tests start their own in a temporary directory: the package must not set up and start one for the machine.
    local quiet=/etc/postgresql-common/createcluster.d/runboard.conf
    as_root install -d "${quiet%/*}"
    echo 'create_main_cluster = false' | as_root tee "$quiet" >/dev/null
    apt_install "the tests run on PostgreSQL too, on one of their own" postgresql
    as_root rm -f "$quiet"
    bin=$(find_postgres) || die "PostgreSQL was installed but its programs were not found"
  fi
  save_env POSTGRES_BIN "$bin"
}

# It stands between the server and PostgreSQL in one of the tests.
ensure_pgbouncer() {
  local bin
  if ! bin=$(first_of ${PGBOUNCER:+"$PGBOUNCER"} pgbouncer /usr/sbin/pgbouncer); then
    on_debian || die "pgbouncer is needed for the tests; install it, then run this again"
    # The tests start their own: the package must not start one for the machine.
    if have systemctl; then as_root systemctl mask --quiet pgbouncer.service || true; fi
    apt_install "the tests reach PostgreSQL through a pooler too, one of their own" pgbouncer
    if have systemctl; then
      as_root systemctl unmask --quiet pgbouncer.service || true
      as_root systemctl disable --quiet pgbouncer.service || true
    fi
    bin=$(first_of pgbouncer /usr/sbin/pgbouncer) || die "pgbouncer was installed but was not found"
  fi
  save_env PGBOUNCER "$bin"
}

ensure_end2end() {
  ensure_npm "runs the browser tests and the MCP servers that tools are tested against"
  local done=end2end/node_modules/.installed
  cmp --silent end2end/package-lock.json "$done" && return
  say "Installing the tests' npm packages (Playwright, axe, MCP's reference servers; under a minute)"
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix end2end ci --no-audit --no-fund --loglevel error ||
    die "npm ci failed in end2end (is the npm registry reachable?)"
  cp end2end/package-lock.json "$done"
}

# --------------------------------------------------------------------------------------------------------------------

need=${1:-run}
[[ $need == run || $need == test ]] || die "usage: scripts/setup.sh [run|test]"

load_env
ensure_rust
ensure_cargo_leptos
ensure_wasm_bindgen
ensure_binaryen
if [[ $need == test ]]; then
  ensure_browser
  ensure_nextest
  ensure_postgres
  ensure_pgbouncer
  ensure_end2end
fi
