#!/usr/bin/env bash
# Installs the system packages that the build needs, and only those that are missing. Says nothing when all are there.
#
# usage: install-packages.sh GROUP…    groups: libraries (headers to compile against), python (3.9 or later), venv,
#        postgres (a server for the tests to start), nginx (a peer of the benchmarks)
set -euo pipefail

# What is needed is asked of the compiler and of Python, not of the package manager: a header or an interpreter that
# was installed another way serves just as well.
has_header() {
  local compiler
  compiler="$(command -v clang || command -v cc || true)"
  if [[ -n "$compiler" ]]; then
    printf '#include <%s>\n' "$1" | "$compiler" -E -x c -o /dev/null - 2>/dev/null
  else
    [[ -e "/usr/include/$1" || -e "/usr/local/include/$1" ]]
  fi
}

missing=()
for group in "$@"; do
  case "$group" in
    libraries)
      has_header zlib.h || missing+=(zlib1g-dev)
      has_header zstd.h || missing+=(libzstd-dev)
      has_header xxhash.h || missing+=(libxxhash-dev)
      has_header sqlite3.h || missing+=(libsqlite3-dev)
      has_header postgresql/libpq-fe.h || has_header libpq-fe.h || missing+=(libpq-dev)
      ;;
    python)
      python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || missing+=(python3)
      ;;
    venv)
      python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
      ;;
    postgres)
      command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
      ;;
    nginx)
      command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
      ;;
    *)
      echo "install-packages.sh: no group is called '$group' (libraries, python, venv, postgres, nginx)" >&2
      exit 64
      ;;
  esac
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

if ! command -v apt-get >/dev/null; then
  echo "Needed and not found: ${missing[*]} (Debian's names). There is no apt-get here: install them by hand." >&2
  exit 1
fi
as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "Needed: ${missing[*]}. Run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
  # In continuous integration nobody can type a password: fail at once instead of waiting for one.
  [[ "${CI:-}" == true || ! -t 0 ]] && as_root=(sudo --non-interactive)
fi
echo "Installing ${missing[*]}"
# `env` because sudo drops the environment.
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0)
"${install[@]}" update </dev/null
"${install[@]}" install --no-install-recommends "${missing[@]}" </dev/null >/dev/null
