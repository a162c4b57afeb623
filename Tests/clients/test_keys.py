"""SDKs as they come from PyPI against a `tally serve` that asks for keys: what they send is let in, and only with a key.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import sys
import unittest

import test_langfuse
import test_opentelemetry
from running import ClientTest

# The exporter reads its headers from the environment, as users set them.
EXPORT = """
import logging, sys
logging.disable(logging.CRITICAL)
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult

results = []
class Watched(OTLPSpanExporter):
    def export(self, spans):
        results.append(super().export(spans))
        return results[-1]

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(Watched()))
with provider.get_tracer("application").start_as_current_span("answer") as span:
    trace = format(span.get_span_context().trace_id, "032x")
print(trace, results == [SpanExportResult.SUCCESS])
"""

AUTHENTICATION = """
from langfuse import get_client
from langfuse.api import UnauthorizedError
try:
    print(get_client().auth_check())
except UnauthorizedError as error:
    print(error.status_code)
"""


class OpenTelemetryWithKey(ClientTest):
    packages = test_opentelemetry.PACKAGES
    keys = {"bot": ["--scope", "ingest", "--tenant", "acme"], "prometheus": ["--scope", "read"]}

    def export(self, headers):
        trace, is_kept = self.run_client(
            EXPORT, environment={"OTEL_EXPORTER_OTLP_ENDPOINT": self.address, "OTEL_EXPORTER_OTLP_HEADERS": headers}
        ).split()
        return trace, is_kept == "True"

    def test_bearer(self):
        trace, is_kept = self.export(f"Authorization=Bearer%20{self.tokens['bot']}")
        self.assertTrue(is_kept)
        self.assertEqual([span["tenant"] for span in self.records(trace)], ["acme"])

    def test_api_key(self):
        self.assertTrue(self.export(f"x-api-key={self.tokens['bot']}")[1])

    def test_without_a_key_that_lets_ingest(self):
        for headers in ["", "Authorization=Bearer%20tally_i_guess", f"x-api-key={self.tokens['prometheus']}"]:
            self.assertFalse(self.export(headers)[1])


class LangfuseWithKey(test_langfuse.LangfuseSDK):
    """Everything that the SDK does without keys it does with them."""

    keys = {"pk-lf-bot": ["--scope", "ingest"], "other": ["--scope", "ingest"]}

    def credentials(self):
        return {"LANGFUSE_PUBLIC_KEY": "pk-lf-bot", "LANGFUSE_SECRET_KEY": self.tokens["pk-lf-bot"]}

    def post(self, path, body):
        return super().post(path, body, {"x-api-key": self.tokens["other"]})

    def authentication(self, public, secret):
        return self.run_client(
            AUTHENTICATION,
            environment={
                "LANGFUSE_PUBLIC_KEY": public, "LANGFUSE_SECRET_KEY": secret, "LANGFUSE_HOST": self.address,
                "LANGFUSE_BASE_URL": self.address,
            })

    def test_auth_check(self):
        self.assertEqual(self.authentication("pk-lf-bot", self.tokens["pk-lf-bot"]), "True")
        self.assertEqual(self.authentication("pk-lf-bot", "sk-lf-guess"), "401")
        self.assertEqual(self.authentication("other", self.tokens["pk-lf-bot"]), "401")


if __name__ == "__main__":
    sys.exit(unittest.main())
