"""The API's document, `Documentation/openapi.json`, as tools from PyPI read it: it is valid OpenAPI 3.1, and what the server
answers fits its schemas, refusals included.

usage: TALLY=path/to/tally python -m unittest discover --start-directory Tests/clients
"""

import json
import subprocess
import unittest
import urllib.error
import urllib.request

import running

# Runs where the packages are: reads what was asked and answered, and prints what does not fit.
PROGRAM = """
import json, sys
import jsonschema, openapi_spec_validator

document, answers = json.load(sys.stdin)
openapi_spec_validator.validate(document)
for route, status, kind, body in answers:
    responses = document["paths"][route]["get"]["responses"]
    content = responses[str(status)]["content"].get(kind)
    if content is None:
        print(f"{route} {status}: {kind} is not in the document")
        continue
    # References are into the whole document.
    schema = {**content["schema"], "components": document["components"]}
    for error in jsonschema.Draft202012Validator(schema).iter_errors(body):
        print(f"{route} {status}: {error.json_path}: {error.message}")
print("read")
"""

LINES = [
    {"kind": "span", "span_id": "1", "trace_id": "t", "name": "chat", "span_kind": "chat", "feature": "desk", "tenant": "acme",
     "started_at": "2026-05-01T00:00:00.123456789Z", "ended_at": "2026-05-01T00:00:01Z", "status": "ok", "tags": {"a": "b"},
     "parameters": {"temperature": 0.5}, "input_tokens": 3, "output_tokens": 4, "cached_tokens": 1, "cost_usd": "0.01",
     "refusal": False, "retrieved": [{"chunk_id": "c", "in_context": True}], "attributes": {"x": [1, None]},
     "input": [{"role": "user", "parts": [{"type": "text", "content": "Where?"}]}]},
    {"kind": "incident", "incident_id": "i", "feature": "desk", "tenant": "acme", "state": "open",
     "at": "2026-05-01T00:00:00Z"},
    {"kind": "trial", "suite": "s", "item_id": "1", "variant": "v", "score": 1, "at": "2026-05-01T00:00:00Z"},
    {"kind": "annotation", "annotation_id": "a", "subject": "1", "name": "correct", "value": True, "annotator_kind": "human",
     "annotator": "ada", "at": "2026-05-01T00:00:00Z"},
]


class API(running.ClientTest):
    packages = ["jsonschema>=4.23", "openapi-spec-validator>=0.7"]
    keys = {"all": ["--scope", "ingest,read"], "acme": ["--scope", "read", "--tenant", "acme"]}

    def ask(self, path, name=None, body=None):
        """Status, type and body of an answer."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        request = urllib.request.Request(f"{self.address}/{path}", data=body and body.encode(), headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=300)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get_content_type(), json.load(answer)

    def test_the_document_is_true_to_others(self):
        status, _, kept = self.ask("api/v1/records", "all", "\n".join(map(json.dumps, LINES)))
        self.assertEqual((status, kept["kept"], kept["refused"]), (200, len(LINES), []))
        answers = []
        for path, route, name, expected in [
            ("api/v1/spans", "/api/v1/spans", "all", 200), ("api/v1/spans", "/api/v1/spans", "acme", 200),
            ("api/v1/spans", "/api/v1/spans", None, 401), ("api/v1/spans?limit=0", "/api/v1/spans", "all", 400),
            ("api/v1/traces/t?content=true", "/api/v1/traces/{trace_id}", "acme", 200),
            ("api/v1/traces/u", "/api/v1/traces/{trace_id}", "acme", 404),
            ("api/v1/traces/t", "/api/v1/traces/{trace_id}", None, 401),
            *((f"api/v1/records/{kind}", "/api/v1/records/{kind}", "all", 200)
              for kind in ["span", "trial", "annotation", "incident", "change", "finding"]),
            ("api/v1/records/incidents", "/api/v1/records/{kind}", "acme", 200),
            ("api/v1/records/trial", "/api/v1/records/{kind}", "acme", 403),
            ("api/v1/findings", "/api/v1/findings", "all", 200), ("api/v1/findings", "/api/v1/findings", "acme", 403),
            ("api/v1/checks", "/api/v1/checks", "acme", 200), ("api/v1/ledger", "/api/v1/ledger", "all", 200),
            ("api/v1/breakers", "/api/v1/breakers", "all", 200),
            ("api/v1/breakers", "/api/v1/breakers", "acme", 403),
            ("api/v1/ledger", "/api/v1/ledger", "acme", 403), ("api/v1/ledger", "/api/v1/ledger", None, 401),
        ]:
            status, kind, body = self.ask(path, name)
            self.assertEqual(status, expected, f"{path}: {body}")
            answers.append((route, status, kind, body))
        document = self.ask("api/v1/openapi.json")[2]
        read = subprocess.run(
            [self.python, "-c", PROGRAM], input=json.dumps([document, answers]), capture_output=True, encoding="utf-8",
            timeout=600, check=False)
        self.assertEqual((read.stdout, read.stderr), ("read\n", ""))


if __name__ == "__main__":
    unittest.main()
