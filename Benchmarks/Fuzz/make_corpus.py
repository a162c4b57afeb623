"""Writes the corpus: small inputs of every reader, all made up here.

    python make_corpus.py
"""

import json
import zipfile
from pathlib import Path

HERE = Path(__file__).parent / "Corpus"


def put(reader, name, content):
    folder = HERE / reader
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


ROWS = [
    {"item": f"größe {n}", "score": n % 2, "topic": f"t{n % 3}", "level": n, "hard": n > 2, "repeat": 1, "variant": "a"}
    for n in range(6)
]
put("csv", "plain.csv", "item,score,topic,level,hard\n" + "".join(f"i{n},{n % 2},t{n % 3},{n},true\n" for n in range(8)))
put("csv", "quoted.csv", 'id;correct;topic\r\n"a ""x"";\n1";pass;"t,1"\r\nb;fail;\r\nc;;t2\r\n')
put("tsv", "plain.tsv", "item\tscore\tmodel\n1\t0.5\tm\n2\t1\tm\n3\tC\tm\n4\tI\tm\n")
put("json-lines", "rows.jsonl", lines(ROWS))
put("json-lines", "nested.jsonl", lines([{"id": n, "result": {"passed": n > 1, "cost": 0.5}, "tags": ["x"]} for n in range(4)]))
put("json-array", "rows.json", json.dumps(ROWS, indent=1))
put("json-array", "member.json", json.dumps({"model": "m", "rows": ROWS[:3]}))
put("id-map", "map.json", json.dumps({f"item {n}": [True, False, 0.5, None][n % 4] for n in range(8)}))
put("resolved-list", "list.json", json.dumps([f"astropy__{n}" for n in range(6)]))
put("resolved-list", "report.json", json.dumps({"resolved_ids": ["a", "b"], "submitted_ids": ["a", "b", "c"], "total": 3}))
put("openai-evals", "log.jsonl", lines(
    [{"spec": {"completion_fns": ["m"], "eval_name": "e", "run_id": "r"}}]
    + [{"run_id": "r", "event_id": n, "sample_id": f"e.{n}", "type": "match", "data": {"correct": n > 1, "expected": "x"}} for n in range(4)]
    + [{"final_report": {"accuracy": 0.5}}]))


def sample(n, epoch, error=False):
    scores = {"match": {"value": "CIPN"[n % 4], "answer": "x"}, "rubric": {"value": {"quality": n / 4, "tone": "C"}}}
    return {
        "id": n if n % 2 else f"item {n}", "epoch": epoch, "input": "q\u00fc\n", "target": "t",
        "metadata": {"topic": f"t{n % 2}", "level": n, "hard": True}, "scores": None if error else scores,
        "model_usage": {"m": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5, "total_cost": 0.01}},
        **({"error": {"message": "x"}} if error else {}),
    }


def header(status):
    return {
        "version": 2, "status": status,
        "eval": {"task": "task", "task_version": 1, "model": "m", "dataset": {"samples": 2}, "config": {"epochs": 2},
                 "scorers": [{"name": "match"}, {"name": "rubric"}]},
        "results": {"scores": [{"name": "match", "scorer": "match"}]},
    }


SAMPLES = [sample(0, 1), sample(1, 1), sample(0, 2), sample(1, 2, True)]
put("inspect-json", "log.json", json.dumps({**header("success"), "samples": SAMPLES}))
put("inspect-json", "old.json", json.dumps({**header("error"), "samples": [{"id": 1, "epoch": 1, "score": {"value": 1}}]}))


def archive(name, entries):
    folder = HERE / "inspect-eval"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as file:
        for entry, content in entries:
            file.writestr(zipfile.ZipInfo(entry), json.dumps(content), zipfile.ZIP_DEFLATED)


start = {"version": 2, "eval": header("")["eval"], "plan": {}}
each = [(f"samples/{s['id']}_epoch_{s['epoch']}.json", s) for s in SAMPLES]
archive("whole.eval", [("_journal/start.json", start), *each, ("_journal/summaries/1.json", SAMPLES),
                       ("summaries.json", SAMPLES), ("header.json", header("success"))])
archive("crashed.eval", [("_journal/start.json", start), *each[:2], ("_journal/summaries/1.json", SAMPLES[:1]),
                         ("_journal/summaries/2.json", SAMPLES[1:2])])
