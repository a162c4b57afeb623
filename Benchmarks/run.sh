#!/usr/bin/env bash
# Measures tally beside SciPy, numpy, pandas, Inspect and tokenizers in one run and writes Documentation/Benchmarks.md.
#
# usage: run.sh [RUNS]    RUNS: timed runs of each contender after a warm-up, 5 unless told
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift="${SWIFT:-swift}"
python="${PYTHON:-python3}"

"$swift" build -c release --product tally
"$swift" build -c release --product bench-micro
"$swift" build -c release --product bench-tokens
binaries="$("$swift" build -c release --show-bin-path)"

venv=.venv-bench
if ! cmp --silent Benchmarks/requirements.txt "$venv/installed.txt"; then
  "$python" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement Benchmarks/requirements.txt
  cp Benchmarks/requirements.txt "$venv/installed.txt"
fi

"$python" Benchmarks/measure.py \
  --tally "$binaries/tally" --micro "$binaries/bench-micro" \
  --tokens "$binaries/bench-tokens" --peers "$PWD/$venv/bin/python" \
  --runs "${1:-5}" --report Documentation/Benchmarks.md
