"""The SDKs of OpenAI and Anthropic, with only their base URL changed, calling models through `tally serve`.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest
import urllib.request

from provider_stub import ProviderStub
from running import ClientTest

OPENAI = """
import asyncio, json, os, sys
import openai, pydantic
client = openai.OpenAI(base_url=os.environ["BASE"] + "/v1", api_key=os.environ["TOKEN"], max_retries=2)
tools = [{"type": "function", "function": {"name": "lookup_order", "parameters": {"type": "object"}}}]
question = [{"role": "user", "content": "Where is it?"}]

def plain():
    reply = client.chat.completions.create(model="gpt", messages=question, extra_headers={"x-tally-feature": "desk"})
    return [reply.choices[0].message.content, reply.usage.prompt_tokens, reply.model]

def stream():
    chunks = list(client.chat.completions.create(model="gpt", messages=question, stream=True))
    return ["".join(chunk.choices[0].delta.content or "" for chunk in chunks), [c.usage for c in chunks if c.usage]]

def usage():
    chunks = list(client.chat.completions.create(
        model="gpt", messages=question, stream=True, stream_options={"include_usage": True}))
    return [chunks[-1].choices, chunks[-1].usage.total_tokens]

def tool():
    call = client.chat.completions.create(model="gpt", messages=question, tools=tools).choices[0].message.tool_calls[0]
    with client.chat.completions.stream(model="gpt", messages=question, tools=tools) as events:
        streamed = events.get_final_completion().choices[0].message.tool_calls[0]
    return [[one.function.name, json.loads(one.function.arguments)] for one in (call, streamed)]

def structured():
    class Trip(pydantic.BaseModel):
        city: str
        days: int
    trip = client.chat.completions.parse(model="gpt", messages=question, response_format=Trip).choices[0].message.parsed
    return [trip.city, trip.days]

def responses():
    whole = client.responses.create(model="gpt", input="Where is it?")
    with client.responses.stream(model="gpt", input="Where is it?") as events:
        texts = [event.delta for event in events if event.type == "response.output_text.delta"]
        final = events.get_final_response()
    return [whole.output_text, "".join(texts), final.usage.total_tokens]

def embeddings():
    return client.embeddings.create(model="embed", input="text", encoding_format="float").data[0].embedding

def retries():
    return client.chat.completions.create(model="flaky", messages=question).choices[0].message.content

def errors():
    found = []
    for model, kind in (("none", openai.NotFoundError), ("unrouted", openai.NotFoundError)):
        try:
            client.chat.completions.create(model=model, messages=question)
        except kind as error:
            found.append([error.status_code, error.code])
    try:
        client.with_options(api_key="wrong").chat.completions.create(model="gpt", messages=question)
    except openai.AuthenticationError as error:
        found.append([error.status_code, error.code])
    return found

def budget():
    asked = {"model": "gpt", "messages": question, "extra_headers": {"x-tally-feature": "frugal-open"}}
    client.chat.completions.create(**asked)
    try:
        client.chat.completions.create(**asked)
    except openai.RateLimitError as error:
        return [error.status_code, error.code, error.body["budget"]["left"]]

def models():
    return [model.id for model in client.models.list()]

def cancelled():
    async def run():
        async with openai.AsyncOpenAI(base_url=os.environ["BASE"] + "/v1", api_key=os.environ["TOKEN"]) as client:
            async def read():
                async for chunk in await client.chat.completions.create(model="endless", messages=question, stream=True):
                    # The first chunk says nothing yet.
                    if chunk.choices and chunk.choices[0].delta.content:
                        begun.set()
            begun = asyncio.Event()
            task = asyncio.create_task(read())
            await asyncio.wait_for(begun.wait(), 300)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                return "cancelled"
    return asyncio.run(run())

def together():
    async def run():
        async with openai.AsyncOpenAI(base_url=os.environ["BASE"] + "/v1", api_key=os.environ["TOKEN"]) as client:
            replies = await asyncio.gather(*[
                client.chat.completions.create(model="gpt", messages=question) for _ in range(32)])
            return len({reply.choices[0].message.content for reply in replies})
    return asyncio.run(run())

print(json.dumps(globals()[sys.argv[1]]()))
"""

ANTHROPIC = """
import asyncio, json, os, sys
import anthropic
client = anthropic.Anthropic(base_url=os.environ["BASE"], api_key=os.environ["TOKEN"], max_retries=2)
tools = [{"name": "lookup_order", "input_schema": {"type": "object"}}]
asked = {"max_tokens": 100, "messages": [{"role": "user", "content": "Where is it?"}]}