archive("unsummarised.eval", [("header.json", header("cancelled")), *each])
shell = {key: value for key, value in SAMPLES[0].items() if key != "metadata"}
archive("chunked.eval", [("header.json", header("success")), ("samples/item 0_epoch_1/sample.json", shell),
                         ("samples/item 0_epoch_1/metadata.json", SAMPLES[0]["metadata"]),
                         ("samples/item 0_epoch_1/messages/0.json", [])])


def result(n, provider, cached=False):
    return {
        "id": f"r{n}", "promptIdx": 0, "testIdx": n, "success": n % 2 == 0, "score": n / 4, "failureReason": n % 3,
        "testCase": {"vars": {"question": f"q{n % 3}", "topic": "t"}, "assert": [{"type": "contains", "value": "x"}],
                     "metadata": {"level": n, "hard": True}},
        "vars": {"question": f"q{n % 3}"}, "provider": {"id": provider, "label": ""},
        "prompt": {"raw": "p", "label": "Answer {{question}}"}, "promptId": "abcdef0123",
        "response": {"output": "o", "tokenUsage": {"total": 7}, "cached": cached}, "cost": 0.1,
        "namedScores": {"quality": 0.5}, "error": None,
        "gradingResult": {"pass": True, "componentResults": [{"pass": True, "metadata": {"graderError": n == 3}}]},
    }


RESULTS = [result(n, provider, n > 3) for n in range(5) for provider in ("openai:a", "openai:b")]
put("promptfoo", "v3.json", json.dumps({"evalId": "e", "results": {"version": 3, "prompts": [], "results": RESULTS[:4], "stats": {}}}))
put("promptfoo", "lines.jsonl", lines(RESULTS))
put("promptfoo", "v2.json", json.dumps({"results": {"version": 2, "results": [], "stats": {}, "table": {
    "head": {"prompts": [{"raw": "p", "label": "l", "provider": "openai:a"}, {"raw": "p", "display": "d", "provider": "openai:b"}],
             "vars": ["question"]},
    "body": [{"outputs": [{"pass": True, "score": 1, "text": "o", "namedScores": {"quality": 1}, "gradingResult": {"pass": True}},
                          {"pass": False, "score": 0, "text": "boom"}],
              "vars": [f"q{n}"], "test": {"vars": {"question": f"q{n}"}, "assert": []}} for n in range(2)]}}}))
put("lm-eval-samples", "samples_task_2024-11-05T13-31-45.jsonl", lines([
    {"doc_id": n, "doc": {"q": "x", "topic": f"t{n}", "level": n, "hard": False}, "target": "1", "arguments": {"gen_args_0": {"arg_0": "x"}},
     "resps": [["1"]], "filtered_resps": ["1"], "filter": f, "metrics": ["acc", "acc_norm", "quality"], "doc_hash": f"h{n}",
     "prompt_hash": "p", "target_hash": "t", "acc": float(n % 2), "acc_norm": 1, "quality": True}
    for n in range(3) for f in ("none", "strict")]))
put("lm-eval-samples", "old.jsonl", lines([{"doc_id": n, "resps": [], "exact_match": n % 2} for n in range(3)]))

TIME = "2026-03-01T12:00:00.5+02:00"
put("tally-records", "trials.jsonl", lines(
    [{"kind": "trial", "suite": "s", "suite_version": "2", "item_id": f"größe \n{n}", "variant": "prod", "metric": "correct",
      "repeat": n, "prediction_id": "p", "judge_repeat": 1.0, "score": n / 4, "passed": n > 1, "cluster_id": "c",
      "traffic_cluster": "t", "tags": {"lang": "de", "ü": "x"}, "confidence": 0.5, "predicted": "a", "expected": 1,
      "subject_sha256": "0123456789abcdef" * 4, "config_sha256": "A" * 64, "judge": "j@1",
      "cost_usd": ["0.0025", 1e-05, None, 12][n % 4], "latency_ms": 12.5, "input_tokens": 10, "output_tokens": 2,
      "at": [TIME, 1700000000000000000][n % 2], "attributes": {"b": [1, {"a": None}], "a": "x"}, "x_note": {"y": [n]}}
     for n in range(4)]))
