"""Measures how fast tokens are counted beside other tokenizers; a part of `measure.py`."""

import math
import subprocess
from pathlib import Path

from contest import Contender, compete, duration, ratio

HERE = Path(__file__).resolve().parent
VOCABULARIES = ("cl100k_base", "o200k_base")
#: What quadratic tokenizers stop at, a megabyte of each.
ADVERSARIAL = {
    "letters a": "a", "blanks": " ", "underscores": "_", "emoji": "😀", "the ideograph 中": "中", "line feeds": "\n",
    "combining accents": "\u0301", "tabs and blanks in turn": "\t ", "capitals and small letters in turn": "aA"}


class TokenBenchmarks:
    def __init__(self, options, folder, progress):
        self.options = options
        self.folder = folder
        self.progress = progress
        self.vocabularies = Path(options.vocabularies)
        self.speeds = []
        self.worst = []

    def tally(self, name, method, vocabulary, text):
        command = [self.options.tokens, method, str(self.vocabularies / f"{vocabulary}.tiktoken"), str(text)]
        return Contender(name, command, reports_seconds=True)

    def peer(self, name, method, vocabulary, text):
        script = str(HERE / "Peers" / "tokens.py")
        command = [self.options.peers, script, method, str(self.vocabularies / f"{vocabulary}.tiktoken"), str(text)]
        return Contender(name, command, reports_seconds=True)

    def write_text(self, name, suffixes, size):
        """Files of the installed peers, whose versions are pinned, in the order of their paths."""
        root = Path(subprocess.run(
            [self.options.peers, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
            check=True, capture_output=True, text=True).stdout.strip())
        path = self.folder / f"{name}.txt"
        with open(path, "wb") as out:
            for file in sorted(root.rglob("*")):
                if not file.name.endswith(suffixes) or not file.is_file():
                    continue
                try:
                    out.write(file.read_bytes().decode().encode())
                except UnicodeDecodeError:
                    continue
                if out.tell() >= size:
                    break
        return path

    def measure(self):
        if not all((self.vocabularies / f"{name}.json").exists() for name in VOCABULARIES):
            self.progress("writing vocabularies (once)")
            subprocess.run(
                [self.options.peers, str(HERE / "Peers" / "tokens.py"), "write", str(self.vocabularies)], check=True)
        texts = {
            "prose": self.write_text("prose", (".md", ".rst", "METADATA", "LICENSE.txt", "LICENSE"), 3_000_000),
            "Python code": self.write_text("code", (".py",), 3_000_000)}
        for vocabulary in VOCABULARIES:
            for title, path in texts.items():
                self.speed(title, vocabulary, path)
        for title, unit in ADVERSARIAL.items():
            path = self.folder / "adversarial.txt"
            path.write_text(unit * (1_000_000 // len(unit.encode())), encoding="utf-8", newline="")
            self.adversarial(title, path)

    def speed(self, title, vocabulary, path):
        size = path.stat().st_size
        self.progress(f"tokens of {title}, {vocabulary}")
        cold = self.tally("tally, count, first time", "cold", vocabulary, path)
        warm = self.tally("tally, count, again", "warm", vocabulary, path)
        ids = self.tally("tally, ids", "encode", vocabulary, path)
        counting = self.peer("quicktok, count", "quicktok-count", vocabulary, path)
        encoding = [
            self.peer("quicktok, ids", "quicktok", vocabulary, path),
            self.peer("tiktoken, ids", "tiktoken", vocabulary, path),
            self.peer("tokenizers, ids", "tokenizers", vocabulary, path)]
        compete([cold, warm, ids, counting, *encoding], self.options.runs)
        what = f"{title}, {size / 1e6:.1f} MB, {vocabulary}"
        for who in (cold, warm, ids, counting, *encoding):
            base = cold if who is counting else ids
            aim = {id(cold): "≥ 60 MB/s", id(warm): "≥ 150 MB/s"}.get(id(who), "")
            factor = "" if who in (cold, warm, ids) else ratio(who.seconds / base.seconds)
            self.speeds.append(
                (what, who.name, duration(who.seconds), f"{size / who.seconds / 1e6:.0f} MB/s", factor, aim))
            what = ""

    def adversarial(self, title, path):
        self.progress(f"a megabyte of {title}")
        cells = []
        contenders = [
            self.tally("tally", "cold", "o200k_base", path), self.peer("quicktok", "quicktok-count", "o200k_base", path),
            self.peer("tiktoken", "tiktoken", "o200k_base", path),
            self.peer("tokenizers", "tokenizers", "o200k_base", path)]
        compete(contenders, min(3, self.options.runs))
        for contender in contenders:
            cells.append("panics" if math.isnan(contender.seconds) else duration(contender.seconds))
        self.worst.append((title, *cells, "≤ 50 ms"))

    def report(self, table):
        return [
            "## Tokens",
            "",
            "Counting or encoding one text in memory: no imports, no process start, no loading of the vocabulary. Ratios are a",
            "count's to tally's first count, and ids' to tally's ids. *Again* is the same text by the same counter, whose memory",
            "of pieces is bounded.",
            "",
            *table(("text", "who", "time", "speed", "ratio", "aim"), self.speeds),
            "",
            "A megabyte of one thing over and over, o200k_base, first time.",
            "",
            *table(("what", "tally, count", "quicktok, count", "tiktoken, ids", "tokenizers, ids", "aim"), self.worst),
            "",
        ]
