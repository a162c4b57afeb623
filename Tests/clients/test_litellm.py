"""The real LiteLLM proxy, with the hook and the configuration of Examples/litellm, guarded by `tally serve`.

LiteLLM is half a gigabyte: nothing installs it. Where LITELLM does not name its `litellm`, the test is skipped.

usage: TALLY=path/to/tally LITELLM=path/to/litellm python -m unittest discover --start-directory Tests/clients --pattern test_litellm.py
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from provider_stub import ProviderStub

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Examples/litellm"
CALL = {"model": "gpt-4o", "max_tokens": 100, "messages": [{"role": "user", "content": "Where is it?"}]}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class LiteLLMTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        tally, litellm = os.environ.get("TALLY"), os.environ.get("LITELLM")
        if not tally or not litellm:
            raise unittest.SkipTest("TALLY and LITELLM name no built tally and no LiteLLM proxy")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        for file in EXAMPLE.iterdir():
            if file.is_file():
                shutil.copy(file, folder.name)
        cls.stub = ProviderStub()
        cls.addClassCleanup(cls.stub.close)
        server = subprocess.Popen(
            [tally, "serve", "--port", "0"], cwd=folder.name, stderr=subprocess.PIPE, encoding="utf-8")
        cls.addClassCleanup(cls.end, server)
        cls.tally = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline()).group(0)
        port = free_port()
        cls.proxy = f"http://127.0.0.1:{port}"
        environment = {
            "TALLY_URL": cls.tally, "UPSTREAM": f"{cls.stub.address}/v1", "OPENAI_API_KEY": "none",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}
        proxy = subprocess.Popen(
            [litellm, "--config", "litellm.yaml", "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"],
            cwd=folder.name, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.end, proxy)
        cls.until(lambda: cls.ask(f"{cls.proxy}/health/liveliness")[0] == 200)

    @classmethod
    def end(cls, process):
        process.terminate()
        process.wait(timeout=30)
        if process.stderr:
            process.stderr.close()

    @classmethod
    def until(cls, holds):
        deadline = time.monotonic() + 120
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError("it does not come about")
            time.sleep(0.1)

    @classmethod
    def ask(cls, url, body=None):
        """The status, the text of the answer, and its headers; status 0 where nobody answers."""
        request = urllib.request.Request(
            url, body and json.dumps(body).encode(), {"content-type": "application/json", "x-tally-feature": "support-bot"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.read().decode(), reply.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers
        except urllib.error.URLError:
            return 0, "", {}

    def spans(self):
        return json.loads(self.ask(f"{self.tally}/api/v1/spans")[1])["records"]

    def call(self, more=None):
        return self.ask(f"{self.proxy}/v1/chat/completions", {**CALL, **(more or {})})

    def test_calls_are_promised_and_settled_until_the_budget_is_spent(self):
        for number, more in enumerate([{}, {"stream": True}]):
            self.assertEqual(self.call(more)[0], 200)
            self.until(lambda number=number: len(self.spans()) == number + 1)
            span = self.spans()[0]
            self.assertEqual([span["input_tokens"], span["output_tokens"], span["cached_tokens"]], [1200, 30, 1024])
            self.assertEqual([span["feature"], span["cost"]["amount"]], ["support-bot", "0.00202"])
        status, text, headers = self.call()
        error = json.loads(text)["error"]
        self.assertEqual(status, 429)
        self.assertIn("The budget 'bot' is 2 calls a day; 0 calls are left, and this call may use 1 call.", error["message"])
        self.assertEqual(error["provider_specific_fields"]["error"]["budget"]["left"], "0")
        self.assertGreater(int(headers["retry-after"]), 0)
        budgets = json.loads(self.ask(f"{self.tally}/api/v1/budgets")[1])["budgets"]
        windows = {budget["budget"]: budget["windows"][0] for budget in budgets}
        self.assertEqual([windows["month"]["spent"], windows["month"]["held"]], ["0.00404", "0.00"])
        self.assertEqual([windows["bot"]["spent"], windows["bot"]["held"]], ["2", "0"])


if __name__ == "__main__":
    unittest.main()