put("tally-records", "others.jsonl", lines([
    {"kind": "annotation", "annotation_id": "a1", "subject": "i1", "name": "severity", "value": 3, "annotator_kind": "human",
     "annotator": "p1", "reason_tags": ["tone"], "note": "n", "seconds": 4, "surface": "s", "saw_critic": False, "probe": True,
     "supersedes": "a0", "vocabulary_version": 2, "at": TIME},
    {"kind": "artifact", "sha256": "0" * 64, "artifact_kind": "prompt", "name": "system", "version": "3", "bytes": 12,
     "media_type": "text/plain", "owner": "team", "derived_from": [{"sha256": "1" * 64, "how": "edit"}], "at": TIME,
     "attributes": {"text": "hi"}},
    {"span_id": "1", "kind": "span", "trace_id": "t", "parent_id": "0", "name": "chat", "span_kind": "chat", "started_at": TIME,
     "ended_at": TIME, "status": "ok", "feature": "triage", "tags": {}, "parameters": {"temperature": 0.7}, "cost_usd": "0.1",
     "refusal": False, "retrieved": [], "attempt": 0, "attributes": {"predicted": "x"}},
    {"kind": "change", "surface": "prompt", "from": "a", "to": "b", "actor": "me", "reason": "r", "decision_id": "d",
     "paths": ["x/y"], "at": TIME, "schema_version": 1},
]))


def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def field(number, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def fixed(number, value):
    return varint(number << 3 | 1) + value.to_bytes(8, "little")


def attribute(key, value):
    if isinstance(value, int):
        return field(1, key) + field(2, varint(3 << 3) + varint(value))
    if isinstance(value, list):
        return field(1, key) + field(2, field(5, b"".join(field(1, field(1, item)) for item in value)))
    return field(1, key) + field(2, field(1, value))


def any_value(value):
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [{"stringValue": item} for item in value]}}
    return {"stringValue": value}


ATTRIBUTES = {
    "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 300,
    "gen_ai.usage.cache_read.input_tokens": 200, "gen_ai.response.finish_reasons": ["stop", "length"],
    "gen_ai.input.messages": '[{"role":"user","content":[{"type":"text","text":"q\\n"}]}]', "tag.tags": '["a","b:c"]',
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"a":[1.5,null]}',
    "retrieval.documents.0.document.metadata": '{"doc_id":"d"}', "llm.invocation_parameters": '{"top_p":0.5}',
    "langfuse.observation.usage_details": '{"input":1,"input_cached_tokens":2,"output":3}',
}
TRACE, SPAN, TIME = bytes(range(1, 17)), bytes(range(1, 9)), 1764000000000000000
EVENT = {"gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.label": "good"}
put("otlp-protobuf", "traces.pb", field(1, field(1, field(1, attribute("service.name", "s"))) + field(2, field(
    1, field(1, "scope")) + field(2, field(1, TRACE) + field(2, SPAN) + field(5, "chat") + fixed(7, TIME) + fixed(
        8, TIME + 5) + b"".join(field(9, attribute(*item)) for item in ATTRIBUTES.items()) + field(
            11, fixed(1, TIME) + field(2, "gen_ai.user.message") + field(3, attribute("content", "q"))) + field(
                15, field(2, "m") + b"\x18\x02")))))
put("otlp-protobuf", "logs.pb", field(1, field(2, field(2, fixed(1, TIME) + b"".join(
    field(6, attribute(*item)) for item in EVENT.items()) + field(9, TRACE) + field(10, SPAN) + field(
        12, "gen_ai.evaluation.result")))))
put("otlp-json", "traces.jsonl", lines([{"resourceSpans": [{
    "scopeSpans": [{"scope": {"name": "scope"}, "spans": [{
        "traceId": TRACE.hex(), "spanId": SPAN.hex(), "name": "chat", "startTimeUnixNano": str(TIME), "endTimeUnixNano": TIME,
        "attributes": [{"key": key, "value": any_value(value)} for key, value in ATTRIBUTES.items()],
        "events": [{"name": "exception", "attributes": [{"key": "exception.type", "value": {"stringValue": "E"}}]}],
        "status": {"code": "STATUS_CODE_ERROR", "message": "m"}}]}],
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "s"}},
                                {"key": "b", "value": {"bytesValue": "AQI="}},
                                {"key": "m", "value": {"kvlistValue": {"values": [
                                    {"key": "x", "value": {"doubleValue": 0.5}}]}}}]}}]}] * 2))
put("otlp-json", "logs.json", json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{
    "eventName": "gen_ai.evaluation.result", "timeUnixNano": str(TIME), "traceId": TRACE.hex(), "spanId": SPAN.hex(),
    "attributes": [{"key": key, "value": any_value(value)} for key, value in EVENT.items()]}]}]}]}))
