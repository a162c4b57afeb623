"""The SDK of OpenTelemetry as it comes from PyPI, exporting to a running `tally serve`.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients

The SDK is installed into a virtual environment of the test's own.
"""

import sys
import unittest

from running import ClientTest

PACKAGES = ["opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2"]

# What an instrumented application does: a workflow, in it a retrieval and a call of a model that fails over.
APPLICATION = '''
import sys
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

endpoint, compression = sys.argv[1:]
provider = TracerProvider(resource=Resource.create({"service.name": "support-bot"}))
exporter = OTLPSpanExporter(endpoint=endpoint, compression=Compression(compression))
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
assert provider.force_flush(10_000)
provider.shutdown()
'''


class OpenTelemetrySDK(ClientTest):
    packages = PACKAGES

    def export(self, compression):
        return self.run_client(APPLICATION, f"{self.address}/v1/traces", compression)

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


if __name__ == "__main__":
    sys.exit(unittest.main())
