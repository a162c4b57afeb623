#!/usr/bin/env python3
"""Collects the manuals of all checks, their documentation comments, into Sources/Checks/Manuals.swift.

`tally explain CHECK` prints them, so that the manual lies beside the rule and nowhere else. `--check` changes nothing and
fails if the file is stale.

usage: manuals.py [--check]
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKS = ROOT / "Sources/Checks"
OUTPUT = CHECKS / "Manuals.swift"
HEADER = """// Made by `make manuals` from the documentation comment of each check. Edit those.

enum Manuals {
  /// By the id of the check.
  static let texts: [String: String] = [
"""


def manual(name: str, sources: dict) -> tuple:
    """The id of a check and its documentation comment, without the slashes."""
    declaration = re.compile(rf"((?:^ *///.*\n)+)^public (?:enum|struct) {name}: Check\b", re.MULTILINE)
    identifier = re.compile(rf"extension {name} \{{.*?static let check = \"([^\"]+)\"", re.DOTALL)
    comment = check = None
    for text in sources.values():
        if found := declaration.search(text):
            comment = found[1]
            inside = re.search(r"static let check = \"([^\"]+)\"", text)
            check = check or (inside and inside[1])
        if found := identifier.search(text):
            check = found[1]
    if comment is None or check is None:
        sys.exit(f"manuals: {name} has no documentation comment or no `static let check`")
    lines = [re.sub(r"^ *///( |$)", "", line) for line in comment.splitlines()]
    return check, "\n".join(lines).strip()


def main() -> int:
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(CHECKS.rglob("*.swift")) if path != OUTPUT}
    catalogue = sources[CHECKS / "Catalogue.swift"]
    names = re.findall(r"^\s+(\w+)\.self,?$", catalogue, re.MULTILINE)
    text = HEADER
    for check, body in (manual(name, sources) for name in names):
        indented = "\n".join(f"    {line}" if line else "" for line in body.splitlines())
        text += f'    "{check}": #"""\n{indented}\n    """#,\n'
    text += "  ]\n}\n"
    stale = not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != text
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit("manuals: Sources/Checks/Manuals.swift is stale; run `make manuals`")
        return 0
    if stale:
        OUTPUT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
