#!/usr/bin/env python3
"""Fills the output blocks of README.md from real runs.

A block is preceded by a comment that holds its command, `<!-- run: compare … -->`; what the command prints replaces
the fenced text below it. `--check` changes nothing and fails if a block is stale.

usage: readme.py TALLY [--check]
"""
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(<!-- run: (?P<arguments>.*?) -->\n```text\n)(?P<output>.*?)(```\n)", re.DOTALL)


def main() -> int:
    tally = str(pathlib.Path(sys.argv[1]).resolve())
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")

    def run(match: re.Match) -> str:
        result = subprocess.run(
            [tally, *shlex.split(match["arguments"])], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", timeout=120)
        if result.returncode not in (0, 1, 2):
            sys.exit(f"readme: tally {match['arguments']} failed: {result.stderr}")
        return f"{match[1]}$ tally {match['arguments']}\n{result.stdout}{match[4]}"

    fresh = BLOCK.sub(run, text)
    if "--check" in sys.argv[2:]:
        if fresh != text:
            sys.exit("readme: the output blocks of README.md are not what tally prints; run `make readme`")
        return 0
    readme.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
