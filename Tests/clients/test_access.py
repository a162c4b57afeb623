"""Who a running `tally serve` lets in, route by route, over plain HTTP with Python's own client.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import base64
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

SPAN = {
    "kind": "span", "span_id": "1", "trace_id": "t", "name": "chat", "span_kind": "chat",
    "started_at": "2026-05-01T00:00:00Z", "status": "ok", "feature": "desk",
}
ROUTES = [
    ("POST", "api/v1/records", "ingest"), ("POST", "v1/traces", "ingest"), ("POST", "v1/logs", "ingest"),
    ("POST", "api/public/otel/v1/traces", "ingest"), ("POST", "api/public/scores", "ingest"),
    ("POST", "api/public/ingestion", "ingest"), ("GET", "api/public/projects", None), ("GET", "metrics", "read"),
    ("GET", "api/v1/spans", "read"), ("GET", "api/v1/traces/t", "read"), ("GET", "api/v1/findings", "read"),
    ("GET", "api/v1/records/span", "read"), ("GET", "api/v1/checks", "read"), ("GET", "api/v1/ledger", "read"),
    ("GET", "api/v1/breakers", "read"), ("GET", "api/v1/budgets", "read"), ("GET", "api/v1/orders", "read"),
    ("GET", "api/v1/tenants", "read"), ("POST", "api/v1/decide", "decide"), ("POST", "api/v1/settle", "decide"),
    ("GET", "api/v1/schedule", "read"), ("GET", "api/v1/failure-budgets", "read"),
]


def basic(user, token):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}


class Server:
    """A server whose streams go into a file."""

    def __init__(self, tally, folder, *options):
        self.log = tempfile.NamedTemporaryFile(dir=folder, suffix=".log")
        self.process = subprocess.Popen(
            [tally, "serve", "--port", "0", *options], cwd=folder, stdout=self.log, stderr=self.log)
        # Five minutes at least: how long a slow machine takes to start it is not what is tested.
        for _ in range(15_000):
            self.greeting = self.said()
            if "\n" in self.greeting or self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.port = re.search(r"://\S+:(\d+), ledger", self.greeting).group(1)
        self.shown = ""

    def said(self):
        return pathlib.Path(self.log.name).read_text(encoding="utf-8")

    def ask(self, method, path, headers=None, body=b"{}"):
        headers = {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}", data=body if method == "POST" else None, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                status, text, fields = answer.status, answer.read().decode("utf-8", "replace"), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                status, text, fields = error.code, error.read().decode("utf-8", "replace"), error.headers
        self.shown += text + str(fields)
        return status, text, fields

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=300)


class Access(unittest.TestCase):
    def setUp(self):
        self.tally = os.environ.get("TALLY")
        if not self.tally:
            self.skipTest("TALLY names no built tally")
        self.tally = os.path.abspath(self.tally)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_tally(self, *arguments):
        return subprocess.run(
            [self.tally, *arguments], cwd=self.folder, capture_output=True, encoding="utf-8", timeout=600, check=True).stdout

    def key(self, name, *options):
        return self.run_tally("key", "create", name, *options).strip()

    def serve(self, *options):
        server = Server(self.tally, self.folder, *options)
        self.addCleanup(server.process.wait)
        self.addCleanup(server.process.kill)
        return server

    def test_every_route_asks_for_its_scope_and_no_token_is_ever_shown(self):
        tokens = {scope: self.key(scope, "--scope", scope) for scope in ["ingest", "read", "admin"]}
        gone = self.key("gone", "--scope", "ingest")
        self.run_tally("key", "revoke", "gone")
        server = self.serve()
        self.assertIn("for those who have a key", server.greeting)
        ingest = tokens["ingest"]
        wrong = [
            {}, {"Authorization": f"Bearer {ingest}x"}, {"Authorization": f"Bearer {gone}"}, basic("read", ingest),
            basic(ingest, "ingest"), {"Authorization": "Basic ?"},
        ]
        for method, path, needed in ROUTES:
            for headers in wrong:
                self.assertEqual(server.ask(method, path, headers)[0], 401, path)
            for scope, token in tokens.items():
                for headers in [{"Authorization": f"Bearer {token}"}, {"x-api-key": token}, basic(scope, token)]:
                    status = server.ask(method, path, headers)[0]
                    is_let_in = needed in (None, scope) or scope == "admin"
                    self.assertNotEqual(status, 401, path)
                    self.assertEqual(status == 403, not is_let_in, f"{path} with {scope}: {status}")
        for path in ["healthz", "readyz", "api/v1/openapi.json"]:
            self.assertEqual(server.ask("GET", path)[0], 200)
        metrics = server.ask("GET", "metrics", {"x-api-key": tokens["read"]})[1]
        # Keys of other scopes than the route's, but for the one that may everything, three headers each.
        scopes = [needed for _, _, needed in ROUTES if needed]
        refused = 3 * sum(needed != scope for needed in scopes for scope in ["ingest", "read"])
        each = len(ROUTES)
        for reason, count in [
            ("missing", each), ("unknown", 2 * each), ("revoked", each), ("mismatch", each), ("unreadable", each),
            ("expired", 0), ("scope", refused), ("tenant", 0),
        ]:
            self.assertIn(f'tally_authentications_failed_total{{reason="{reason}"}} {count}\n', metrics)
        self.assertEqual(server.stop(), 0)
        for token in [*tokens.values(), gone]:
            self.assertNotIn(token[-40:], server.said() + server.shown)
        keys = {key["name"]: key for key in json.loads(self.run_tally("key", "list", "--format", "json"))["keys"]}
        self.assertTrue(keys["ingest"]["used_at"].endswith(":00:00Z"))
        self.assertNotIn("used_at", keys["gone"])

    def test_who_is_not_let_in_is_told(self):
        read = self.key("prometheus", "--scope", "read")
        server = self.serve()
        status, text, fields = server.ask("POST", "api/v1/records")
        self.assertEqual((status, json.loads(text)["error"]["code"]), (401, "UNAUTHENTICATED"))
        self.assertEqual(fields.get_all("WWW-Authenticate")[0], 'Bearer realm="tally"')
        status, text, _ = server.ask("POST", "api/v1/records", {"x-api-key": read})
        self.assertEqual((status, json.loads(text)["error"]["missing_scope"]), (403, "ingest"))
        status, text, _ = server.ask("POST", "v1/traces")
        self.assertEqual(status, 401)
        self.assertIn("asks for a key", json.loads(text)["message"])
        status, text, _ = server.ask(
            "POST", "v1/traces", {"Content-Type": "application/x-protobuf", "x-api-key": read}, b"")
        # A google.rpc.Status: field 2, the message.
        self.assertEqual((status, text[0]), (403, "\x12"))
        self.assertIn("scope 'ingest'", text)
        # Many clients read nothing before they have sent everything.
        self.assertEqual(server.ask("POST", "api/v1/records", body=b" " * (8 << 20))[0], 401)

    def test_a_revoked_key_opens_nothing_after_two_seconds_on_any_server(self):
        token = {"x-api-key": self.key("bot", "--scope", "ingest")}
        servers = [self.serve(), self.serve()]
        for server in servers:
            self.assertEqual(server.ask("POST", "api/v1/records", token, json.dumps(SPAN).encode())[0], 200)
        self.run_tally("key", "revoke", "bot")
        time.sleep(2.05)
        for server in servers:
            status, text, _ = server.ask("POST", "api/v1/records", token)
            self.assertEqual(status, 401)
            self.assertIn("was revoked at", text)

    def test_this_machine_is_let_in_until_there_is_a_key(self):
        server = self.serve()
        self.assertNotIn("key", server.greeting)
        self.assertEqual(server.ask("POST", "api/v1/records", body=json.dumps(SPAN).encode())[0], 200)
        self.assertEqual(server.ask("GET", "metrics")[0], 200)
        self.key("bot", "--scope", "ingest")
        time.sleep(2.05)
        self.assertEqual(server.ask("POST", "api/v1/records")[0], 401)

    def test_a_proxy_may_end_tls_before_it(self):
        token = {"x-api-key": self.key("bot", "--scope", "ingest")}
        server = self.serve("--host", "0.0.0.0", "--insecure-http")
        self.assertIn("listening on http://0.0.0.0:", server.greeting)
        self.assertEqual(server.ask("POST", "api/v1/records")[0], 401)
        self.assertEqual(server.ask("POST", "api/v1/records", token, json.dumps(SPAN).encode())[0], 200)


if __name__ == "__main__":
    sys.exit(unittest.main())
