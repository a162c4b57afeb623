"""Measures live traffic: the same OTLP exports to tally, Phoenix and MLflow over loopback; a part of `measure.py`.

A span counts when it is in the server's database, not when the server has said yes: what only a queue holds is lost with
the process, and the last column of the table says how much of it was.
"""

import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

from contest import MEGABYTE, ratio

HERE = Path(__file__).resolve().parent
CONNECTIONS = 8
SPANS_IN_BATCH = 100
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(pid):
    """The process and all below it."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(stat[1]), []).append(int(entry))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return total / TICKS


def resident(pids):
    """Proportional: what processes share is counted once."""
    total = 0
    for pid in pids:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def size_of(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


class Server:
    """A server under test; `batches` are as many as it can be asked to take in some seconds."""

    name, batches, headers, environment = "", 0, (), {}

    def __init__(self, options, folder):
        self.options, self.folder = options, Path(folder)
        self.folder.mkdir()
        self.port = free_port()

    def start(self):
        """Starts it, and keeps how much it takes on the disk before anything was stored."""
        self.launch()
        self.empty = self.bytes()
        return self

    def launch(self):
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=os.environ | self.environment, start_new_session=True)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.ready}", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.name} did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """SIGKILL to all of it, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def ask(self, database, sql):
        with sqlite3.connect(f"file:{self.folder / database}?mode=ro", uri=True, timeout=60) as connection:
            return connection.execute(sql).fetchone()[0]

    def bytes(self):
        return size_of(self.folder)

    def close(self):
        pass


class Tally(Server):
    name, batches, ready = "tally serve, SQLite", 2_000, "/readyz"

    def command(self):
        return [self.options.tally, "serve", "--port", str(self.port), "--ledger", str(self.folder / "ledger.db")]

    def stored(self):
        return self.ask("ledger.db", "SELECT COUNT(*) FROM span")


