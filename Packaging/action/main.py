#!/usr/bin/env python3
"""The GitHub action: compares two result files, says so in the job summary and in one sticky comment, fails the job.

Reads its inputs from TALLY_* (see action.yml) and the rest from what the runner sets: GITHUB_* and RUNNER_TEMP.
Needs Python's standard library only.
"""

import html
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from api import API, Denied, NotFound, Unavailable  # noqa: E402
from comment import StickyComment, pull_request_number, truncated  # noqa: E402

FAIL_ON = ("regressed", "inconclusive", "never")
VERDICTS = ("improved", "regressed", "equivalent", "non-inferior", "inconclusive")
# GitHub refuses a summary of more than 1 MiB; a character takes at most 4 bytes, with room for the steps before.
SUMMARY_LIMIT = 200_000


class Refused(Exception):
    """The action cannot do what its inputs ask; the message says what to change."""


def command(name, message):
    """A workflow command: an annotation that the job's page shows."""
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        message = message.replace(character, code)
    print(f"::{name} title=Tallystick::{message}", flush=True)


def log(text):
    """Prints text that users' files have a part in: the runner must not obey commands that hide in it."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::", flush=True)


def find_tally(install, folder):
    """The path of the tally binary: `install` itself if it is the path of a file that runs, else what pip makes of it.

    Only what has a slash is a path: a pull request could add a file named like the package, which must never be run.
    """
    path = Path(install)
    if "/" in install and path.is_file() and path.suffix != ".whl":
        if not os.access(path, os.X_OK):
            raise Refused(f"install: `{install}` is a file that cannot be executed")
        return str(path.resolve())
    environment = folder / "tallystick-environment"
    tally = environment / "bin" / "tally"
    # Isolated: a `venv.py` in the checkout must not stand in for Python's own.
    subprocess.run([sys.executable, "-I", "-m", "venv", "--clear", str(environment)], check=True)
    pip = [str(environment / "bin" / "pip"), "--disable-pip-version-check", "install", "--quiet"]
    # Split like a command line, so that a requirement may come with options; `--` would forbid them.
    subprocess.run(pip + shlex.split(install), check=True)
    if not tally.exists():
        raise Refused(f"install: `pip install {install}` brought no `tally`")
    return str(tally)


class Comparison:
    """What `tally compare` said: `code`, `verdict` (None when there is none), `report` (JSON text), `markdown`."""

    def __init__(self, tally, base, candidate, arguments):
        words = shlex.split(arguments)
        if any(word == "--format" or word.startswith("--format=") for word in words):
            raise Refused("args: `--format` is the action's own; leave it out")
        self._command = [tally, "compare", *words]
        self._files = ["--", base, candidate]
        self.verdict = None
        # Seeded: both runs find the same. Two runs, because the words for people and for programs are different texts.
        self.code, self.report, self.errors = self._run("json")
        self.markdown = ""
        if self.code in (0, 1, 2):
            self.verdict = self._read_verdict()
            code, self.markdown, _ = self._run("markdown")
            if code != self.code:
                raise Refused(f"tally ended with {self.code} and then with {code} on the same files")
        else:
            self.markdown = self._without_verdict()

    def _run(self, form):
        result = subprocess.run(
            [*self._command, "--format", form, *self._files], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
        )
        if result.stderr.strip() and form == "json":
            log(result.stderr)
        return result.returncode, result.stdout, result.stderr

    def _read_verdict(self):
        try:
            verdict = json.loads(self.report)["verdict"]
        except (ValueError, KeyError, TypeError):
            verdict = None
        if verdict not in VERDICTS:
            raise Refused("tally printed no report that this version of the action can read")
        return verdict

    def _without_verdict(self):
        """A comment for input that could not be read. An earlier verdict must not stay there as if it were this one's."""
        errors = html.escape(self.errors.strip()[:4000] or "It said nothing.")
        return f"**No verdict**: `tally compare` ended with exit code {self.code}.\n\n<pre>{errors}</pre>\n"


