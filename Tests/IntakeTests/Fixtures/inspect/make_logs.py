"""Writes small Inspect AI logs beside this file, and what Inspect itself reads from them.

    pip install inspect-ai==0.3.285
    python make_logs.py

The model is Inspect's own mock model: no network, no key. expected.csv is what `read_eval_log` gives for every sample.
"""

import csv
import math
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import tiktoken


class Bytes:
    """Stands for a tokenizer, whose vocabulary would have to be fetched."""

    def encode(self, text, **_):
        return list(text.encode())

    def decode(self, tokens):
        return bytes(tokens).decode()


tiktoken.get_encoding = lambda name: Bytes()
tiktoken.encoding_for_model = lambda name: Bytes()

from inspect_ai._util.zipfile import zipfile_compress_kwargs
from inspect_ai import Task, eval as run, task
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log
from inspect_ai.log._recorders.chunked.convert import convert_eval_logs_to_chunked
from inspect_ai.scorer import Score, includes, mean, scorer, value_to_float
from inspect_ai.solver import generate, solver

HERE = Path(__file__).parent
WORK = Path("/tmp/tally-inspect-logs")


@scorer(metrics={"quality": [mean()], "tone": [mean()]})
def rubric():
    async def score(state, target):
        n = int(state.sample_id.split("-")[-1])
        return Score(value={"quality": n / 8, "tone": "C" if n % 2 else "I"})

    return score


@scorer(metrics=[mean()])
def partly():
    async def score(state, target):
        n = int(state.sample_id.split("-")[-1])
        if n == 2:
            return Score.unscored(reason="parse")
        return Score(value="P" if n % 2 else "N")

    return score


@solver
def slow_or_failing():
    async def solve(state, generate):
        if state.sample_id == "item-3" and state.epoch == 2:
            raise ValueError("this sample fails")
        if os.environ.get("SLOW") and int(state.sample_id.split("-")[-1]) > 2:
            time.sleep(600)
        return state

    return solve


def samples(count, long=1500):
    return [
        Sample(
            id=f"item-{n}",
            input=f"Größe {n}?",
            target="Default" if n % 3 else "nothing",
            metadata={"topic": f"topic {n % 2}", "level": n, "hard": n > 1, "long": "x" * long + str(n)},
        )
        for n in range(count)
    ]


@task
def several():
    return Task(
        dataset=samples(4), solver=[slow_or_failing(), generate()], scorer=[includes(), rubric(), partly()],
        epochs=2, fail_on_error=False, name="several", version=3,
    )


@task
def single():
    return Task(dataset=samples(2, long=0), solver=[generate()], scorer=includes(), name="single")


@task
def crashing():
    return Task(dataset=samples(6), solver=[slow_or_failing(), generate()], scorer=includes(), name="crashing")


def write(make, log_format, name):
    folder = WORK / name
    run(make(), model="mockllm/model", log_dir=str(folder), log_format=log_format, display="none", max_samples=1)
    shutil.copy(next(folder.iterdir()), HERE / name)


def crash(name):
    """A run that is killed in its fourth sample."""
    folder = WORK / name
    child = subprocess.Popen([sys.executable, __file__, "crash", str(folder)], env={**os.environ, "SLOW": "1"})
    while not folder.exists() or not any(f.stat().st_size > 4000 for f in folder.iterdir()):
        time.sleep(0.5)
    time.sleep(3)
    child.send_signal(signal.SIGKILL)
    child.wait()
    shutil.copy(next(folder.iterdir()), HERE / name)


def scrub(name):
    """Takes the paths of this machine out of tracebacks, entry by entry, with Inspect's own packing."""
    with zipfile.ZipFile(HERE / name) as log:
        entries = [(info, log.read(info).decode()) for info in log.infolist()]
    with zipfile.ZipFile(HERE / name, "w", **zipfile_compress_kwargs) as log:
        for info, text in entries:
            for path, short in [(str(HERE), "."), (sys.prefix, "venv"), (sys.base_prefix, "python"), (str(WORK), "logs")]:
                text = text.replace(path, short)
            log.writestr(zipfile.ZipInfo(info.filename), text, zipfile_compress_kwargs["compression"])


def chunk(source, name):
    folder = WORK / name
    convert_eval_logs_to_chunked(str(HERE / source), str(folder))
    shutil.copy(next(folder.iterdir()), HERE / name)


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    write(several, "eval", "several.eval")
    scrub("several.eval")
    write(single, "eval", "single.eval")
    write(single, "json", "single.json")
    chunk("single.eval", "chunked.eval")
    crash("crashed.eval")
    convert = value_to_float()
    with open(HERE / "expected.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "scorer", "key", "id", "epoch", "score", "tokens", "topic", "level"])
        for name in ["several.eval", "single.eval", "single.json", "crashed.eval"]:
            log = read_eval_log(str(HERE / name))
            scorers = {"includes": [""], "partly": [""], "rubric": ["quality", "tone"]}
            for sample in sorted(log.samples, key=lambda s: (s.id, s.epoch)):
                for scorer_name, keys in scorers.items():
                    if name != "several.eval":
                        if scorer_name != "includes":
                            continue
                    for key in keys:
                        score = (sample.scores or {}).get(scorer_name)
                        value = None if score is None else score.value[key] if key else score.value
                        missing = value is None or isinstance(value, float) and math.isnan(value)
                        rows.writerow([
                            name, scorer_name, key, sample.id, sample.epoch, "" if missing else repr(convert(value)),
                            sum(usage.total_tokens for usage in sample.model_usage.values()) or "",
                            sample.metadata["topic"], sample.metadata["level"],
                        ])


if __name__ == "__main__":
    if sys.argv[1:2] == ["crash"]:
        run(crashing(), model="mockllm/model", log_dir=sys.argv[2], log_format="eval", display="none", max_samples=1)
    else:
        main()
