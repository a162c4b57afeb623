"""The whole action as the runner starts it: a process with an environment, here with a tally of known answers."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
from stub import TOKEN, Stub  # noqa: E402

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "Packaging" / "action" / "main.py"

# Answers like tally: the verdict is in the candidate's name. It also tells what it was started with.
TALLY = f"""#!{sys.executable}
import json, os, sys
arguments = sys.argv[1:]
with open({{log!r}}, "a") as file:
    file.write(json.dumps({{{{"arguments": arguments, "environment": dict(os.environ)}}}}) + "\\n")
verdict = os.path.basename(arguments[-1])
code = {{{{"improved": 0, "non-inferior": 0, "regressed": 1, "inconclusive": 2, "odd": 0}}}}.get(verdict, 64)
if code == 64:
    print("::error::injected\\nresults.csv:3:7: <b>not a number</b>", file=sys.stderr)
elif "json" in arguments:
    print(json.dumps({{{{"schema": "tally.compare/1", "verdict": verdict}}}}))
else:
    print("## Verdict: " + verdict)
sys.exit(code)
"""


class ActionTests(unittest.TestCase):
    def setUp(self):
        self.stub = Stub()
        self.addCleanup(self.stub.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "log.jsonl"
        self.tally = self.folder / "tally"
        self.tally.write_text(TALLY.format(log=str(self.log)))
        self.tally.chmod(0o755)
        self.event = {"pull_request": {"number": 7, "head": {"sha": "feedc0de12345678"}}}

    def run_action(self, candidate="improved", **inputs):
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.event))
        environment = {
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_API_URL": self.stub.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": "acme/bot",
            "GITHUB_RUN_ID": "42",
            "GITHUB_SHA": "0123456789abcdef",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_OUTPUT": str(self.folder / "output.txt"),
            "TALLY_BASE": "base.csv",
            "TALLY_CANDIDATE": candidate,
            "TALLY_INSTALL": str(self.tally),
            "TALLY_TOKEN": TOKEN,
            **inputs,
        }
        result = subprocess.run(
            [sys.executable, str(MAIN)], env=environment, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=600,
        )
        self.assertNotIn(TOKEN, result.stdout)
        return result

    def outputs(self):
        return dict(line.split("=", 1) for line in (self.folder / "output.txt").read_text().splitlines())

    def summary(self):
        return (self.folder / "summary.md").read_text()

    def calls(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def test_an_improvement_is_published_everywhere(self):
        result = self.run_action()
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(len(self.stub.comments), 1)
        body = self.stub.comments[0]["body"]
        self.assertIn("## Verdict: improved", body)
        self.assertIn("feedc0de12", body)
        self.assertIn("https://github.example/acme/bot/actions/runs/42", body)
        self.assertIn("## Verdict: improved", self.summary())
        self.assertEqual(self.outputs()["verdict"], "improved")
        self.assertEqual(self.outputs()["exit-code"], "0")
        self.assertEqual(json.loads(Path(self.outputs()["report"]).read_text())["verdict"], "improved")

    def test_fail_on(self):
        for verdict, fail_on, expected in [
            ("improved", "inconclusive", 0), ("non-inferior", "inconclusive", 0),
            ("regressed", "regressed", 1), ("inconclusive", "regressed", 0),
            ("regressed", "inconclusive", 1), ("inconclusive", "inconclusive", 1),
            ("regressed", "never", 0), ("inconclusive", "never", 0),
            ("unreadable", "never", 1), ("unreadable", "regressed", 1),
        ]:
            with self.subTest(verdict=verdict, fail_on=fail_on):
                result = self.run_action(verdict, TALLY_FAIL_ON=fail_on)
                self.assertEqual(result.returncode, expected, result.stdout)

    def test_unreadable_input_replaces_an_earlier_verdict(self):
        self.run_action("improved")
        result = self.run_action("unreadable", GITHUB_RUN_ID="43")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(self.stub.comments), 1)
        body = self.stub.comments[0]["body"]
        self.assertIn("**No verdict**", body)
        self.assertIn("&lt;b&gt;not a number&lt;/b&gt;", body)
        self.assertNotIn("improved", body)
        self.assertIn("verdict=\nexit-code=64\n", (self.folder / "output.txt").read_text())

    def test_commands_hidden_in_users_files_are_not_obeyed(self):
        output = self.run_action("unreadable").stdout
        stop = re.search(r"^::stop-commands::([0-9a-f]{32})$", output, re.MULTILINE)
        self.assertIsNotNone(stop)
        self.assertLess(stop.start(), output.index("::error::injected"))
        self.assertLess(output.index("::error::injected"), output.index(f"\n::{stop[1]}::"))

    def test_arguments_reach_tally_as_a_shell_would_split_them(self):
        self.run_action(TALLY_ARGS="--claim no-regression --slice 'user intent'", TALLY_BASE="-odd name.csv")
        given = ["compare", "--claim", "no-regression", "--slice", "user intent"]
        self.assertEqual(
            [call["arguments"] for call in self.calls()],
            [[*given, "--format", form, "--", "-odd name.csv", "improved"] for form in ("json", "markdown")],
        )

    def test_tally_does_not_see_the_token(self):
        self.run_action()
        self.assertEqual(len(self.calls()), 2)
        for call in self.calls():
            self.assertNotIn(TOKEN, json.dumps(call["environment"]))

    def test_a_fork_gets_a_warning_and_the_summary(self):
        self.stub.read_only = True
        result = self.run_action()
        self.assertEqual(result.returncode, 0)
        self.assertIn("::warning title=Tallystick::The comment was not written", result.stdout)
        self.assertIn("## Verdict: improved", self.summary())

    def test_no_pull_request(self):
        self.event = {"ref": "refs/heads/main"}
        result = self.run_action()
        self.assertEqual(result.returncode, 0)
        self.assertEqual(self.stub.requests, [])
        self.assertIn("::notice", result.stdout)
        self.assertIn("## Verdict: improved", self.summary())

    def test_where_the_pull_request_is_named(self):
        for event, extra in [
            ({"issue": {"number": 7, "pull_request": {"url": "…"}}}, {}),
            ({}, {"GITHUB_REF": "refs/pull/7/merge"}),
            ({}, {"TALLY_PULL_REQUEST": "7"}),
        ]:
            with self.subTest(event=event, extra=extra):
                self.stub.comments.clear()
                self.event = event
                self.run_action(**extra)
                self.assertEqual(len(self.stub.comments), 1)

    def test_an_issue_is_no_pull_request(self):
        self.event = {"issue": {"number": 7}}
        self.run_action()
        self.assertEqual(self.stub.comments, [])

    def test_comment_false(self):
        self.assertEqual(self.run_action(TALLY_COMMENT="false").returncode, 0)
        self.assertEqual(self.stub.requests, [])
        self.assertIn("## Verdict: improved", self.summary())

    def test_two_keys(self):
        for key in ("english", "german"):
            self.run_action(TALLY_KEY=key)
        self.assertEqual(len(self.stub.comments), 2)
        self.assertTrue((self.folder / "tally-compare-english.json").exists())

    def test_refused_inputs(self):
        for inputs, word in [
            ({"TALLY_FAIL_ON": "sometimes"}, "fail-on"),
            ({"TALLY_COMMENT": "maybe"}, "comment"),
            ({"TALLY_ARGS": "--format csv"}, "--format"),
            ({"TALLY_ARGS": "'open"}, "quotation"),
            ({"TALLY_PULL_REQUEST": "7; rm"}, "pull-request"),
            ({"TALLY_INSTALL": str(self.log)}, "cannot be executed"),
            ({"TALLY_CANDIDATE": "odd"}, "no report"),
        ]:
            with self.subTest(inputs=inputs):
                self.log.write_text("")
                result = self.run_action(**inputs)
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stdout, rf"::error title=Tallystick::.*{re.escape(word)}")
                self.assertNotIn("Traceback", result.stdout)


class InstallTests(unittest.TestCase):
    def test_a_file_named_like_the_package_is_not_run(self):
        """A pull request can add such a file; running it would let it write its own verdict."""
        sys.path.insert(0, str(MAIN.parent))
        import main

        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            impostor = Path(folder, "tallystick")
            impostor.write_text("#!/bin/sh\nexit 0\n")
            impostor.chmod(0o755)
            Path(folder, "venv.py").write_text("raise SystemExit('an impostor ran')\n")
            os.chdir(folder)
            try:
                with mock.patch.object(main.subprocess, "run") as run, self.assertRaises(main.Refused):
                    main.find_tally("tallystick", Path(folder))
            finally:
                os.chdir(before)
        made, installed = [call.args[0] for call in run.call_args_list]
        self.assertEqual(made[1:4], ["-I", "-m", "venv"])
        self.assertEqual(installed[-1], "tallystick")


class DescriptionTests(unittest.TestCase):
    def test_every_input_reaches_the_script_and_back(self):
        description = (ROOT / "action.yml").read_text()
        declared = re.search(r"^inputs:\n(.*?)^outputs:\n", description, re.MULTILINE | re.DOTALL)[1]
        inputs = set(re.findall(r"^  ([a-z-]+):$", declared, re.MULTILINE)) - {"working-directory"}
        passed = dict(re.findall(r"^        (TALLY_[A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}$", description, re.MULTILINE))
        self.assertEqual(set(passed.values()), inputs)
        read = set(re.findall(r"\"(TALLY_[A-Z_]+)\"", MAIN.read_text()))
        self.assertEqual(set(passed), read)


if __name__ == "__main__":
    unittest.main()
