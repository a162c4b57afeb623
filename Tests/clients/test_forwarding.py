"""Langfuse's SDK against a `tally serve` that forwards to another, and asks it for the paths that it does not answer.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest
import urllib.request

from running import ClientTest
from test_langfuse import APPLICATION


class Forwarding(ClientTest):
    """The second server is the one of `ClientTest`: what its ledger says of a trace came through the first."""

    packages = ["langfuse==5.0.4"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = pathlib.Path(cls.folder.name, "front")
        folder.mkdir()
        (folder / "tally.yaml").write_text(
            f"forward: {{second: {{url: \"{cls.address}\", kind: langfuse, proxy: true, public_key: {{env: PK}}, "
            "secret_key: {env: SK}}}\n")
        cls.front = subprocess.Popen(
            [cls.tally, "serve", "--port", "0"], cwd=folder, stderr=subprocess.PIPE, encoding="utf-8",
            env={**os.environ, "PK": "pk-lf-second", "SK": "sk-lf-second"})
        cls.addClassCleanup(cls.stop_front)
        cls.front_address = re.search(r"http://127\.0\.0\.1:\d+", cls.front.stderr.readline()).group(0)

    @classmethod
    def stop_front(cls):
        cls.front.send_signal(signal.SIGTERM)
        try:
            cls.front.wait(timeout=30)
        except subprocess.TimeoutExpired:
            cls.front.kill()
        cls.front.stderr.close()

    def drain(self):
        for _ in range(3_000):
            with urllib.request.urlopen(self.front_address + "/metrics", timeout=300) as answer:
                if 'tally_spool_deliveries{target="second"} 0\n' in answer.read().decode():
                    return
            time.sleep(0.1)
        self.fail("the spool is not emptied")

    def test_traces_and_scores_arrive_at_both(self):
        # The SDK asks for the project first, which the second server answers.
        trace = self.run_client(
            APPLICATION,
            environment={
                "LANGFUSE_PUBLIC_KEY": "pk-lf-of-a-test", "LANGFUSE_SECRET_KEY": "sk-lf-of-a-test",
                "LANGFUSE_HOST": self.front_address, "LANGFUSE_BASE_URL": self.front_address,
            })
        self.drain()
        there = self.records(trace, "--content")
        front = self.ledger
        self.ledger = str(pathlib.Path(self.folder.name, "front", ".tally", "ledger.db"))
        try:
            here = self.records(trace, "--content")
        finally:
            self.ledger = front

        def told(records):
            return sorted((record["kind"], record["name"], str(record.get("value")), str(record.get("input")))
                          for record in records)

        self.assertEqual(told(there), told(here))
        self.assertEqual(len([record for record in there if record["kind"] == "span"]), 2)
        self.assertEqual(len([record for record in there if record["kind"] == "annotation"]), 3)


if __name__ == "__main__":
    sys.exit(unittest.main())