def footer(environment):
    """Which commit and which run the comment speaks of."""
    commit = environment.get("GITHUB_SHA", "")
    try:
        with open(environment.get("GITHUB_EVENT_PATH", ""), encoding="utf-8") as file:
            # A pull request's own head: GITHUB_SHA is a merge commit that nobody knows.
            commit = json.load(file)["pull_request"]["head"]["sha"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return f"\n<sub>{commit[:10]} · [run]({run_url(environment)})</sub>\n"


def run_url(environment):
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    return f"{server}/{environment.get('GITHUB_REPOSITORY', '')}/actions/runs/{environment.get('GITHUB_RUN_ID', '')}"


def write_summary(environment, text):
    path = environment.get("GITHUB_STEP_SUMMARY")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(truncated(text, SUMMARY_LIMIT, "_Cut: the report is too long for a summary._\n") + "\n")


def write_outputs(environment, comparison, report):
    path = environment.get("GITHUB_OUTPUT")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"verdict={comparison.verdict or ''}\nexit-code={comparison.code}\nreport={report}\n")


def publish(environment, text):
    """Writes the comment if there is a pull request; whatever hinders it is a warning, because the verdict stands."""
    number = pull_request_number(environment, environment.get("TALLY_PULL_REQUEST", ""))
    if number is None:
        command("notice", "No pull request belongs to this event: the verdict is in the job summary only.")
        return
    token = environment.get("TALLY_TOKEN", "")
    if not token:
        command("warning", "No token: the comment was not written. The verdict is in the job summary.")
        return
    api = API(environment.get("GITHUB_API_URL", "https://api.github.com"), token)
    run_id = environment.get("GITHUB_RUN_ID", "0")
    comment = StickyComment(
        api, environment["GITHUB_REPOSITORY"], number, environment.get("TALLY_KEY", ""),
        int(run_id) if run_id.isdigit() else 0,
    )
    note = f"_Cut: the report is too long for a comment. All of it is in the [job summary]({run_url(environment)})._\n"
    try:
        print(f"Comment on pull request {number}: {comment.publish(text, note)}", flush=True)
    except (Denied, NotFound) as error:
        command(
            "warning",
            f"The comment was not written ({error}). The verdict is in the job summary. The job needs `permissions: "
            "pull-requests: write`; a pull request from a fork gets a token that only reads, whatever the job asks.",
        )
    except Unavailable as error:
        command("warning", f"The comment was not written ({error}). The verdict is in the job summary.")


def failure(comparison, fail_on):
    """Why the job fails, or None."""
    if comparison.verdict is None:
        return f"no verdict: tally compare ended with exit code {comparison.code}"
    failing = {"regressed": (1,), "inconclusive": (1, 2), "never": ()}[fail_on]
    return f"the verdict is `{comparison.verdict}`" if comparison.code in failing else None


def run(environment):
    """Does all of it and returns the action's exit code."""
    fail_on = environment.get("TALLY_FAIL_ON", "regressed")
    if fail_on not in FAIL_ON:
        raise Refused(f"fail-on: `{fail_on}` is none of {', '.join(FAIL_ON)}")
    wants_comment = environment.get("TALLY_COMMENT", "true").lower()
    if wants_comment not in ("true", "false"):
        raise Refused(f"comment: `{wants_comment}` is neither true nor false")
    folder = Path(environment.get("RUNNER_TEMP") or os.getcwd())
    tally = find_tally(environment["TALLY_INSTALL"], folder)
    comparison = Comparison(
        tally, environment["TALLY_BASE"], environment["TALLY_CANDIDATE"], environment.get("TALLY_ARGS", "")
    )
    name = re.sub(r"[^A-Za-z0-9]+", "-", environment.get("TALLY_KEY", "")).strip("-")
    report = folder / f"tally-compare{'-' + name if name else ''}.json"
    report.write_text(comparison.report, encoding="utf-8")

    text = comparison.markdown.rstrip() + "\n" + footer(environment)
    write_summary(environment, text)
    write_outputs(environment, comparison, report)
    if wants_comment == "true":
        publish(environment, text)
    reason = failure(comparison, fail_on)
    if reason:
        command("error", reason)
        return 1
    print(f"Verdict: {comparison.verdict}", flush=True)
    return 0


def main():
    # tally must not see the token: nothing that it starts or prints needs it.
    environment = dict(os.environ)
    os.environ.pop("TALLY_TOKEN", None)
    try:
        return run(environment)
    except (Refused, ValueError) as error:
        command("error", str(error))
    except (OSError, subprocess.CalledProcessError) as error:
        command("error", f"{type(error).__name__}: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
