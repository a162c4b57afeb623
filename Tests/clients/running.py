"""What every test of a client shares: an SDK as it comes from PyPI, in a virtual environment, and a running `tally serve`.

Without a package index, or without TALLY naming the built binary, the tests are skipped.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
import venv


class ClientTest(unittest.TestCase):
    """A server with a ledger of its own, and a Python that has the packages of the test."""

    packages = []
    # Keys that are made before the server starts: their names, and the options of `tally key create`.
    keys = {}
    # Whether the server has a certificate, `self.certificate`, which only this test trusts.
    has_certificate = False

    @classmethod
    def setUpClass(cls):
        cls.tally = os.environ.get("TALLY")
        if not cls.tally:
            raise unittest.SkipTest("TALLY names no built tally")
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        home = pathlib.Path(cls.folder.name, "venv")
        venv.create(home, with_pip=True)
        cls.python = home / "bin" / "python"
        installed = subprocess.run(
            [cls.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *cls.packages],
            capture_output=True, encoding="utf-8", check=False)
        if installed.returncode != 0:
            raise unittest.SkipTest(f"the SDK cannot be installed: {installed.stderr.strip()[-300:]}")
        cls.ledger = str(pathlib.Path(cls.folder.name, "ledger.db"))
        cls.tokens = {name: cls.key(name, *options) for name, options in cls.keys.items()}
        security = cls.make_certificate() if cls.has_certificate else []
        cls.server = subprocess.Popen(
            [cls.tally, "serve", "--port", "0", "--grpc-port", "0", "--ledger", cls.ledger, *security],
            stderr=subprocess.PIPE, encoding="utf-8")
        cls.addClassCleanup(cls.stop)
        # The two listeners start on their own: either may be the first.
        lines = cls.server.stderr.readline() + cls.server.stderr.readline()
        cls.address = re.search(r"https?://127\.0\.0\.1:\d+", lines).group(0)
        cls.grpc_address = re.search(r"gRPC on (127\.0\.0\.1:\d+)", lines).group(1)

    @classmethod
    def make_certificate(cls):
        """Makes a certificate for this machine and returns the options that name it."""
        if not shutil.which("openssl"):
            raise unittest.SkipTest("openssl, which makes the certificate, is missing")
        cls.certificate, key = (str(pathlib.Path(cls.folder.name, name)) for name in ("cert.pem", "key.pem"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cls.certificate],
            capture_output=True, timeout=600, check=True)
        return ["--tls-certificate", cls.certificate, "--tls-key", key]

    @classmethod
    def key(cls, name, *options):
        """Makes a key and returns its token."""
        return subprocess.run(
            [cls.tally, "key", "create", name, *options, "--ledger", cls.ledger], capture_output=True, encoding="utf-8",
            timeout=600, check=True).stdout.strip()

    @classmethod
    def stop(cls):
        cls.server.send_signal(signal.SIGTERM)
        try:
            cls.server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            cls.server.kill()
        cls.server.stderr.close()

    def run_client(self, program, *arguments, environment=None):
        """Runs a program with the packages; it must succeed and complain of nothing. Returns what it prints."""
        run = subprocess.run(
            [self.python, "-c", program, *arguments], capture_output=True, encoding="utf-8", timeout=600, check=False,
            env={**os.environ, "LANGFUSE_TIMEOUT": "300", **(environment or {})})
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stderr, "")
        return run.stdout.strip()

    def records(self, trace, *options):
        """What the ledger says of a trace."""
        run = subprocess.run(
            [self.tally, "trace", trace, "--format", "json", "--ledger", self.ledger, *options], capture_output=True,
            encoding="utf-8", timeout=600, check=True)
        return [json.loads(line) for line in run.stdout.splitlines()]
