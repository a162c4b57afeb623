"""Langfuse's SDK as it comes from PyPI, with nothing but its host changed, against a running `tally serve`.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import json
import sys
import unittest
import urllib.error
import urllib.request

from running import ClientTest

APPLICATION = """
from langfuse import get_client

langfuse = get_client()
assert langfuse.auth_check()
with langfuse.start_as_current_observation(name="answer", as_type="agent", input={"question": "Where is 4711?"}) as agent:
    with langfuse.start_as_current_observation(
        name="call", as_type="generation", model="gpt-4o", input=[{"role": "user", "content": "Where is 4711?"}]
    ) as call:
        call.update(output="On its way.", usage_details={"input": 120, "output": 5})
        call.score(name="correct", value=1, data_type="BOOLEAN", comment="as the carrier says")
    agent.score_trace(name="csat", value=4.5)
langfuse.create_score(name="topic", value="shipping", trace_id=agent.trace_id, data_type="CATEGORICAL")
langfuse.flush()
print(agent.trace_id)
"""


class LangfuseSDK(ClientTest):
    packages = ["langfuse==5.0.4"]

    def credentials(self):
        return {"LANGFUSE_PUBLIC_KEY": "pk-lf-of-a-test", "LANGFUSE_SECRET_KEY": "sk-lf-of-a-test"}

    def test_traces_and_scores(self):
        trace = self.run_client(
            APPLICATION,
            environment={
                **self.credentials(), "LANGFUSE_HOST": self.address, "LANGFUSE_BASE_URL": self.address,
            })
        records = self.records(trace, "--content")
        spans = {record["name"]: record for record in records if record["kind"] == "span"}
        self.assertEqual(set(spans), {"answer", "call"})
        call, answer = spans["call"], spans["answer"]
        self.assertEqual((call["span_kind"], answer["span_kind"]), ("chat", "agent"))
        self.assertEqual(call["parent_id"], answer["span_id"])
        self.assertEqual(call["model_requested"], "gpt-4o")
        self.assertEqual((call["input_tokens"], call["output_tokens"]), (120, 5))
        self.assertIn("Where is 4711?", json.dumps(call["input"]))
        self.assertIn("On its way.", json.dumps(call["output"]))
        judged = {record["name"]: record for record in records if record["kind"] == "annotation"}
        self.assertEqual(judged["correct"]["value"], "true")
        self.assertEqual(judged["correct"]["note"], "as the carrier says")
        self.assertEqual(judged["correct"]["subject"], call["span_id"])
        self.assertEqual(judged["csat"]["value"], 4.5)
        self.assertEqual(judged["topic"]["value"], "shipping")
        self.assertEqual(judged["topic"]["subject"], trace)

    def post(self, path, body, headers=None):
        request = urllib.request.Request(
            self.address + path, data=body.encode(), headers={"Content-Type": "application/json", **(headers or {})},
            method="POST")
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def test_events_of_older_sdks(self):
        score = {"id": "s1", "traceId": "t1", "name": "tone", "value": 0.5}
        status, answer = self.post("/api/public/ingestion", json.dumps({"batch": [
            {"id": "e1", "type": "score-create", "timestamp": "2026-03-01T12:00:00Z", "body": score},
            {"id": "e2", "type": "trace-create", "body": {"id": "t1"}},
            {"id": "e3", "type": "sdk-log", "body": {}},
            {"id": "e4", "type": "score-create", "body": {"name": "tone", "value": 1}},
        ]}))
        self.assertEqual(status, 207)
        self.assertEqual([event["id"] for event in answer["successes"]], ["e1", "e3"])
        errors = {event["id"]: event["message"] for event in answer["errors"]}
        self.assertIn("as OTLP", errors["e2"])
        self.assertIn("names no trace", errors["e4"])

    def test_scores_that_cannot_be_taken(self):
        self.assertEqual(self.post("/api/public/scores", "[")[0], 400)
        status, answer = self.post("/api/public/scores", '{"traceId": "t2", "name": "tone", "value": "high", "dataType": "NUMERIC"}')
        self.assertEqual(status, 400)
        self.assertIn("data type", answer["error"]["message"])
        status, answer = self.post(
            "/api/public/scores", '[{"traceId": "t2", "name": "tone", "value": 1}, {"traceId": "t2", "value": 1}]')
        self.assertEqual(status, 207)
        self.assertEqual((answer["accepted"], answer["rejected"]), (1, 1))
        status, answer = self.post("/api/public/scores", '{"traceId": "t2", "name": "mood", "value": "calm"}')
        self.assertEqual(status, 200)
        self.assertTrue(answer["id"])


class LangfuseSDK3(LangfuseSDK):
    """The first that sends its traces as OTLP."""

    packages = ["langfuse==3.15.0"]


if __name__ == "__main__":
    sys.exit(unittest.main())
