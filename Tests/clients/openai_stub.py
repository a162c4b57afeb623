"""A server that answers as OpenAI's API does, for instrumented applications that must call something."""

import http.server
import json
import threading

USAGE = {
    "prompt_tokens": 1200, "completion_tokens": 30, "total_tokens": 1230,
    "prompt_tokens_details": {"cached_tokens": 1024}, "completion_tokens_details": {"reasoning_tokens": 12}}


def completion(request):
    calls = [{
        "id": "call_1", "type": "function", "function": {"name": "lookup_order", "arguments": '{"order": 4711}'}}]
    message = {"role": "assistant", "content": "It is on its way."}
    if request.get("tools"):
        message = {"role": "assistant", "content": None, "tool_calls": calls}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1764000000, "model": "gpt-4o-2024-08-06",
        "choices": [{
            "index": 0, "message": message, "finish_reason": "tool_calls" if request.get("tools") else "stop"}],
        "usage": USAGE}


def chunks(request):
    """The same answer as a stream, whose last frame says what was used."""
    shared = {
        "id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1764000000, "model": "gpt-4o-2024-08-06"}
    for delta in ({"role": "assistant", "content": ""}, {"content": "It is "}, {"content": "on its way."}):
        yield {**shared, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**shared, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    if request.get("stream_options", {}).get("include_usage"):
        yield {**shared, "choices": [], "usage": USAGE}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if request["model"] == "no-such-model":
            return self.answer(404, json.dumps({"error": {"message": "no such model", "code": "model_not_found"}}))
        if request.get("stream"):
            frames = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks(request)) + "data: [DONE]\n\n"
            return self.answer(200, frames, "text/event-stream")
        return self.answer(200, json.dumps(completion(request)))

    def answer(self, status, text, kind="application/json"):
        body = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class OpenAIStub:
    """Runs on a free port of this machine until it is closed."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
