# shellcheck shell=bash
# Sourced by every script: where the project's own tools are, which toolchain to use, and how the scripts speak.
# scripts/setup.sh writes what it found out to $RUNBOARD_TOOLS/env; a value you have set yourself wins.

RUNBOARD_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
RUNBOARD_TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/runboard/tools

command -v cargo >/dev/null || PATH=$HOME/.cargo/bin:$PATH
case ":$PATH:" in
  *":$RUNBOARD_TOOLS/bin:"*) ;;
  *) PATH=$RUNBOARD_TOOLS/bin:$RUNBOARD_TOOLS/npm/node_modules/.bin:$PATH ;;
esac
export PATH

if [[ -f $RUNBOARD_TOOLS/env ]]; then
  # shellcheck disable=SC1091
  source "$RUNBOARD_TOOLS/env"
fi

# A relative target directory is meant from where the caller stood.
if [[ -n ${CARGO_TARGET_DIR:-} && $CARGO_TARGET_DIR != /* ]]; then
  export CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR
fi
cd -- "$RUNBOARD_ROOT" || exit

# Where the release build's pages are put for embedding; a debug build's are in target/site (see Cargo.toml).
# shellcheck disable=SC2034
RUNBOARD_RELEASE_SITE=target/site-release

# Flags that cargo-leptos adds to those of .cargo/config.toml, to know what to split: whoever builds wasm with the same
# flags uses what it has compiled.
# shellcheck disable=SC2034
FRONT_RUSTFLAGS="--cfg erase_components -Clink-args=--emit-relocs"

say() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
die() {
  printf '\n%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Cargo's target directory, wherever it was configured.
target_dir() {
  cargo metadata --offline --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}
