"""The example results are what their generator makes and have the answers that their README states."""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "Examples" / "support-bot"


class SupportBotTests(unittest.TestCase):
    def rows(self, name):
        with open(FOLDER / name, encoding="utf-8") as file:
            rows = list(csv.DictReader(file)) if name.endswith(".csv") else [json.loads(line) for line in file]
        return {row["item_id"]: int(row["correct"]) for row in rows}, {row["item_id"]: row["intent"] for row in rows}

    def test_the_generator_makes_the_committed_files(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(shutil.copy(FOLDER / "generate.py", folder))
            subprocess.run([sys.executable, str(copy)], check=True)
            for name in ("baseline.csv", "candidate.csv", "reworded.jsonl"):
                self.assertEqual((Path(folder) / name).read_bytes(), (FOLDER / name).read_bytes(), name)

    def discordant(self, base, candidate, intent=None):
        """(items only the base passes, items only the candidate passes)"""
        before, intents = self.rows(base)
        after, _ = self.rows(candidate)
        self.assertEqual(list(before), list(after))
        self.assertEqual(len(before), 400)
        items = [item for item in before if intent in (None, intents[item])]
        return sum(before[i] > after[i] for i in items), sum(before[i] < after[i] for i in items)

    def test_the_candidate_is_better_and_worse_on_refunds(self):
        self.assertEqual(self.discordant("baseline.csv", "candidate.csv"), (22, 56))
        self.assertEqual(self.discordant("baseline.csv", "candidate.csv", "refund"), (15, 2))

    def test_the_reworded_version_is_lucky_by_a_point_and_a_half(self):
        self.assertEqual(self.discordant("baseline.csv", "reworded.jsonl"), (29, 35))


if __name__ == "__main__":
    unittest.main()
