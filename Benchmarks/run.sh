#!/usr/bin/env bash
# Measures tally beside SciPy, numpy, pandas, Inspect, tokenizers, Phoenix, MLflow, nginx and LiteLLM in one run and writes Documentation/Benchmarks.md.
#
# usage: run.sh [RUNS]    RUNS: timed runs of each contender after a warm-up, 5 unless told
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift="${SWIFT:-swift}"
python="${PYTHON:-python3}"

for product in tally bench-micro bench-tokens bench-otlp bench-bare-loop bench-calls; do
  "$swift" build -c release --product "$product"
done
binaries="$("$swift" build -c release --show-bin-path)"

# A venv for each file of requirements: the servers' would not go together.
for requirements in Benchmarks/requirements*.txt; do
  name="$(basename "$requirements" .txt)"
  venv=".venv-bench${name#requirements}"
  if ! cmp --silent "$requirements" "$venv/installed.txt"; then
    "$python" -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$venv/installed.txt"
  fi
done

"$python" Benchmarks/measure.py \
  --tally "$binaries/tally" --micro "$binaries/bench-micro" --tokens "$binaries/bench-tokens" \
  --otlp "$binaries/bench-otlp" --bare "$binaries/bench-bare-loop" --calls "$binaries/bench-calls" \
  --peers "$PWD/.venv-bench/bin/python" --litellm "$PWD/.venv-bench-litellm" \
  --phoenix "$PWD/.venv-bench-phoenix" --mlflow "$PWD/.venv-bench-mlflow" \
  --runs "${1:-5}" --report Documentation/Benchmarks.md
