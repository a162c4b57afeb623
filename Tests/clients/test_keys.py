"""SDKs as they come from PyPI against a `tally serve` that asks for keys: what they send is let in, and only with a key.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import json
import sys
import unittest

import test_langfuse
import test_opentelemetry
from running import ClientTest

# The exporter reads its headers from the environment, as users set them.
EXPORT = """
import logging, os
logging.disable(logging.CRITICAL)
if os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
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

CALL = """
import json, sys, grpc
with grpc.insecure_channel(sys.argv[1]) as channel:
    export = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
    try:
        export(b"", timeout=300, metadata=[tuple(header) for header in json.loads(sys.argv[2])])
    except grpc.RpcError as error:
        print(error.code().name)
        print(error.details())
"""

PROTOCOLS = ["http/protobuf", "grpc"]

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

    def environment(self, protocol, headers):
        endpoint = self.address if protocol == "http/protobuf" else f"http://{self.grpc_address}"
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_HEADERS": headers,
            "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        }

    def export(self, protocol, headers):
        trace, is_kept = self.run_client(EXPORT, environment=self.environment(protocol, headers)).split()
        return trace, is_kept == "True"

    def test_with_a_key(self):
        for protocol in PROTOCOLS:
            for headers in [f"Authorization=Bearer%20{self.tokens['bot']}", f"x-api-key={self.tokens['bot']}"]:
                trace, is_kept = self.export(protocol, headers)
                self.assertTrue(is_kept)
                self.assertEqual([span["tenant"] for span in self.records(trace)], ["acme"])

    def test_without_a_key_that_lets_ingest(self):
        for protocol in PROTOCOLS:
            for headers in ["", "Authorization=Bearer%20tally_i_guess", f"x-api-key={self.tokens['prometheus']}"]:
                self.assertFalse(self.export(protocol, headers)[1])


class OpenTelemetryWithTLS(OpenTelemetryWithKey):
    """The same through a certificate that the SDK is told to trust."""

    has_certificate = True

    def environment(self, protocol, headers):
        environment = super().environment(protocol, headers)
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = environment["OTEL_EXPORTER_OTLP_ENDPOINT"].replace("http:", "https:")
        # What a machine sets for `requests` counts before what the SDK is told.
        trusted = {"OTEL_EXPORTER_OTLP_CERTIFICATE": self.certificate, "REQUESTS_CA_BUNDLE": self.certificate}
        return {**environment, **trusted}

    def test_who_does_not_trust_the_certificate_sends_nothing(self):
        headers = f"x-api-key={self.tokens['bot']}"
        environment = self.environment("http/protobuf", headers)
        del environment["OTEL_EXPORTER_OTLP_CERTIFICATE"], environment["REQUESTS_CA_BUNDLE"]
        self.assertTrue(self.run_client(EXPORT, environment=environment).endswith("False"))


class OverGRPC(ClientTest):
    """What a refused call says."""

    packages = test_opentelemetry.PACKAGES
    keys = {"prometheus": ["--scope", "read"]}

    def test_status(self):
        for headers, code, said in [
            ([], "UNAUTHENTICATED", "asks for a key"),
            ([("authorization", "Bearer tally_i_guess")], "UNAUTHENTICATED", "No key of this server has this token"),
            ([("x-api-key", self.tokens["prometheus"])], "PERMISSION_DENIED", "asks for the scope 'ingest'"),
        ]:
            answer = self.run_client(CALL, self.grpc_address, json.dumps(headers)).split("\n")
            self.assertEqual(answer[0], code)
            self.assertIn(said, answer[1])


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
