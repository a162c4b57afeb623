#!/usr/bin/env bash
# Installs a wheel into a clean virtual environment without any index and times the way to the first verdict.
#
# usage: try_wheel.sh WHEEL
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
wheel="$1"
limit=60  # seconds that a newcomer is asked to wait, from nothing to the first verdict

environment="$(mktemp -d)"
trap 'rm -rf "$environment"' EXIT

start="$(date +%s%N)"
printf '\n$ python3 -m venv … && pip install --no-index %s\n' "$wheel"
"${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/pip" --disable-pip-version-check install --quiet --no-index "$wheel"
# Only the environment's own folder is on PATH: a tally that was installed before cannot answer in its place.
printf '$ tally compare Examples/support-bot/baseline.csv Examples/support-bot/candidate.csv\n\n'
PATH="$environment/bin" tally compare Examples/support-bot/baseline.csv Examples/support-bot/candidate.csv
elapsed=$((($(date +%s%N) - start) / 1000000))

printf '\nFirst verdict %d.%03d s after starting from nothing but the wheel (limit: %d s).\n' \
  $((elapsed / 1000)) $((elapsed % 1000)) "$limit"
stated="$("$environment/bin/tally" --version)"
if [[ "$stated" != "$(cat VERSION)" ]]; then
  echo "try_wheel.sh: tally --version says '$stated', VERSION says '$(cat VERSION)'" >&2
  exit 1
fi
((elapsed < limit * 1000)) || { echo "try_wheel.sh: too slow" >&2; exit 1; }
