"""Every rule of the lint script fires on what it forbids and is silent on what it allows."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "Scripts" / "lint.py"


class LintTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("VERSION", "1.2.3\n")
        self.write("ARCHITECTURE.md", "| `tally` | the command line |\n| `Records` | words |\n")
        self.write("Sources/Records/Room.swift", "")
        self.write("Sources/tally/Version.swift", 'enum Version {\n  static let current = "1.2.3"\n}\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def problems(self):
        result = subprocess.run([sys.executable, str(SCRIPT), str(self.root)], stderr=subprocess.PIPE, encoding="utf-8")
        lines = result.stderr.splitlines()
        self.assertEqual(result.returncode, 1 if lines else 0)
        return [":".join(line.split(":")[:2]) for line in lines]

    def assertForbidden(self, name, line):
        self.write(name, f"first line\n{line}\n")
        self.assertEqual(self.problems(), [f"{name}:2"], line)
        (self.root / name).unlink()

    def assertAllowed(self, name, text):
        self.write(name, text)
        self.assertEqual(self.problems(), [], text)
        (self.root / name).unlink()

    def test_a_clean_package_is_clean(self):
        self.assertEqual(self.problems(), [])

    def test_crashes_need_a_proof(self):
        for word in ("try! read()", 'fatalError("no")', "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1"):
            self.assertForbidden("Sources/Records/A.swift", word)
            self.assertAllowed("Sources/Records/A.swift", f"// Safe: nobody else holds it.\n{word}\n")
            self.assertAllowed("Sources/Records/A.swift", f"{word}  // safe because it is immutable\n")
            self.assertAllowed("Tests/RecordsTests/A.swift", f"{word}\n")

    def test_the_proof_is_beside_it(self):
        self.write("Sources/Records/A.swift", "// Safe: something else.\nlet a = 1\nlet b = try! read()\n")
        self.assertEqual(self.problems(), ["Sources/Records/A.swift:3"])

    def test_forbidden_words(self):
        self.assertForbidden("Sources/Records/A.swift", "let now = Date()")
        self.assertForbidden("Sources/Records/A.swift", "let folder = Bundle.module")
        self.assertForbidden("Sources/Records/A.swift", "internal import Foundation")
        self.assertForbidden("Tests/RecordsTests/A.swift", "import XCTest")
        self.assertForbidden("Documentation/A.md", "TO" + "DO: write this")
        for folder in ("home", "root", "Users", "work"):
            self.assertForbidden("Makefile", f"cp /{folder}/alice/file .")

    def test_allowed_words(self):
        self.assertAllowed("Sources/tally/A.swift", "let now = Date()\n")
        self.assertAllowed("Documentation/A.md", "https://example.org/home/alice and ./work/file\n")
        self.assertAllowed("Sources/Records/A.swift", "import FoundationEssentials\n")
        self.assertAllowed(".build/A.md", "TO" + "DO: generated\n")

    def test_length(self):
        self.assertAllowed("Sources/Records/A.swift", "// line\n" * 450)
        self.write("Sources/Records/A.swift", "// line\n" * 451)
        self.assertEqual(self.problems(), ["Sources/Records/A.swift:1"])

    def test_fixtures_that_are_not_text_are_left_alone(self):
        self.assertAllowed("Tests/IntakeTests/Fixtures/bad.csv", b"\xff\xfe TO" + b"DO: x\n")

    def test_every_room_is_on_the_map(self):
        self.write("Sources/Attic/A.swift", "")
        self.write("ARCHITECTURE.md", "| `tally` | the command line |\n| `Records` | words |\n| `Cellar` | nothing |\n")
        self.assertEqual(self.problems(), ["ARCHITECTURE.md:1"] * 2)

    def test_versions_agree(self):
        self.write("VERSION", "1.2.4\n")
        self.assertEqual(self.problems(), ["Sources/tally/Version.swift:1"])


if __name__ == "__main__":
    unittest.main()
