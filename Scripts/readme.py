#!/usr/bin/env python3
"""Fills the output blocks of README.md from real runs. `--check` changes nothing and fails if a block is stale.

Two kinds of block, each a comment above fenced text:

  <!-- run: compare … -->            what one tally command prints, run where the repository is
  <!-- session: FILE… -->            the commands in the block (lines that begin with `$ `) are run one after the other by
                                     bash in a new folder `support-bot` that holds the FILEs, and everything is shown

Instants and digests differ from run to run; in a session all of them are shown as those of one example.

usage: readme.py TALLY [--check]
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUN = re.compile(r"(<!-- run: (?P<arguments>.*?) -->\n```text\n)(?P<output>.*?)(```\n)", re.DOTALL)
SESSION = re.compile(r"(<!-- session:(?P<files>.*?)-->\n```text\n)(?P<output>.*?)(```\n)", re.DOTALL)
INSTANT = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def run(tally: str, match: re.Match) -> str:
    result = subprocess.run(
        [tally, *shlex.split(match["arguments"])], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=120, check=False)
    if result.returncode not in (0, 1, 2):
        sys.exit(f"readme: tally {match['arguments']} failed: {result.stderr}")
    return f"{match[1]}$ tally {match['arguments']}\n{result.stdout}{match[4]}"


def session(tally: str, match: re.Match) -> str:
    shown = []
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder, "support-bot")
        here.mkdir()
        for file in match["files"].split():
            shutil.copy(ROOT / file, here)
        environment = {**os.environ, "PATH": f"{pathlib.Path(tally).parent}:{os.environ['PATH']}", "USER": "ada"}
        # Tables are as wide as they would be in a terminal of the usual size.
        environment["COLUMNS"] = "80"
        environment.pop("TALLY_LEDGER", None)
        for command in re.findall(r"^\$ (.*)$", match["output"], re.MULTILINE):
            result = subprocess.run(
                ["bash", "-c", command], cwd=here, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, encoding="utf-8", timeout=120, check=False)
            if result.returncode not in (0, 1, 2):
                sys.exit(f"readme: `{command}` failed: {result.stdout}")
            output = DIGEST.sub("0" * 64, INSTANT.sub("2026-02-16T09:30:00Z", result.stdout))
            shown.append(f"$ {command}\n{output}")
    return match[1] + "\n".join(shown) + match[4]


def main() -> int:
    tally = str(pathlib.Path(sys.argv[1]).resolve())
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    fresh = RUN.sub(lambda match: run(tally, match), text)
    fresh = SESSION.sub(lambda match: session(tally, match), fresh)
    if "--check" in sys.argv[2:]:
        if fresh != text:
            sys.exit("readme: the output blocks of README.md are not what tally prints; run `make readme`")
        return 0
    readme.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
