#!/usr/bin/env python3
"""Measures what one tenant's burst does to another: `tally serve` before a provider with so many places, each call 50 to 150 ms.

The provider has 32 places, which is 320 calls a second. Two tenants with the same weight use 80 % of that between them; then one of them
sends many times as many. The other's p99 is compared, round by round.

usage: neighbours_bench.py TALLY BENCH_CALLS [ROUNDS [SECONDS]]
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

PLACES, RATE, BURST = 32, 128, 480


def main():
    tally, calls = (str(pathlib.Path(name).resolve()) for name in sys.argv[1:3])
    rounds, seconds = (int(text) for text in (sys.argv[3:] + ["3", "10"][len(sys.argv) - 3:]))
    with tempfile.TemporaryDirectory() as folder:
        stub = subprocess.Popen([calls, "stub"], stdout=subprocess.PIPE, text=True)
        provider = int(stub.stdout.readline())
        pathlib.Path(folder, "tally.yaml").write_text(
            f"upstreams: {{provider: {{url: \"http://127.0.0.1:{provider}/v1\", concurrency: {PLACES}}}}}\n"
            "tenants: {noisy: {}, quiet: {}}\ngateway: {tenants: enforce, max_waiting: 1024}\n")
        ledger = ["--ledger", str(pathlib.Path(folder, "ledger.db"))]
        keys = {
            name: subprocess.run(
                [tally, "key", "create", name, "--scope", "call", "--tenant", name, *ledger], cwd=folder, check=True,
                capture_output=True, text=True).stdout.strip() for name in ("noisy", "quiet")}
        server = subprocess.Popen(
            [tally, "serve", "--port", "0", *ledger], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = server.stdout.readline()
        port = line.split("127.0.0.1:")[1].split()[0].strip(",;/")

        def load(name, rate):
            return subprocess.Popen(
                [calls, "slow", port, str(rate), str(seconds), keys[name]], stdout=subprocess.PIPE, text=True)

        def measure(rate):
            others = load("noisy", rate)
            quiet = json.loads(load("quiet", RATE).communicate()[0])
            noisy = json.loads(others.communicate()[0])
            assert quiet["failed"] == 0, quiet
            return quiet["latency_ms"], noisy

        try:
            ratios = []
            for number in range(rounds):
                calm, _ = measure(RATE)
                burst, noisy = measure(BURST)
                ratios.append(burst["p99"] / calm["p99"])
                print(
                    f"round {number + 1}: quiet p50 {calm['p50']:.1f} -> {burst['p50']:.1f} ms, p99 {calm['p99']:.1f} -> "
                    f"{burst['p99']:.1f} ms ({ratios[-1]:.3f}); noisy p99 {noisy['latency_ms']['p99']:.0f} ms", flush=True)
            print(f"median ratio of the quiet tenant's p99: {statistics.median(ratios):.3f}; load average {os.getloadavg()[0]:.1f}")
        finally:
            server.terminate()
            server.wait()
            stub.kill()


main()
