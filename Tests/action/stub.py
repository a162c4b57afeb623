"""A stand-in for the part of GitHub's REST API that the action uses, on a free loopback port.

It keeps comments as the real one does, and fails on demand: each entry of `failures` is (method, path fragment, status,
headers, carried out?), used once, in order, by the first request that fits.
"""

import json
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "ghs_the-secret-of-this-test"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
BODY_LIMIT = 65_536


class Stub:
    def __init__(self):
        self.comments = []  # {"id", "body", "user"}, all on pull request 7
        self.failures = []
        self.requests = []  # (method, path)
        self.read_only = False
        self.login = None  # the login of a personal token; None for a workflow's own token
        self._next_id = 1000
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, body, user=BOT):
        self._next_id += 1
        self.comments.append({"id": self._next_id, "body": body, "user": user})
        return self._next_id

    def fail(self, method, fragment, status, headers=None, carried_out=False):
        self.failures.append((method, fragment, status, headers or {}, carried_out))

    def count(self, method):
        return sum(1 for used, _ in self.requests if used == method)

    @property
    def owner(self):
        return {"login": self.login, "type": "User"} if self.login else BOT


def _handler(stub):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def answer(self, status, content=None, headers=None):
            body = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle_request(self):
            method = self.command
            content = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            stub.requests.append((method, self.path))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self.answer(401, {"message": "Bad credentials"})
            for index, (wanted, fragment, status, headers, carried_out) in enumerate(stub.failures):
                if wanted == method and fragment in self.path:
                    del stub.failures[index]
                    if carried_out:
                        self.carry_out(method, content, silent=True)
                    return self.answer(status, {"message": "told to fail"}, headers)
            return self.carry_out(method, content)

        def carry_out(self, method, content, silent=False):
            status, result, headers = self.result(method, content)
            if not silent:
                self.answer(status, result, headers)

        def result(self, method, content):
            parts = urllib.parse.urlsplit(self.path)
            if parts.path == "/user":
                if stub.login:
                    return 200, {"login": stub.login}, {}
                return 403, {"message": "Resource not accessible by integration"}, {}
            if parts.path == "/repos/acme/bot/issues/7/comments" and method == "GET":
                return self.page(urllib.parse.parse_qs(parts.query))
            if stub.read_only:
                return 403, {"message": "Resource not accessible by integration"}, {}
            if content is not None and len(content["body"]) > BODY_LIMIT:
                return 422, {"message": "body is too long (maximum is 65536 characters)"}, {}
            if parts.path == "/repos/acme/bot/issues/7/comments" and method == "POST":
                stub.add(content["body"], stub.owner)
                return 201, stub.comments[-1], {}
            one = re.fullmatch(r"/repos/acme/bot/issues/comments/(\d+)", parts.path)
            found = [comment for comment in stub.comments if one and comment["id"] == int(one[1])]
            if not found:
                return 404, {"message": "Not Found"}, {}
            if method == "DELETE":
                stub.comments.remove(found[0])
                return 204, None, {}
            found[0]["body"] = content["body"]
            return 200, found[0], {}

        def page(self, query):
            size, page = int(query["per_page"][0]), int(query["page"][0])
            start = (page - 1) * size
            following = f"<{stub.url}/next>; rel=\"next\"" if start + size < len(stub.comments) else ""
            return 200, stub.comments[start : start + size], {"Link": following} if following else {}

        do_GET = do_POST = do_PATCH = do_DELETE = handle_request

    return Handler
