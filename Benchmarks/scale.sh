#!/usr/bin/env bash
# Prints, as Markdown, how the ledger and the checks grow: trials through `tally ingest`, then spans through the path of
# live traffic, on SQLite and on a PostgreSQL server of its own, and how long the checks of live traffic take then.
#
# usage: scale.sh TALLY BENCH-LEDGER     SPANS (10,000,000) says how many spans
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
spans="${SPANS:-10000000}"

python3 "$here/scale.py" "$1"
echo
"$2" spans "$spans"
echo
"$2" windows $((spans / 100)) $((spans / 10)) "$spans"

# The server ends when its standard input does.
coproc SERVER { "$here/../Tests/Support/PostgresServer/server.sh" shared_buffers=256MB max_wal_size=4GB; }
read -r folder <&"${SERVER[0]}"
if [[ -d "$folder" ]]; then
  "$2" spans "$spans" "postgres://tally@/postgres?host=$folder"
  psql --host "$folder" --username tally --no-psqlrc --tuples-only --no-align --command "EXPLAIN $("$2" traffic)" postgres \
    | sed 's/^/    /'
else
  echo "PostgreSQL was not measured: $folder"
fi
