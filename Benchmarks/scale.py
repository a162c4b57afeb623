"""How `tally ingest` and every check grow from 10,000 to 1,000,000 trials: seconds by the clock, seconds of processor,
memory, bytes on disk.

One suite in two variants, as an evaluation team has it: a slice, a class that is predicted, a confidence, a cluster of
documents, and traffic, cards and annotations so that every check has a subject.

usage: scale.py TALLY [SIZE…]
"""
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

CHECKS = [
    "eval-power", "slice-coverage", "stochastic-stability", "classifier-risk", "capability-regression",
    "reliability-ceiling", "eval-validity", "eval-rot",
]
INTENTS = ["refund", "shipping", "account", "returns", "complaint", "advice", "order", "invoice"]
PROJECT = """
suites:
  bench: {baseline: prod, candidate: next, feature: desk, floor: 0.5, natural_mix: true,
    metrics: [{name: correct, claim: no_regression, min_effect: 0.01, margin: 0.01}]}
slices: {refunds: {where: {intent: refund}, floor: 0.6}}
features:
  desk: {suite: bench, target: {accuracy: 0.9, selective_accuracy: 0.9}, target_suite: bench,
    capabilities: [{name: instruction, suite: bench}], rot: {suite: bench}}
use_cases: {answers: {suite: bench, variant: next, max_failure_rate: 0.3}}
classifiers:
  router: {suite: bench, variant: next, incumbent_variant: prod, review: 1.50 USD, feature: desk,
    labels: {minor: {error: {default: 4 USD}}, major: {critical: true, error: {default: 45 USD}}}}
policies: {capability-regression: {required: []}}
"""


def write_trials(path, trials):
    """A file of tally's own records: half the trials of each variant."""
    draw = random.Random(7)
    with open(path, "w", encoding="utf-8") as out:
        for item in range(trials // 2):
            intent = INTENTS[item % len(INTENTS)]
            expected = "major" if item % 10 == 0 else "minor"
            for variant, rate in (("prod", 0.80), ("next", 0.81)):
                passed = draw.random() < rate
                predicted = expected if passed else ("minor" if expected == "major" else "major")
                out.write(
                    f'{{"kind":"trial","suite":"bench","suite_version":"1","item_id":"ticket-{item:08d}-{item % 997}",'
                    f'"variant":"{variant}","passed":{"true" if passed else "false"},"traffic_cluster":"{intent}",'
                    f'"tags":{{"intent":"{intent}"}},"confidence":{draw.uniform(0.5, 1):.4f},"predicted":"{predicted}",'
                    f'"expected":"{expected}","latency_ms":{draw.uniform(100, 900):.1f},'
                    f'"at":"2026-05-{1 + item % 28:02d}T09:30:00Z"}}\n')


def write_rest(path):
    """Cards, traffic and judgements: enough that every check has a subject."""
    with open(path, "w", encoding="utf-8") as out:
        for number in range(2_000):
            intent = INTENTS[number % len(INTENTS)]
            day = 1 + number % 28
            out.write(json.dumps({
                "kind": "span", "span_id": f"{number:016x}", "trace_id": f"{number:032x}", "name": "chat",
                "span_kind": "chat", "started_at": f"2026-05-{day:02d}T10:00:00Z", "status": "ok", "feature": "desk",
                "traffic_cluster": intent, "tags": {"intent": intent},
                "attributes": {"predicted": "major" if number % 10 == 0 else "minor", "confidence": 0.9}}) + "\n")
            out.write(json.dumps({
                "kind": "artifact", "artifact_kind": "dataset_item", "sha256": f"{number:064x}",
                "name": f"ticket-{number:08d}-{number % 997}", "at": "2026-04-01T00:00:00Z",
                "attributes": {"suite": "bench", "traffic_cluster": intent, "source": "prod", "reason": "sampled",
                               "added_at": "2026-04-01T00:00:00Z", "collected_at": "2026-04-01T00:00:00Z"}}) + "\n")


def measured(command, folder):
    """Seconds of a command, and the most memory it held in MB."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, errors = process.communicate()
    seconds = time.monotonic() - started
    if process.returncode not in (0, 1, 2):
        sys.exit(f"{' '.join(command)}: {errors.decode()}")
    return seconds


def peak(command, folder):
    """The same with the processor's seconds and the memory, from a child that runs nothing else."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        seconds = measured(command, folder)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, f"{seconds} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.wait()
    return tuple(float(figure) for figure in text.split())


def main():
    tally = str(pathlib.Path(sys.argv[1]).resolve())
    sizes = [int(text) for text in sys.argv[2:]] or [10_000, 100_000, 1_000_000]
    columns = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "tally.yaml").write_text(PROJECT, encoding="utf-8")
            write_trials(pathlib.Path(folder, "trials.jsonl"), size)
            write_rest(pathlib.Path(folder, "rest.jsonl"))
            rows = {}
            rows["ingest"] = peak([tally, "ingest", "trials.jsonl"], folder)
            rows["ingest again"] = peak([tally, "ingest", "trials.jsonl"], folder)
            measured([tally, "ingest", "rest.jsonl"], folder)
            for check in CHECKS:
                rows[check] = peak([tally, "check", check, "--no-store", "--as-of", "2030-01-01"], folder)
            rows["all checks"] = peak([tally, "check", "--no-store"], folder)
            rows["ledger verify"] = peak([tally, "ledger", "verify"], folder)
            stored = sum(file.stat().st_size for file in pathlib.Path(folder, ".tally").iterdir())
            columns[size] = rows, stored / size
    print("# How the ledger and the checks grow\n")
    print("Written by `make scale`: one suite in two variants, every trial with a slice, a class, a confidence and a time;")
    print("2,000 spans and cards. Seconds by the clock (of processor, all threads), and the most memory, of whole commands.\n")
    print(f"Machine: {os.cpu_count()} cores; load average {os.getloadavg()[0]:.1f} at the end.\n")
    print("| | " + " | ".join(f"{size:,} trials" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name in columns[sizes[0]][0]:
        cells = ["{:.2f} s ({:.2f} s), {:.0f} MB".format(*columns[size][0][name]) for size in sizes]
        print(f"| {name} | " + " | ".join(cells) + " |")
    print("| bytes a trial on disk | " + " | ".join(f"{columns[size][1]:.0f}" for size in sizes) + " |")


if __name__ == "__main__":
    main()
