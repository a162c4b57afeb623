"""Measures what a gateway costs a call: nginx as a reverse proxy, LiteLLM's proxy and tally before the same provider; a part of
`measure.py`.

The provider, the gateway and the callers share the machine. What is sent straight to the provider is measured in the same round.
"""

import json
import os
import shutil
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from contest import MEGABYTE, ratio
from traffic_bench import Sampler, Server, cpu_seconds, resident, tree

RATE = 2_000


class Gateway(Server):
    """Passes calls on to the provider at `upstream`."""

    # Calls a second that it can take with room to spare, and callers at once in the second measurement.
    rate = RATE

    def __init__(self, options, folder, upstream):
        super().__init__(options, folder)
        self.upstream = upstream
        self.configure()

    def configure(self):
        pass

    def launch(self):
        start = time.perf_counter()
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=os.environ | self.environment, start_new_session=True)
        while time.perf_counter() - start < 120 and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.ready}", timeout=5):
                    self.ready_after = time.perf_counter() - start
                    return
            except urllib.error.HTTPError:
                self.ready_after = time.perf_counter() - start
                return
            except OSError:
                time.sleep(0.005)
        raise RuntimeError(f"{self.name} did not start: {(self.folder / 'log').read_text()[-2000:]}")


class Nginx(Gateway):
    name, ready = "nginx, proxy_pass", "/"

    def configure(self):
        temporary = "".join(
            f"  {kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 2; pid {self.folder}/pid; error_log {self.folder}/error;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_requests 100000000;
{temporary}
  upstream provider {{ server 127.0.0.1:{self.upstream}; keepalive 256; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{self.port};
    location / {{ proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }}
  }}
}}
""")

    def command(self):
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        return [binary, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]


class TallyGateway(Gateway):
    name, ready = "tally serve", "/readyz"

    def configure(self):
        (self.folder / "tally.yaml").write_text(
            f"upstreams: {{provider: {{url: \"http://127.0.0.1:{self.upstream}/v1\"}}}}\n" + self.guards)

    # What `tally serve` enforces while it is measured: nothing that refuses, and all that must be asked.
    guards = """
models:
  gpt-4o: {price: {input_per_mtok: 2.50 USD, output_per_mtok: 10 USD}}
  paced: {price: {input_per_mtok: 2.50 USD, output_per_mtok: 10 USD}}
budgets:
  money: {money: 1000000 USD, per: day}
  calls: {calls: 1000000000, per: hour, each: feature}
