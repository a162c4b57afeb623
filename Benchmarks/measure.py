"""Measures tally beside its peers and writes the tables. Needs only Python's own library; `run.sh` starts it."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import machine
from calls_bench import CallBenchmarks
from contest import MEGABYTE, Contender, compete, duration, ratio
from token_bench import TokenBenchmarks
from traffic_bench import TrafficBenchmarks

HERE = Path(__file__).resolve().parent
RESAMPLES = 10_000


def progress(text):
    print(f"… {text}", file=sys.stderr, flush=True)


def write_trials(path, items, arms, kind="binary"):
    """In a process of its own: a child's peak memory starts at that of the process that started it."""
    script = str(HERE / "trials.py")
    subprocess.run([sys.executable, script, str(path), str(items), kind, *arms], check=True)


class Benchmarks:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.kernels = []
        self.commands = []
        self.sizes = []
        self.tokens = TokenBenchmarks(options, folder, progress)
        self.traffic = TrafficBenchmarks(options, folder, progress)
        self.calls = CallBenchmarks(options, folder, progress)

    def measure_tokens(self):
        self.tokens.measure()

    def measure_traffic(self):
        self.traffic.measure()

    def measure_calls(self):
        self.calls.measure()

    def micro(self, name, *arguments):
        return Contender(name, [self.options.micro, *map(str, arguments)], reports_seconds=True)

    def peer(self, name, method, *arguments, scale=1):
        script = str(HERE / "Peers" / "resampling.py")
        command = [self.options.peers, script, method, *map(str, arguments)]
        return Contender(name, command, reports_seconds=True, scale=scale)

    # Kernels

    def kernel(self, title, steps, aim, tally, *peers):
        progress(title)
        compete([tally, *peers], self.options.runs)
        each = f"{tally.seconds / steps * 1e9:.3f} ns" if steps else ""
        for peer in peers:
            factor = peer.seconds / tally.seconds
            self.kernels.append((title, duration(tally.seconds) if title else "", each, peer.name, duration(peer.seconds), ratio(factor), aim))
            title = each = aim = ""

    def measure_kernels(self):
        for items in (2_000, 100_000):
            # SciPy needs ten minutes for the larger one: it does 20 of the resamples, its time is linear in them.
            scale = 500 if items > 10_000 else 1
            scipy = "SciPy permutation_test" + (" (20 resamples × 500)" if scale > 1 else "")
            self.kernel(
                f"sign-flip, {items:,} items", items * RESAMPLES, "≥ 30× SciPy, ≤ 0.6 ns a flip",
                self.micro("tally", "flip", items, RESAMPLES),
                self.peer(scipy, "scipy-flip", items, RESAMPLES // scale, scale=scale),
                self.peer("numpy by hand", "numpy-flip", items, RESAMPLES))
        self.kernel(
            "sign-flip of pass and fail, 100,000 items, closed form", None, "",
            self.micro("tally", "binary", 100_000),
            self.peer("statsmodels mcnemar, exact", "mcnemar", 100_000, 0))
        for items, clusters in ((2_000, 200), (100_000, 10_000)):
            self.kernel(
                f"paired cluster bootstrap, {items:,} items in {clusters:,} clusters", clusters * RESAMPLES, "≥ 30× SciPy",
                self.micro("tally", "bootstrap", items, clusters, RESAMPLES),
                self.peer("SciPy bootstrap", "scipy-bootstrap", items, RESAMPLES, clusters),
                self.peer("numpy by hand", "numpy-bootstrap", items, RESAMPLES, clusters))

    # Whole commands

    def command(self, title, aim, tally, *peers):
        progress(title)
        compete([tally, *peers], self.options.runs)
        for who in (tally, *peers):
            factor = "" if who is tally else ratio(who.seconds / tally.seconds)
            cpu = "" if who is tally else ratio(who.cpu / tally.cpu)
            self.commands.append((
                title, who.name, duration(who.seconds), duration(who.cpu), f"{who.peak / MEGABYTE:.0f} MB", factor, cpu,
                aim if who is peers[0] else ""))
            title = ""

    def tally(self, *arguments):
        return Contender("tally compare", [self.options.tally, "compare", *map(str, arguments)])

    def script(self, name, script, *arguments):
        return Contender(name, [self.options.peers, str(HERE / "Peers" / script), *map(str, arguments)])

    def measure_tables(self):
        for kind, title in (("binary", "pass or fail"), ("graded", "graded")):
            paths = [self.folder / f"{kind}-{arm}.jsonl" for arm in ("base", "candidate")]
            for path in paths:
                write_trials(path, 100_000, [path.stem], kind)
            self.command(
                f"two JSONL files of 100,000 rows, {title}", "≥ 20×", self.tally(*paths),
                self.script("pandas + statsmodels", "compare_pandas.py", *paths))

    def measure_logs(self):
        logs = Path(self.options.logs)
        paths = [logs / "base.eval", logs / "candidate.eval"]
        if not all(path.exists() for path in paths):
            progress("making two Inspect logs of 2,000 samples (once)")
            logs.mkdir(parents=True, exist_ok=True)
            subprocess.run(
                [self.options.peers, str(HERE / "make_inspect_logs.py"), str(logs), "2000"], check=True,
                stdout=subprocess.DEVNULL)
        self.command(
            "two Inspect logs of 2,000 samples", "≥ 20×, < 100 MB", self.tally(*paths),
            self.script("inspect_ai read_eval_log", "compare_inspect.py", *paths),
            self.script("inspect_ai, summaries only", "compare_inspect.py", *paths, "--summaries"))

    # Size

    def measure_sizes(self):
        for items in (50_000, 500_000, 5_000_000):
            both = self.folder / "both.jsonl"
            progress(f"{2 * items:,} rows")
            write_trials(both, items, ["base", "candidate"])
            self.size(items, "one file, --variant", [both], "--variant", "model")
            both.unlink()
            paths = [self.folder / "one.jsonl", self.folder / "two.jsonl"]
            for path in paths:
                write_trials(path, items, [path.stem])
            self.size(items, "two files", paths)
            for path in paths:
                path.unlink()

    def size(self, items, how, paths, *flags):
        size = sum(path.stat().st_size for path in paths)
        contender = self.tally(*paths, *flags)
        compete([contender], min(3, self.options.runs))
        self.sizes.append((
            f"{2 * items:,}", how, f"{size / 1e9:.2f} GB", duration(contender.seconds), duration(contender.cpu),
            f"{size / contender.seconds / 1e9:.2f} GB/s", f"{contender.peak / MEGABYTE:.0f} MB",
            "< 300 MB" if size >= 1e9 else ""))

    # Report

    def report(self):
        requirements = [line for path in sorted(HERE.glob("requirements*.txt")) for line in path.read_text().splitlines()]
        peers = ", ".join(line.replace("==", " ") for line in requirements if "==" in line)
        load = machine.load()
        lines = [
            "# Benchmarks",
            "",
            "Written by `make bench`. Every contender of a row ran in the same run, by turns, after a warm-up; the figures are",
            f"medians of {self.options.runs} runs, of peak memory the largest, each on one thread. Other work on the machine",
            "hits all of them alike; ratios are the peer's time over tally's, so more is better.",
            "",
            f"Machine: {machine.describe()}; load average {load:.1f} at the end.",
            f"Peers: {peers}.",
            "",
            f"## Resampling, {RESAMPLES:,} resamples",
            "",
            "Only the computation: no imports, no process start, no data. Each is a flip of one sign or a draw of one cluster.",
            "",
            *table(("what", "tally", "each", "peer", "its time", "ratio", "aim"), self.kernels),
            "",
            "## Whole commands",
            "",
            "From the start of the process to its end: reading, pairing, estimating, testing, printing.",
            "",
            *table(("what", "who", "time", "CPU", "peak memory", "ratio", "CPU ratio", "aim"), self.commands),
            "",
            "## Large inputs",
            "",
            "Beyond two million rows entries move to temporary files, so memory stops growing with the rows; what still grows",
            "is a few bytes an item. Medians of three runs.",
            "",
            *table(("rows", "as", "size", "time", "CPU", "throughput", "peak memory", "aim"), self.sizes),
            "",
            *self.tokens.report(table),
            *self.traffic.report(table),
            *self.calls.report(table),
        ]
        return "\n".join(lines)


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    programs = ("tally", "micro", "tokens", "otlp", "bare", "calls", "peers", "phoenix", "mlflow", "litellm")
    for name in (*programs, "report"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--logs", default=".build/benchmarks/inspect", help="where made Inspect logs are kept")
    parser.add_argument(
        "--vocabularies", default=".build/benchmarks/vocabularies", help="where vocabularies of the peers are kept")
    parser.add_argument("--only", nargs="*", default=["kernels", "tables", "logs", "sizes", "tokens", "traffic", "calls"])
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tally-bench-"))
    try:
        benchmarks = Benchmarks(options, folder)
        for part in options.only:
            getattr(benchmarks, f"measure_{part}")()
        text = benchmarks.report()
    finally:
        shutil.rmtree(folder)
    print(text)
    os.makedirs(os.path.dirname(options.report) or ".", exist_ok=True)
    Path(options.report).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
