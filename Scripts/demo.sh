#!/usr/bin/env bash
# Shows a newcomer what tally says about a real improvement and about luck, on the bundled example results, and what it
# finds in a simulated company. Everything has a known answer, so the demo fails if tally gives another one.
#
# usage: demo.sh TALLY
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tally="$1"

# compare EXPECTED_EXIT_CODE ARGUMENT…
compare() {
  local expected="$1" code=0
  shift
  printf '\n$ tally compare %s\n\n' "$*"
  "$tally" compare "$@" || code=$?
  printf '\n(exit code %d)\n' "$code"
  if ((code != expected)); then
    echo "demo: expected exit code $expected" >&2
    exit 1
  fi
}

cat <<'TEXT'

400 questions to a support bot, answered by the version in production and by two candidates.
The first candidate is 8.5 points better. One intent got worse on the way.
TEXT
compare 0 Examples/support-bot/baseline.csv Examples/support-bot/candidate.csv --slice intent

cat <<'TEXT'

The second candidate is 1.5 points better, and that is luck: its answers were drawn with the same odds.
TEXT
compare 2 Examples/support-bot/baseline.csv Examples/support-bot/reworded.jsonl

cat <<'TEXT'

Exit code 0: improved (or the claim holds). 1: regressed. 2: this suite cannot tell. 64: unreadable input.

So far two files at a time. Now a whole company through a quarter, in a ledger.

$ tally demo

TEXT
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
if ! "$tally" demo "$folder/tally-demo"; then
  echo "demo: a failure that was hidden in the company was not found" >&2
  exit 1
fi
