"""The SDK of OpenTelemetry as it comes from PyPI, exporting to a running `tally serve`.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients

The SDK is installed into a virtual environment of the test's own.
"""

import sys
import unittest

from running import ClientTest

PACKAGES = [
    "opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2",
    "opentelemetry-exporter-otlp-proto-grpc==1.45.2",
]

# What an instrumented application does: a workflow, in it a retrieval and a call of a model that fails over.
APPLICATION = '''
import sys
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

protocol, endpoint, compression = sys.argv[1:]
provider = TracerProvider(resource=Resource.create({"service.name": "support-bot"}))
if protocol == "grpc":
    from grpc import Compression
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    kinds = {"none": Compression.NoCompression, "gzip": Compression.Gzip}
    exporter = OTLPSpanExporter(
        endpoint=endpoint, insecure=True, compression=kinds[compression], timeout=300)
else:
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    exporter = OTLPSpanExporter(endpoint=endpoint, compression=Compression(compression), timeout=300)
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("application")
with tracer.start_as_current_span("answer") as answer:
    with tracer.start_as_current_span("chat gpt-4o") as chat:
        chat.set_attribute("gen_ai.operation.name", "chat")
        chat.set_attribute("gen_ai.provider.name", "openai")
        chat.set_attribute("gen_ai.request.model", "gpt-4o")
        chat.set_attribute("gen_ai.response.model", "gpt-4o-2024-08-06")
        chat.set_attribute("gen_ai.usage.input_tokens", 1204)
        chat.set_attribute("gen_ai.usage.output_tokens", 310)
        chat.set_attribute("gen_ai.response.finish_reasons", ["stop"])
    with tracer.start_as_current_span("execute_tool lookup_order") as tool:
        tool.set_attribute("gen_ai.operation.name", "execute_tool")
        tool.set_attribute("gen_ai.tool.name", "lookup_order")
        tool.set_status(trace.Status(trace.StatusCode.ERROR, "no such order"))
    print(format(answer.get_span_context().trace_id, "032x"))
assert provider.force_flush(300_000)
provider.shutdown()
'''

# Calls by hand, since the exporter keeps what it was told to itself.
CALL = '''
import sys, grpc
def call(message):
    with grpc.insecure_channel(sys.argv[1]) as channel:
        export = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        try:
            export(message, timeout=300)
        except grpc.RpcError as error:
            details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
            print(error.code().name)
            print(error.details())
            print("retry" if b"google.rpc.RetryInfo" in details else "no retry")
'''
REFUSED = CALL + 'call(bytes([10, 200, 1, 1, 2, 3]))'
TOO_LARGE = CALL + 'call(bytes(40 << 20))'


class OpenTelemetrySDK(ClientTest):
    packages = PACKAGES

    def export(self, compression):
        return self.run_client(APPLICATION, "http", f"{self.address}/v1/traces", compression)

    def export_over_grpc(self, compression):
        return self.run_client(APPLICATION, "grpc", self.grpc_address, compression)

    def expect_whole(self, trace):
        spans = {record["name"]: record for record in self.records(trace)}
        self.assertEqual(set(spans), {"answer", "chat gpt-4o", "execute_tool lookup_order"})
        chat, tool, answer = spans["chat gpt-4o"], spans["execute_tool lookup_order"], spans["answer"]
        self.assertEqual(chat["span_kind"], "chat")
        self.assertEqual(chat["parent_id"], answer["span_id"])
        self.assertEqual((chat["model_requested"], chat["model_served"]), ("gpt-4o", "gpt-4o-2024-08-06"))
        self.assertEqual((chat["input_tokens"], chat["output_tokens"]), (1204, 310))
        self.assertEqual(chat["finish_reason"], "stop")
        self.assertEqual({span["feature"] for span in spans.values()}, {"support-bot"})
        self.assertEqual((tool["span_kind"], tool["tool"], tool["status"]), ("tool", "lookup_order", "error"))
        self.assertGreater(answer["ended_at"], answer["started_at"])

    def test_protobuf_as_it_is(self):
        self.expect_whole(self.export("none"))

    def test_protobuf_in_gzip(self):
        self.expect_whole(self.export("gzip"))

    def test_grpc_as_it_is(self):
        self.expect_whole(self.export_over_grpc("none"))

    def test_grpc_in_gzip(self):
        self.expect_whole(self.export_over_grpc("gzip"))

    def test_grpc_says_what_is_wrong_and_whether_to_try_again(self):
        code, message, retry = self.run_client(REFUSED, self.grpc_address).split("\n")
        self.assertEqual(code, "INVALID_ARGUMENT")
        self.assertIn("byte 3", message)
        self.assertEqual(retry, "no retry")
        code, message, retry = self.run_client(TOO_LARGE, self.grpc_address).split("\n")
        self.assertEqual((code, retry), ("RESOURCE_EXHAUSTED", "no retry"))


if __name__ == "__main__":
    sys.exit(unittest.main())
