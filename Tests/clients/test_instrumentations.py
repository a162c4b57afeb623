"""OpenInference's and OpenLLMetry's instrumentations of OpenAI's SDK as they come from PyPI, exporting to a running
`tally serve`: an application that already has one of them changes nothing but where it exports to.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import json
import unittest

from openai_stub import OpenAIStub
from running import ClientTest

APPLICATION = """
import sys
from openai import NotFoundError, OpenAI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

which, endpoint, upstream = sys.argv[1:]
provider = TracerProvider(resource=Resource.create({"service.name": "support-bot"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=300)))
if which == "openinference":
    from openinference.instrumentation.openai import OpenAIInstrumentor
else:
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
OpenAIInstrumentor().instrument(tracer_provider=provider)

client = OpenAI(base_url=upstream, api_key="sk-of-a-test", max_retries=0)
messages = [
    {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where is 4711?"}]
tool = {"type": "function", "function": {
    "name": "lookup_order", "parameters": {"type": "object", "properties": {"order": {"type": "integer"}}}}}
with provider.get_tracer("application").start_as_current_span("answer") as span:
    client.chat.completions.create(model="gpt-4o", messages=messages, temperature=0.2)
    client.chat.completions.create(model="gpt-4o", messages=messages, tools=[tool])
    for _ in client.chat.completions.create(
        model="gpt-4o", messages=messages, stream=True, stream_options={"include_usage": True}):
        pass
    try:
        client.chat.completions.create(model="no-such-model", messages=messages)
    except NotFoundError:
        pass
    print(format(span.get_span_context().trace_id, "032x"))
assert provider.force_flush(300_000)
provider.shutdown()
"""


class Instrumentations(ClientTest):
    packages = [
        "openai==3.57.0", "opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2",
        "openinference-instrumentation-openai==0.1.66", "opentelemetry-instrumentation-openai==0.62.4"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stub = OpenAIStub()
        cls.addClassCleanup(stub.close)
        cls.upstream = stub.address

    def check(self, which):
        trace = self.run_client(APPLICATION, which, f"{self.address}/v1/traces", self.upstream)
        spans = [record for record in self.records(trace, "--content") if record["kind"] == "span"]
        root = next(span for span in spans if span["name"] == "answer")
        calls = sorted((span for span in spans if span is not root), key=lambda span: span["started_at"])
        self.assertEqual([call["span_kind"] for call in calls], ["chat"] * 4)
        self.assertEqual({call["parent_id"] for call in calls}, {root["span_id"]})
        self.assertEqual([call["status"] for call in calls], ["ok", "ok", "ok", "error"])
        for call in calls[:3]:
            self.assertEqual(call["model_served"], "gpt-4o-2024-08-06")
            # 1,200 include the cached ones, as OpenAI counts.
            self.assertEqual((call["input_tokens"], call["cached_tokens"]), (1200, 1024))
            self.assertEqual(call["output_tokens"], 30)
        plain, tool, stream, failed = calls
        self.assertIn("Where is 4711?", json.dumps(plain["input"]))
        self.assertIn("It is on its way.", json.dumps(plain["output"]))
        self.assertIn("lookup_order", json.dumps(tool["output"]))
        self.assertIn("It is on its way.", json.dumps(stream["output"]))
        self.assertIn("NotFoundError", failed["error_type"])
        self.assertIn("Where is 4711?", json.dumps(failed["input"]))
        return calls

    def test_openinference(self):
        self.check("openinference")

    def test_openllmetry(self):
        calls = self.check("openllmetry")
        self.assertEqual(calls[0]["finish_reason"], "stop")
        self.assertEqual(calls[1]["finish_reason"], "tool_call")
        # OpenInference says which model only when it answers.
        self.assertEqual(calls[3]["model_requested"], "no-such-model")
