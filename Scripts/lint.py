#!/usr/bin/env python3
"""The rules of the house that `swift format` does not know. Prints `file:line: rule` and exits 1 if any is broken.

usage: lint.py [ROOT]    (the package's root; the folder above this script when left out)
"""

import os
import re
import sys
from pathlib import Path

MAX_LINES = 450
PROGRAM_SUFFIXES = {".swift", ".py", ".sh"}
TEXT_SUFFIXES = PROGRAM_SUFFIXES | {".md", ".yml", ".yaml", ".c", ".h", ".json", ".jsonl", ".csv", ".tsv", ".txt", ""}
# Made by a script from what lies elsewhere.
GENERATED = {"Sources/Checks/Manuals.swift", "Sources/Server/OpenAPIDocument.swift"}
SKIPPED_FOLDERS = {"dist", "__pycache__"}

# A crash is a program's last resort: whoever writes one proves beside it that it cannot happen.
UNSAFE = re.compile(r"\btry!|\bfatalError\(|\bpreconditionFailure\(|@unchecked\s+Sendable|nonisolated\(unsafe\)"
    r"|\bunsafelyUnwrapped\b|\bas!|\bunsafeBitCast\(|\bunowned\(unsafe\)")
PROOF = re.compile(r"//.*\bsafe\b", re.IGNORECASE)

FOUNDATION = re.compile(r"^\s*((public|internal)\s+)?import\s+Foundation\b")

# (where, pattern, what is wrong); this file itself is exempt.
FORBIDDEN = [
    ("Sources", re.compile(r"\bBundle\.module\b"), "Bundle.module breaks the single binary; embed the bytes"),
    ("Sources", re.compile(r"\bDate\(\)|\bDate\.now\b"), "the clock is injected; only tally asks the system"),
    ("Sources", FOUNDATION, "Foundation makes the binary four times as large; FoundationEssentials does not"),
    ("Tests", re.compile(r"^\s*import\s+XCTest"), "tests are written with Swift Testing"),
    ("", re.compile(r"\b(TODO|FIXME)[:(\s]"), "what is not done is absent, not promised"),
    ("", re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w"), "a path of somebody's machine"),
]
CLOCK_OWNERS = ("Sources/tally/",)


def text_files(root):
    """Every text file of the package, as (path, path relative to the root), in a stable order."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            f for f in folders if f == ".ci" or not (f.startswith(".") or f in SKIPPED_FOLDERS)
        )
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in TEXT_SUFFIXES and not name.startswith(".") and not path.is_symlink():
                yield path, path.relative_to(root).as_posix()


def lines_of(path):
    """The lines of a text file; none for a file that is not text (malformed fixtures are kept on purpose)."""
    data = path.read_bytes()
    if b"\0" in data:
        return []
    try:
        return data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def is_proved(lines, index):
    """Whether the line itself, or the comment directly above it, says why the unsafe thing is safe."""
    if PROOF.search(lines[index]):
        return True
    while index > 0 and lines[index - 1].lstrip().startswith("//"):
        index -= 1
        if PROOF.search(lines[index]):
            return True
    return False


def problems_in(name, path, lines):
    if path.suffix in PROGRAM_SUFFIXES and len(lines) > MAX_LINES and name not in GENERATED:
        yield 1, f"{len(lines)} lines; {MAX_LINES} are the limit: one idea a file"
    this_file = name == "Scripts/lint.py"
    for index, line in enumerate(lines):
        if path.suffix == ".swift" and name.startswith("Sources/"):
            unsafe = UNSAFE.search(line)
            if unsafe and not line.lstrip().startswith("//") and not is_proved(lines, index):
                yield index + 1, f"`{unsafe.group()}` needs a comment beside it that says why it is safe"
        for where, pattern, message in FORBIDDEN:
            if this_file or not name.startswith(where) or not pattern.search(line):
                continue
            if "clock" in message and name.startswith(CLOCK_OWNERS):
                continue
            yield index + 1, message


def version_problems(root):
    """The version is written in VERSION; what else must state it states the same."""
    version = (root / "VERSION").read_text().strip()
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield f"VERSION:1: `{version}` is not MAJOR.MINOR.PATCH"
    swift = root / "Sources/tally/Version.swift"
    stated = re.search(r'static let current = "([^"]*)"', swift.read_text())
    if stated is None or stated.group(1) != version:
        yield f"Sources/tally/Version.swift:1: states {stated and stated.group(1)}, VERSION says {version}"
    action = root / "action.yml"
    if action.exists() and f"default: tallystick=={version}\n" not in action.read_text():
        yield f"action.yml:1: does not install tallystick=={version} by default"


def map_problems(root):
    """ARCHITECTURE.md is the map of the house: every folder of Sources has a row in it, and every row a folder."""
    rooms = {folder.name for folder in (root / "Sources").iterdir() if folder.is_dir()}
    drawn = set(re.findall(r"^\| `(\w+)` \|", (root / "ARCHITECTURE.md").read_text(), re.MULTILINE))
    for room in sorted(rooms ^ drawn):
        yield f"ARCHITECTURE.md:1: `{room}` is " + ("not in the table of rooms" if room in rooms else "no room")


def main(arguments):
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    problems = [*version_problems(root), *map_problems(root)]
    for path, name in text_files(root):
        problems += [f"{name}:{line}: {message}" for line, message in problems_in(name, path, lines_of(path))]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
