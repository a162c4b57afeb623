"""A server that answers as OpenAI and Anthropic do, fails where a model's name says so, and remembers what it was sent."""

import http.server
import json
import threading
import time

CHAT_USAGE = {
    "prompt_tokens": 1200, "completion_tokens": 30, "total_tokens": 1230,
    "prompt_tokens_details": {"cached_tokens": 1024}, "completion_tokens_details": {"reasoning_tokens": 12}}
MESSAGE_USAGE = {
    "input_tokens": 100, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 1000, "output_tokens": 1}


def chat(request):
    message = {"role": "assistant", "content": "It is on its way."}
    finish = "stop"
    if request.get("tools"):
        finish = "tool_calls"
        message = {"role": "assistant", "content": None, "tool_calls": [{
            "id": "call_1", "type": "function",
            "function": {"name": "lookup_order", "arguments": '{"order": 4711}'}}]}
    elif request.get("response_format", {}).get("type") == "json_schema":
        message["content"] = '{"city": "Bern", "days": 3}'
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1764000000, "model": request["model"] + "-2025",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": CHAT_USAGE}


def chat_events(request):
    shared = {
        "id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1764000000, "model": request["model"] + "-2025"}
    deltas = [{"role": "assistant", "content": ""}, {"content": "It is "}, {"content": "on its way."}]
    finish = "stop"
    if request.get("tools"):
        finish = "tool_calls"
        deltas = [{"role": "assistant", "tool_calls": [{
            "index": 0, "id": "call_1", "type": "function", "function": {"name": "lookup_order", "arguments": ""}}]}]
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in ('{"order":', " 4711}")]
    for delta in deltas:
        yield None, {**shared, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield None, {**shared, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
    if request.get("stream_options", {}).get("include_usage"):
        yield None, {**shared, "choices": [], "usage": CHAT_USAGE}


def response(request):
    return {
        "id": "resp_1", "object": "response", "created_at": 1764000000, "status": "completed", "error": None,
        "incomplete_details": None, "instructions": None, "metadata": {}, "model": request["model"] + "-2025",
        "output": [{
            "id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "It is on its way.", "annotations": []}]}],
        "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "usage": {
            "input_tokens": 300, "input_tokens_details": {"cached_tokens": 100}, "output_tokens": 40,
            "output_tokens_details": {"reasoning_tokens": 8}, "total_tokens": 340}}


def response_events(request):
    whole = response(request)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    item = {**whole["output"][0], "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "", "annotations": []}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    events = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "part": part}]
    events += [
        {"type": "response.output_text.delta", **place, "delta": delta, "logprobs": []}
        for delta in ("It is ", "on its way.")]
    events += [{"type": "response.completed", "response": whole}]
    for number, event in enumerate(events):
        yield event["type"], {**event, "sequence_number": number}


def message(request):
    content = [{"type": "text", "text": "It is on its way."}]
    if request.get("tools"):
        content += [{"type": "tool_use", "id": "toolu_1", "name": "lookup_order", "input": {"order": 4711}}]
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": request["model"] + "-2025", "content": content,
        "stop_reason": "tool_use" if request.get("tools") else "end_turn", "stop_sequence": None,
        "usage": {**MESSAGE_USAGE, "output_tokens": 42}}


def message_events(request):
    whole = message(request)
    yield "message_start", {"message": {**whole, "content": [], "stop_reason": None, "usage": MESSAGE_USAGE}}
    for index, block in enumerate(whole["content"]):
        if block["type"] == "text":
            yield "content_block_start", {"index": index, "content_block": {"type": "text", "text": ""}}
            deltas = [{"type": "text_delta", "text": text} for text in ("It is ", "on its way.")]
        else:
            yield "content_block_start", {"index": index, "content_block": {**block, "input": {}}}
            deltas = [{"type": "input_json_delta", "partial_json": text} for text in ('{"order":', " 4711}")]
        for delta in deltas:
            yield "content_block_delta", {"index": index, "delta": delta}
        yield "content_block_stop", {"index": index}
    yield "message_delta", {
        "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None}, "usage": {"output_tokens": 42}}
    yield "message_stop", {}


ANSWERS = {
    "/v1/chat/completions": (chat, chat_events), "/v1/responses": (response, response_events),
    "/v1/messages": (message, message_events),
    "/v1/embeddings": (lambda request: {
        "object": "list", "model": request["model"],
        "data": [{"object": "embedding", "index": 0, "embedding": [0.25, -0.5]}],
        "usage": {"prompt_tokens": 8, "total_tokens": 8}}, None)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        path = self.path.split("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((path, headers, request))
        model = request["model"]
        if model.endswith("flaky") and sum(seen[2]["model"] == model for seen in self.server.seen) % 2 == 1:
            error = {"type": "rate_limit_error", "message": "slow down", "code": "rate_limit_exceeded"}
            return self.answer(429, {"type": "error", "error": error}, {"retry-after-ms": "1"})
        if model.endswith("none"):
            error = {"type": "not_found_error", "message": "no such model", "code": "model_not_found"}
            return self.answer(404, {"type": "error", "error": error})
        whole, events = ANSWERS[path]
        if request.get("stream"):
            return self.stream(path, request, events)
        return self.answer(200, whole(request))

    def stream(self, path, request, events):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for name, event in events(request):
                if path == "/v1/messages":
                    event = {"type": name, **event}
                self.chunk((f"event: {name}\n" if name else "") + f"data: {json.dumps(event)}\n\n")
                # A model that never ends, until somebody hangs up.
                while request["model"].endswith("endless") and "It is " in json.dumps(event):
                    self.chunk(": still here\n\n")
                    time.sleep(0.05)
            if path == "/v1/chat/completions":
                self.chunk("data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.server.left.append(path)
            self.close_connection = True

    def chunk(self, text):
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def answer(self, status, body, headers=None):
        body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class ProviderStub:
    """Runs on a free port of this machine until it is closed."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.seen, self.server.left = [], []
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def seen(self):
        """Each request: its path, its headers by their names in lower case, and its body."""
        return self.server.seen

    @property
    def left(self):
        """Paths of streams whose caller hung up."""
        return self.server.left

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
