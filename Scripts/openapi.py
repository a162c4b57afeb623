#!/usr/bin/env python3
"""Puts Documentation/openapi.json into the program, which serves it: Sources/Server/OpenAPIDocument.swift.

A resource bundle would break the single binary. `--check` changes nothing and fails if the file is stale.

usage: openapi.py [--check]
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "Documentation/openapi.json"
OUTPUT = ROOT / "Sources/Server/OpenAPIDocument.swift"


def main() -> int:
    text = SOURCE.read_text(encoding="utf-8")
    json.loads(text)
    if '"""#' in text or "\\#(" in text:
        sys.exit("openapi: the document holds what ends or changes a raw text of Swift")
    indented = "\n".join(f"    {line}" if line else "" for line in text.splitlines())
    program = (
        "// Made by `make manuals` from Documentation/openapi.json. Edit that.\n\n"
        "/// What the server answers to, as OpenAPI 3.1 describes it.\n"
        "enum OpenAPIDocument {\n"
        f'  static let text = #"""\n{indented}\n\n    """#\n'
        "}\n"
    )
    stale = not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != program
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit("openapi: Sources/Server/OpenAPIDocument.swift is stale; run `make manuals`")
    elif stale:
        OUTPUT.write_text(program, encoding="utf-8")
    return 0


sys.exit(main())