breakers: {mode: enforce}
"""

    def command(self):
        return [self.options.tally, "serve", "--port", str(self.port), "--ledger", str(self.folder / "ledger.db")]


class RecordingTally(TallyGateway):
    name, guards = "tally serve, recording only", ""


class LiteLLM(Gateway):
    name, ready, rate = "LiteLLM proxy", "/health/liveliness", 30
    environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}

    def configure(self):
        models = "".join(
            f"  - model_name: {model}\n    litellm_params: {{model: openai/{model}, api_base: \"http://127.0.0.1:{self.upstream}/v1\","
            f" api_key: none}}\n" for model in ("gpt-4o", "paced"))
        (self.folder / "litellm.yaml").write_text(
            f"general_settings: {{dangerously_permit_weak_or_unset_master_key: true}}\nmodel_list:\n{models}")

    def command(self):
        return [
            str(Path(self.options.litellm) / "bin" / "litellm"), "--config", str(self.folder / "litellm.yaml"), "--host",
            "127.0.0.1", "--port", str(self.port), "--num_workers", "1"]


class CallBenchmarks:
    def __init__(self, options, folder, progress):
        self.options, self.folder, self.progress = options, folder, progress
        self.direct, self.results = [], {}
        self.runs = 0

    def load(self, port, mode, *numbers):
        command = [self.options.calls, mode, str(port), *map(str, numbers)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        if said["failed"] or said["waiting"] or not said["answered"]:
            raise RuntimeError(f"{mode} to {port}: {said}")
        return said

    def measure(self):
        for run in range(min(self.options.runs, 3)):
            stub = subprocess.Popen([self.options.calls, "stub"], stdout=subprocess.PIPE, text=True)
            try:
                port = int(stub.stdout.readline())
                self.progress(f"calls straight to the provider, run {run + 1}")
                self.direct.append(self.waits(port, RATE))
                for contender in (TallyGateway, RecordingTally, Nginx, LiteLLM):
                    self.progress(f"calls through {contender.name}, run {run + 1}")
                    folder = self.folder / f"calls-{self.runs}"
                    self.runs += 1
                    server = contender(self.options, folder, port)
                    try:
                        server.launch()
                        self.results.setdefault(contender.name, []).append(self.round(server))
                    finally:
                        server.kill()
                        shutil.rmtree(folder)
            finally:
                stub.kill()

    def waits(self, port, rate):
        """What callers wait for."""
        # The first call may load half a framework.
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/chat/completions", b'{"model":"gpt-4o","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}',
            {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60):
            pass
        self.load(port, "closed", 4, 2)
        return {
            "one": self.load(port, "closed", 1, 4), "open": self.load(port, "open", rate, 8),
            "paced": self.load(port, "paced", 4, 4)}

    def round(self, server):
        pid = server.process.pid
        time.sleep(1)
        result = {"ready": server.ready_after, "idle": resident(tree(pid))}
        sampler = Sampler(pid)
        sampler.start()
        result |= self.waits(server.port, server.rate)
        for what, mode, callers in (("many", "closed", 32), ("streams", "streams", 8)):
            before = cpu_seconds(tree(pid))
            result[what] = self.load(server.port, mode, callers, 6)
            # What is written beside the calls belongs to them.
            time.sleep(1)
            result[what]["cpu"] = (cpu_seconds(tree(pid)) - before) / result[what]["answered"] * 1e6
        sampler.ended.set()
        result["loaded"] = sampler.peak
        return result

    def report(self, table):
        if not self.results:
            return []

        def median(runs, *path):
            def value(run):
                for key in path:
                    run = run[key]
                return run
            return statistics.median(value(run) for run in runs)

        def waited(runs):
            return [
                f"{median(runs, 'one', 'latency_ms', 'p50') * 1e3:,.0f}, {median(runs, 'one', 'latency_ms', 'p99') * 1e3:,.0f} µs",
                f"{median(runs, 'open', 'latency_ms', 'p50') * 1e3:,.0f}, {median(runs, 'open', 'latency_ms', 'p99') * 1e3:,.0f} µs",
                f"{median(runs, 'paced', 'first_ms', 'p50') * 1e3:,.0f} µs",
                f"{median(runs, 'paced', 'gap_ms', 'p50'):.2f}, {median(runs, 'paced', 'gap_ms', 'p99'):.2f} ms"]

        waits = [("straight to the provider", *waited(self.direct))]
        costs = []
        own = self.results[TallyGateway.name]
        for name, runs in self.results.items():
            waits.append((name + (f" (at {LiteLLM.rate} a second)" if name == LiteLLM.name else ""), *waited(runs)))
            cpu = median(runs, "many", "cpu")
            costs.append((
                name, f"{median(runs, 'one', 'answered') / 4:,.0f}", f"{median(runs, 'many', 'answered') / 6:,.0f}",
                f"{cpu:,.0f} µs", "" if name == TallyGateway.name else ratio(cpu / median(own, "many", "cpu")),
                f"{median(runs, 'streams', 'cpu') / 1e3:,.2f} ms", f"{median(runs, 'idle') / MEGABYTE:,.0f} MB",
                f"{max(run['loaded'] for run in runs) / MEGABYTE:,.0f} MB", f"{median(runs, 'ready'):.2f} s"))
        return [
            "## Calls of models",
            "",
            "Requests and replies of about one kilobyte over loopback, without TLS, to a provider that answers at once; provider, gateway",
            "and callers share the two cores. tally records every call with what was said in it, on SQLite, and enforces two budgets and",
            f"breakers. *One caller* sends the next call when the last is answered; *open* sends {RATE:,} calls a second at their times,",
            "whether or not answers have come, and a call that had to wait for a connection waited. *First* and *gap* are of streams with",
            "a frame every 5 ms.",
            f"Runs by turns: {len(own)}; medians, of memory the largest.",
            "",
            *table(("calls", "one caller, p50 and p99", "open, p50 and p99", "first frame", "gap, p50 and p99"), waits),
            "",
            "Processor time is that of all processes of the gateway, a call at 32 callers and a stream of 200 frames at 8, with what is",
            "written to disk afterwards; memory is at rest and the most under load; *ready* is from its start to its first answer.",
            "",
            *table(("gateway", "calls/s, 1 caller", "calls/s, 32", "processor a call", "of tally's", "processor a stream", "memory, idle",
                    "memory, loaded", "ready"), costs),
            "",
        ]
