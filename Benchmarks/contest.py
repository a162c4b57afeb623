"""Runs contenders by turns, as processes, and keeps what each of them took."""

import json
import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field

MEGABYTE = 1e6

#: One thread for every contender: tally computes on one, and numpy's own threads fight with whatever else runs.
ENVIRONMENT = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass
class Run:
    seconds: float
    cpu: float
    #: Largest resident memory, in bytes.
    peak: float


@dataclass
class Contender:
    name: str
    command: list
    #: Seconds are what the process prints about its kernel, not its whole life.
    reports_seconds: bool = False
    #: The process does 1/scale of the work, of a kernel whose time is linear in it.
    scale: float = 1
    runs: list = field(default_factory=list)

    def run(self):
        start = time.perf_counter()
        process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=ENVIRONMENT)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        # tally says its verdict with its exit code: up to 2 are verdicts.
        if process.returncode not in (0, 1, 2) or not output:
            raise RuntimeError(f"{self.command} ended with {process.returncode}")
        if self.reports_seconds:
            seconds = json.loads(output)["seconds"]
        return Run(seconds * self.scale, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)

    @property
    def seconds(self):
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu(self):
        return statistics.median(run.cpu for run in self.runs)

    @property
    def peak(self):
        return max(run.peak for run in self.runs)


def compete(contenders, runs):
    """One warm-up each, then `runs` rounds in which each runs once, so that a slow minute of the machine hits all."""
    for contender in contenders:
        contender.run()
    for _ in range(runs):
        for contender in contenders:
            contender.runs.append(contender.run())


def duration(seconds):
    if seconds >= 100:
        return f"{seconds:.0f} s"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.2f} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"


def ratio(value):
    return f"{value:,.0f}×" if value >= 20 else f"{value:.1f}×"
