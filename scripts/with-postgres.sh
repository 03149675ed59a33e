#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own: scripts/with-postgres.sh COMMAND [ARGUMENTS...]
# The server listens on a free port of 127.0.0.1, keeps its data in a temporary directory, and ends with the command.
# The command finds it through RUNBOARD_TEST_POSTGRES_URL, as a user who may create databases.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

[[ -x ${POSTGRES_BIN:-}/initdb ]] || die "PostgreSQL's server programs are not known yet; run: scripts/setup.sh test"

dir=$(mktemp -d "${TMPDIR:-/tmp}/runboard-postgres.XXXXXX")

# PostgreSQL refuses to run as root.
owner=nobody
if id postgres >/dev/null 2>&1; then owner=postgres; fi
as_owner() {
  if ((EUID == 0)); then
    (cd "$dir" && runuser -u "$owner" -- "$@")
  else
    "$@"
  fi
}

finish() {
  as_owner "$POSTGRES_BIN/pg_ctl" stop --pgdata "$dir/data" --mode immediate --silent >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM

((EUID != 0)) || chown "$owner" "$dir"
as_owner "$POSTGRES_BIN/initdb" --pgdata "$dir/data" --username runboard --auth trust --encoding UTF8 --locale C.UTF-8 \
  --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2 && die "PostgreSQL could not be set up"; }

# Durability is not what is tested, and nothing here outlives the command.
settings="-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
settings+=" -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir"
for attempt in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 20000))
  if as_owner "$POSTGRES_BIN/pg_ctl" start --pgdata "$dir/data" --wait --silent --log "$dir/data/server.log" \
    --options "$settings -p $port" >/dev/null 2>&1; then break; fi
  ((attempt < 5)) || { cat "$dir/data/server.log" >&2 && die "PostgreSQL does not start"; }
done

RUNBOARD_TEST_POSTGRES_URL=postgres://runboard@127.0.0.1:$port/postgres "$@"