class TallyOnPostgres(Server):
    name, batches, ready = "tally serve, PostgreSQL", 1_000, "/readyz"

    def start(self):
        script = HERE.parent / "Tests" / "Support" / "PostgresServer" / "server.sh"
        self.server = subprocess.Popen(
            [str(script), "shared_buffers=256MB", "max_wal_size=4GB"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.socket = self.server.stdout.readline().strip()
        if not os.path.isdir(self.socket):
            raise RuntimeError(self.socket)
        return super().start()

    def command(self):
        address = f"postgres://tally@/postgres?host={self.socket}"
        return [self.options.tally, "serve", "--port", str(self.port), "--ledger", address]

    def psql(self, sql):
        return int(subprocess.run(
            ["psql", "--host", self.socket, "--username", "tally", "--no-psqlrc", "--tuples-only", "--no-align",
             "--command", sql, "postgres"], check=True, capture_output=True, text=True).stdout)

    def stored(self):
        return self.psql("SELECT COUNT(*) FROM span")

    def bytes(self):
        return self.psql("SELECT pg_database_size('postgres')")

    def close(self):
        self.server.stdin.close()
        self.server.wait()


class Phoenix(Server):
    name, batches, ready = "Arize Phoenix", 40, "/healthz"

    def __init__(self, options, folder):
        super().__init__(options, folder)
        self.environment = {
            "PHOENIX_WORKING_DIR": str(self.folder), "PHOENIX_HOST": "127.0.0.1", "PHOENIX_PORT": str(self.port),
            "PHOENIX_GRPC_PORT": str(free_port()), "PHOENIX_TELEMETRY_ENABLED": "false",
            "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false"}

    def command(self):
        return [str(Path(self.options.phoenix) / "bin" / "phoenix"), "serve"]

    def stored(self):
        return self.ask("phoenix.db", "SELECT COUNT(*) FROM spans")


class MLflow(Server):
    name, batches, ready, headers = "MLflow", 100, "/health", ("x-mlflow-experiment-id: 0",)

    def command(self):
        return [
            str(Path(self.options.mlflow) / "bin" / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(self.port),
            "--backend-store-uri", f"sqlite:///{self.folder / 'm.db'}", "--artifacts-destination",
            str(self.folder / "art"), "--workers", "1"]

    def stored(self):
        return self.ask("m.db", "SELECT COUNT(*) FROM spans")


class Sampler(threading.Thread):
    """The most memory that a tree of processes held."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0, threading.Event()

    def run(self):
        while not self.ended.wait(0.25):
            self.peak = max(self.peak, resident(tree(self.pid)))


class TrafficBenchmarks:
    def __init__(self, options, folder, progress):
        self.options, self.folder, self.progress = options, folder, progress
        self.results = {}
        self.bare = []
        self.runs = 0

    @property
    def rounds(self):
        """Fewer than of the other parts: a round takes minutes."""
        return min(self.options.runs, 3)

    def load(self, server, batches, first):
        command = [self.options.otlp, "load", str(server.port), str(batches), str(CONNECTIONS), str(first), *server.headers]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        if done.stderr:
            raise RuntimeError(f"{server.name}: {done.stderr}")
        return json.loads(done.stdout)

    def measure(self):
        contenders = [Tally, TallyOnPostgres, Phoenix, MLflow]
        for run in range(self.rounds):
            for contender in contenders:
                self.progress(f"traffic to {contender.name}, run {run + 1}")
                folder = self.folder / f"traffic-{self.runs}"
                self.runs += 1
                server = contender(self.options, folder)
                try:
                    server.start()
                    self.results.setdefault(contender.name, []).append(self.round(server))
                    if contender is Tally:
                        self.measure_bare(folder, server.batches)
                finally:
                    server.kill()
                    server.close()
                    shutil.rmtree(folder)

    def round(self, server):
        warm = max(server.batches // 20, 5)
        self.load(server, warm, 0)
        self.wait_for(server, warm * SPANS_IN_BATCH)
        before = cpu_seconds(tree(server.process.pid))
        sampler = Sampler(server.process.pid)
        sampler.start()
        said = self.load(server, server.batches, 1_000_000)
        spans = said["acknowledged"]
        waited = self.wait_for(server, warm * SPANS_IN_BATCH + spans)
        sampler.ended.set()
        cpu = cpu_seconds(tree(server.process.pid)) - before
        # The bodies are made before the generator's clock starts: its own figure, and what was waited for beyond it.
        seconds = said["seconds"] + waited
        # At rest: what is on the disk when the server has ended in peace.
        server.stop()
        disk = (server.bytes() - server.empty) / server.stored()
        server.launch()
        # What is lost when it dies right after it has said yes.
        stored = server.stored()
        last = self.load(server, max(server.batches // 4, 10), 2_000_000)
        server.kill()
        lost = last["acknowledged"] - (server.stored() - stored)
        return {
            "speed": spans / seconds, "cpu": cpu / spans * 1e6, "peak": sampler.peak, "disk": disk,
            "p50": said["p50_ms"], "p99": said["p99_ms"], "refused": said["refused"], "lost": lost,
            "acknowledged": last["acknowledged"], "sent": said["bytes_a_span"]}

    def wait_for(self, server, spans):
        start = time.perf_counter()
        while server.stored() < spans:
            if time.perf_counter() - start > 300:
                raise RuntimeError(f"{server.name} has stored {server.stored()} of {spans} spans after five minutes")
            time.sleep(0.05)
        return time.perf_counter() - start

    def measure_bare(self, folder, batches):
        """The rows that tally wrote, by a C loop, in as large transactions as the connections allow."""
        transactions = (batches + batches // 20 + batches // 4) // CONNECTIONS
        command = [self.options.bare, str(folder / "ledger.db"), str(folder / "bare.db"), str(transactions)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        with sqlite3.connect(folder / "bare.db") as connection:
            spans = connection.execute("SELECT COUNT(*) FROM span").fetchone()[0]
        self.bare.append(spans / json.loads(done.stdout)["seconds"])

    def report(self, table):
        if not self.results:
            return []

        def median(name, what):
            return statistics.median(run[what] for run in self.results[name])

        first = next(iter(self.results))
        rows = []
        for name, runs in self.results.items():
            own = name == first or name.startswith("tally")
            lost, sent = sum(run["lost"] for run in runs), sum(run["acknowledged"] for run in runs)
            rows.append((
                name, f"{median(name, 'speed'):,.0f}", "" if own else ratio(median(first, "speed") / median(name, "speed")),
                f"{median(name, 'p50'):.1f} ms, {median(name, 'p99'):.1f} ms", f"{median(name, 'cpu'):,.0f} µs",
                f"{max(run['peak'] for run in runs) / MEGABYTE:.0f} MB", f"{median(name, 'disk'):,.0f} B",
                f"{lost:,} of {sent:,}"))
        bare = statistics.median(self.bare)
        return [
            "## Live traffic",
            "",
            f"The same exports of {SPANS_IN_BATCH} spans, OTLP protobuf, {median(first, 'sent'):,.0f} B a span, no two texts alike, over",
            f"loopback by {CONNECTIONS} connections; server, its database and the client share the two cores. A span counts when it",
            "is in the database. Processor time and memory are those of the server's processes (not PostgreSQL's); *on disk* is what",
            "it left after it ended in peace; *lost* is what was acknowledged and not there after SIGKILL right behind the last",
            f"acknowledgement. Runs of each, by turns: {self.rounds}; medians, of memory the largest, of losses the sum.",
            "",
            *table(("server", "spans/s", "tally's times", "an export, p50 and p99", "processor a span", "memory",
                    "on disk a span", "lost"), rows),
            "",
            "Aims: 40,000 spans/s on SQLite and 15,000 on PostgreSQL, 30× MLflow, 250× Phoenix, under 150 MB, under 1 KB a span,",
            f"nothing lost. A bare C loop that inserts the same rows into the same tables and indexes, as durably, {CONNECTIONS * SPANS_IN_BATCH}",
            f"spans a transaction, writes {bare:,.0f} spans/s: tally, with HTTP, decoding, mapping, hashes and the chain, reaches",
            f"{median(first, 'speed') / bare * 100:.0f} % of it (aim: 50 %).",
            "",
        ]
