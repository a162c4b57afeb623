#!/usr/bin/env python3
"""Makes the OTLP fixtures beside it with real SDKs, unmodified, against a stub of the providers' APIs on a loopback port.

usage: python3 -m venv V && V/bin/pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http \
  openinference-instrumentation-openai opentelemetry-instrumentation-openai opentelemetry-instrumentation-anthropic \
  langfuse openai anthropic && V/bin/python make_otlp.py

A file an instrumentation, in protobuf as the OTLP exporter sends it; `versions.txt` says what made them.
"""
import gzip
import http.server
import importlib.metadata
import json
import os
import pathlib
import re
import threading

HERE = pathlib.Path(__file__).resolve().parent
CAPTURED = []
# Stack traces name folders of the machine; as long a name keeps the lengths in the message.
FOLDER = re.compile(rb"(?<=File \")/[^\"]*/")

CHAT = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1764000000, "model": "gpt-4o-mini-2024-07-18",
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                 "message": {"role": "assistant", "content": "On Tuesday.", "refusal": None}}],
    "usage": {"prompt_tokens": 1200, "completion_tokens": 40, "total_tokens": 1240,
              "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
              "completion_tokens_details": {"reasoning_tokens": 16, "audio_tokens": 0}},
}
MESSAGE = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
    "content": [{"type": "text", "text": "On Tuesday."}], "stop_reason": "end_turn", "stop_sequence": None,
    "usage": {"input_tokens": 20, "output_tokens": 12, "cache_creation_input_tokens": 100,
              "cache_read_input_tokens": 1000},
}


class Stub(http.server.BaseHTTPRequestHandler):
    """Answers a chat completion, a message, or, as a collector, nothing."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        reply, kind = b"", "application/x-protobuf"
        if self.path.endswith("/chat/completions"):
            reply, kind = json.dumps(CHAT).encode(), "application/json"
        elif self.path.endswith("/messages"):
            reply, kind = json.dumps(MESSAGE).encode(), "application/json"
        elif self.path.endswith("/traces"):
            CAPTURED.append(body)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_):
        pass


def provider(port):
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    made = TracerProvider(resource=Resource({"service.name": "support", "deployment.environment.name": "test"}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"http://127.0.0.1:{port}/v1/traces")))
    return made


def chat(port):
    import openai
    client = openai.OpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1")
    client.chat.completions.create(
        model="gpt-4o-mini", temperature=0.2, max_tokens=64,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "When does it arrive?"}])


def message(port):
    import anthropic
    client = anthropic.Anthropic(api_key="none", base_url=f"http://127.0.0.1:{port}")
    client.messages.create(
        model="claude-sonnet-4-5", max_tokens=64, messages=[{"role": "user", "content": "When does it arrive?"}])


def capture(name, made):
    made.force_flush()
    made.shutdown()
    data = b"".join(CAPTURED)  # concatenated messages are one message
    (HERE / f"{name}.pb").write_bytes(FOLDER.sub(lambda folder: b"/" + b"x" * (len(folder[0]) - 2) + b"/", data))
    CAPTURED.clear()


def sdk(port):
    made = provider(port)
    tracer = made.get_tracer("hand", "1.0")
    with tracer.start_as_current_span("invoke_agent triage") as outer:
        outer.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "triage"})
        with tracer.start_as_current_span("chat gpt-4o-mini") as span:
            span.set_attributes({
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 1200,
                "gen_ai.usage.output_tokens": 40, "gen_ai.response.finish_reasons": ["length"],
                "big": 2**60, "list": ["a", "b"], "flag": True, "share": 0.25})
        try:
            with tracer.start_as_current_span("execute_tool lookup") as span:
                span.set_attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "lookup"})
                raise TimeoutError("too slow")
        except TimeoutError:
            pass
    capture("sdk", made)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    sdk(port)

    from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInference
    made = provider(port)
    instrumentor = OpenInference()
    instrumentor.instrument(tracer_provider=made)
    chat(port)
    instrumentor.uninstrument()
    capture("openinference", made)

    from opentelemetry.instrumentation.openai import OpenAIInstrumentor as OpenLLMetry
    made = provider(port)
    instrumentor = OpenLLMetry()
    instrumentor.instrument(tracer_provider=made)
    chat(port)
    instrumentor.uninstrument()
    capture("openllmetry_openai", made)

    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor
    made = provider(port)
    instrumentor = AnthropicInstrumentor()
    instrumentor.instrument(tracer_provider=made)
    message(port)
    instrumentor.uninstrument()
    capture("openllmetry_anthropic", made)

    from langfuse import Langfuse
    client = Langfuse(public_key="pk", secret_key="sk", host=f"http://127.0.0.1:{port}")
    with client.start_as_current_observation(as_type="span", name="answer", input={"question": "When?"}):
        with client.start_as_current_observation(as_type="generation", name="llm", model="gpt-4o-mini") as generation:
            generation.update(
                input=[{"role": "user", "content": "When?"}], output="On Tuesday.",
                usage_details={"input": 176, "input_cached_tokens": 1024, "output": 40, "total": 1240},
                cost_details={"total": 0.00123}, model_parameters={"temperature": 0.2})
    client.flush()
    (HERE / "langfuse.pb").write_bytes(b"".join(CAPTURED))
    CAPTURED.clear()

    names = ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http", "openinference-instrumentation-openai",
             "opentelemetry-instrumentation-openai", "opentelemetry-instrumentation-anthropic", "langfuse"]
    (HERE / "versions.txt").write_text("".join(f"{name} {importlib.metadata.version(name)}\n" for name in names))
    os._exit(0)


if __name__ == "__main__":
    main()
