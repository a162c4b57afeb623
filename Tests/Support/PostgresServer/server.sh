#!/usr/bin/env bash
# Runs a PostgreSQL server of its own, in a folder of its own, until its standard input ends: whoever started it may
# crash, and the server does not stay. Prints the folder of its socket once it takes connections; then obeys lines:
#   restart    stops it as a crash would, and starts it again; prints `done`
#
# usage: server.sh [SETTING=VALUE…]
set -u

bin="$(dirname "$(readlink -f "$(command -v initdb)")" 2>/dev/null)"
[[ -x "$bin/initdb" ]] || bin="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
if [[ ! -x "$bin/initdb" ]]; then
  echo "no PostgreSQL here: apt-get install postgresql"
  exit 1
fi

# A short path: a socket's may have 107 bytes.
folder="$(mktemp -d /tmp/tally-postgres-XXXXXX)"
as=()
if ((EUID == 0)); then
  # The server refuses to run as root.
  user="$(id -un postgres 2>/dev/null || echo nobody)"
  chown "$user" "$folder"
  as=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups --)
fi
chmod 755 "$folder"

control() { "${as[@]}" "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/log" -w --timeout=120 "$@" >>"$folder/control" 2>&1; }

finish() {
  control stop --mode=immediate
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

initialise() {
  rm -rf "$folder/data"
  "${as[@]}" "$bin/initdb" --pgdata="$folder/data" --username=tally --auth=trust --encoding=UTF8 --no-sync "$@" \
    >>"$folder/control" 2>&1
}
cd "$folder" || exit 1
# Texts in an order of people's, where the server has it: the ledger's must be by bytes all the same.
initialise --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US || initialise || {
  cat "$folder/control"
  exit 1
}
{
  echo "listen_addresses = ''"
  echo "unix_socket_directories = '$folder'"
  echo "max_connections = 400"
  echo "shared_buffers = 64MB"
  echo "recovery_init_sync_method = syncfs"
  for setting in "$@"; do echo "${setting%%=*} = '${setting#*=}'"; done
} >>"$folder/data/postgresql.conf"
control start || {
  cat "$folder/log"
  exit 1
}
echo "$folder"

while read -r line; do
  case "$line" in
    restart)
      control restart --mode=immediate
      echo done
      ;;
  esac
done