def plain():
    reply = client.messages.create(model="claude", system="Be brief.", **asked)
    return [reply.content[0].text, reply.usage.cache_read_input_tokens, reply.stop_reason]

def stream():
    with client.messages.stream(model="claude", **asked) as events:
        return ["".join(events.text_stream), events.get_final_message().usage.output_tokens]

def tool():
    whole = client.messages.create(model="claude", tools=tools, **asked).content[1]
    with client.messages.stream(model="claude", tools=tools, **asked) as events:
        streamed = events.get_final_message().content[1]
    return [[one.name, one.input] for one in (whole, streamed)]

def retries():
    return client.messages.create(model="claude-flaky", **asked).content[0].text

def errors():
    found = []
    for key, model, kind in (
            (None, "claude-none", anthropic.NotFoundError), (None, "gpt", anthropic.NotFoundError),
            ("wrong", "claude", anthropic.AuthenticationError)):
        try:
            client.with_options(api_key=key or client.api_key).messages.create(model=model, **asked)
        except kind as error:
            found.append([error.status_code, error.body["error"]["type"]])
    return found

def budget():
    headers = {"x-tally-feature": "frugal-claude"}
    client.messages.create(model="claude", extra_headers=headers, **asked)
    try:
        client.messages.create(model="claude", extra_headers=headers, **asked)
    except anthropic.RateLimitError as error:
        return [error.status_code, error.body["error"]["code"], error.body["error"]["budget"]["left"]]

def models():
    return [model.id for model in client.models.list()]

def cancelled():
    async def run():
        async with anthropic.AsyncAnthropic(base_url=os.environ["BASE"], api_key=os.environ["TOKEN"]) as client:
            async def read():
                async with client.messages.stream(model="claude-endless", **asked) as events:
                    async for text in events.text_stream:
                        begun.set()
            begun = asyncio.Event()
            task = asyncio.create_task(read())
            await asyncio.wait_for(begun.wait(), 300)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                return "cancelled"
    return asyncio.run(run())

print(json.dumps(globals()[sys.argv[1]]()))
"""


class Calls(ClientTest):
    """The server that calls models is the second one; the first is that of `ClientTest`."""

    packages = ["openai==3.57.0", "anthropic==2.14.0"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stub = ProviderStub()
        cls.addClassCleanup(cls.stub.close)
        cls.home = pathlib.Path(cls.folder.name, "front")
        cls.home.mkdir()
        (cls.home / "tally.yaml").write_text(f"""
upstreams:
  open: {{url: "{cls.stub.address}/v1", key: {{env: OPEN_KEY}}}}
  claude: {{url: "{cls.stub.address}", dialect: anthropic, key: {{env: CLAUDE_KEY}}}}
routes:
  gpt: {{upstream: open, model: gpt-4o}}
  embed: {{upstream: open}}
  none: {{upstream: open}}
  endless: {{upstream: open}}
  flaky: {{upstream: open}}
  claude: {{upstream: claude, model: claude-sonnet}}
  "claude-*": {{upstream: claude}}
budgets:
  frugal: {{calls: 1, per: month, each: feature, feature: frugal-open}}
  thrifty: {{calls: 1, per: month, each: feature, feature: frugal-claude}}
""")
        cls.ledger = str(cls.home / ".tally" / "ledger.db")
        cls.home.joinpath(".tally").mkdir()
        cls.token = cls.key("app", "--scope", "call,read")
        cls.front = subprocess.Popen(
            [cls.tally, "serve", "--port", "0"], cwd=cls.home, stderr=subprocess.PIPE, encoding="utf-8",
            env={**os.environ, "OPEN_KEY": "sk-open", "CLAUDE_KEY": "sk-claude"})
        cls.addClassCleanup(cls.stop_front)
        cls.front_address = re.search(r"http://127\.0\.0\.1:\d+", cls.front.stderr.readline()).group(0)

    @classmethod
    def stop_front(cls):
        cls.front.send_signal(signal.SIGTERM)
        try:
            cls.front.wait(timeout=30)
        except subprocess.TimeoutExpired:
            cls.front.kill()
        cls.front.stderr.close()

    def call(self, program, scene):
        """Runs a scene of an SDK; returns what it found and the spans that came of it."""
        before = self.spans()
        found = json.loads(self.run_client(
            program, scene, environment={"BASE": self.front_address, "TOKEN": self.token}))
        self.until(lambda: b"tally_call_places 0\n" in self.get("/metrics"))
        known = {span["span_id"] for span in before}
        return found, [span for span in self.spans() if span["span_id"] not in known]

    def until(self, holds):
        """Waits for what somebody else brings about, five minutes at least."""
        for _ in range(6_000):
            if holds():
                return
            time.sleep(0.05)
        self.fail("it does not come about")

    def get(self, path):
        request = urllib.request.Request(self.front_address + path, headers={"authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.read()

    def spans(self):
        return json.loads(self.get("/api/v1/spans?limit=1000"))["records"]

    def test_openai(self):
        text = "It is on its way."
        call = ["lookup_order", {"order": 4711}]
        for scene, expected, count in [
                ("plain", [text, 1200, "gpt-4o-2025"], 1), ("stream", [text, []], 1), ("usage", [[], 1230], 1),
                ("tool", [call, call], 2), ("structured", ["Bern", 3], 1), ("responses", [text, text, 340], 2),
                ("embeddings", [0.25, -0.5], 1), ("retries", text, 2), ("together", 1, 32)]:
            with self.subTest(scene):
                found, spans = self.call(OPENAI, scene)
                self.assertEqual(found, expected)
                self.assertEqual(len(spans), count)
                for span in spans:
                    self.assertGreater(span.get("input_tokens", 0) + (span["status"] == "error"), 0, span)
        for path, headers, _ in self.stub.seen:
            if path != "/v1/messages":
                self.assertEqual(headers["authorization"], "Bearer sk-open")

    def test_openai_errors(self):
        found, spans = self.call(OPENAI, "errors")
        self.assertEqual(found, [[404, "model_not_found"], [404, "model_not_found"], [401, "invalid_api_key"]])
        self.assertEqual([span["error_type"] for span in spans], ["model_not_found"])
        self.assertEqual(
            self.call(OPENAI, "models")[0], ["gpt", "embed", "none", "endless", "flaky", "claude"])

    def test_attempts_are_told_apart(self):
        for program in (OPENAI, ANTHROPIC):
            found, spans = self.call(program, "retries")
            self.assertEqual(found, "It is on its way.")
            told = sorted((span["attempt"], span["status"], span.get("error_type")) for span in spans)
            self.assertEqual(told, [(1, "error", "rate_limit_exceeded"), (2, "ok", None)])

    def test_anthropic(self):
        text = "It is on its way."
        call = ["lookup_order", {"order": 4711}]
        for scene, expected, count in [
                ("plain", [text, 1000, "end_turn"], 1), ("stream", [text, 42], 1), ("tool", [call, call], 2)]:
            with self.subTest(scene):
                found, spans = self.call(ANTHROPIC, scene)
                self.assertEqual(found, expected)
                self.assertEqual(len(spans), count)
                for span in spans:
                    self.assertEqual((span["input_tokens"], span["cached_tokens"], span["output_tokens"]), (1100, 1000, 42))
                    self.assertEqual((span["model_requested"], span["model_served"]), ("claude", "claude-sonnet-2025"))
        keys = {headers["x-api-key"] for path, headers, _ in self.stub.seen if path == "/v1/messages"}
        self.assertEqual(keys, {"sk-claude"})

    def test_anthropic_errors(self):
        found, spans = self.call(ANTHROPIC, "errors")
        self.assertEqual(
            found, [[404, "not_found_error"], [404, "not_found_error"], [401, "authentication_error"]])
        self.assertEqual([span["error_type"] for span in spans], ["model_not_found"])
        self.assertIn("claude", self.call(ANTHROPIC, "models")[0])

    def test_a_budget_refuses_once(self):
        for program in (OPENAI, ANTHROPIC):
            found, spans = self.call(program, "budget")
            self.assertEqual(found, [429, "budget_exceeded", "0"])
            # No SDK tries again what cannot pass.
            self.assertEqual(sorted((span["status"], span.get("error_type")) for span in spans), [
                ("error", "budget_exceeded"), ("ok", None)])

    def test_who_cancels_leaves_the_provider(self):
        for program, path in ((OPENAI, "/v1/chat/completions"), (ANTHROPIC, "/v1/messages")):
            found, spans = self.call(program, "cancelled")
            self.assertEqual(found, "cancelled")
            # It notices when it says the next thing.
            self.until(lambda path=path: path in self.stub.left)
            self.assertEqual([span["error_type"] for span in spans], ["client_disconnected"])
            trace = self.records(spans[0]["trace_id"], "--content")
            self.assertEqual(trace[0]["output"][0]["parts"][0]["content"], "It is ")


if __name__ == "__main__":
    sys.exit(unittest.main())
