"""Asks Tallystick before each call of a LiteLLM proxy, and tells it how the call ended.

Beside the proxy's configuration, which names it:  litellm_settings: {callbacks: tally_guard.guard}

    TALLY_URL         where `tally serve` listens; http://127.0.0.1:4318
    TALLY_KEY         a key with the scope `decide`; none where the server asks for none
    TALLY_ON_FAILURE  closed (no call goes on that nobody could decide; 503) or open
"""
import os

import httpx
import litellm
from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger

ENDPOINTS = {
    "completion": "chat", "acompletion": "chat", "anthropic_messages": "messages", "aresponses": "responses",
    "responses": "responses", "embeddings": "embeddings", "aembedding": "embeddings", "embedding": "embeddings"}
NOTES = ("feature", "agent", "tenant", "session", "user", "stage", "prompt", "approver")


class TallyGuard(CustomLogger):
    def __init__(self):
        super().__init__()
        key = os.environ.get("TALLY_KEY")
        self.client = httpx.AsyncClient(
            base_url=os.environ.get("TALLY_URL", "http://127.0.0.1:4318"), timeout=30,
            headers={"authorization": f"Bearer {key}"} if key else {})
        self.is_closed = os.environ.get("TALLY_ON_FAILURE", "closed") != "open"

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        endpoint = ENDPOINTS.get(call_type)
        if endpoint is None:
            return data
        came = data.get("proxy_server_request") or {}
        headers = {name.lower(): value for name, value in (came.get("headers") or {}).items()}
        # LiteLLM writes notes of its own into the metadata, and no provider is asked with them.
        request = {name: value for name, value in (came.get("body") or {}).items() if not name.endswith("metadata")}
        asked = {"model": data["model"], "endpoint": endpoint, "upstream": "litellm", "request": request}
        asked |= {name: headers[f"x-tally-{name}"] for name in NOTES if headers.get(f"x-tally-{name}")}
        if team := getattr(user_api_key_dict, "team_alias", None):
            asked.setdefault("tenant", team)
        if "traceparent" in headers:
            asked["traceparent"] = headers["traceparent"]
        try:
            reply = await self.client.post("/api/v1/decide", json=asked)
            reply.raise_for_status()
            decision = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            litellm.verbose_logger.error("tally did not decide: %s", error)
            if self.is_closed:
                raise HTTPException(503, "Tallystick does not answer, and no call goes on without it.")
            return data
        if decision["decision"] == "refuse":
            refusal = decision["refusal"]
            wait = {"retry-after": str(refusal["retry_after"])} if "retry_after" in refusal else None
            error = {name: refusal[name] for name in ("message", "code", "budget", "failure_budget") if name in refusal}
            raise HTTPException(refusal["status"], {"error": error}, headers=wait)
        if cap := decision.get("output_cap"):
            data["max_tokens" if endpoint == "chat" else cap["member"]] = cap["tokens"]
        # Both hooks below are handed it again.
        data.setdefault(self.place(data), {})["tally_id"] = decision["id"]
        return data

    @staticmethod
    def place(data):
        return "litellm_metadata" if "litellm_metadata" in data else "metadata"

    @staticmethod
    def decided(data):
        for place in ("litellm_metadata", "metadata"):
            if identity := (data.get(place) or {}).get("tally_id"):
                return identity
        return None

    async def settle(self, identity, told):
        try:
            (await self.client.post("/api/v1/settle", json={"id": identity} | told)).raise_for_status()
        except httpx.HTTPError as error:
            # What is never settled counts as all that was promised, from its expiry on.
            litellm.verbose_logger.error("tally was not told how '%s' ended: %s", identity, error)

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        identity = self.decided(kwargs.get("litellm_params") or {})
        if identity is None:
            return
        told = {"latency_ms": (end_time - start_time).total_seconds() * 1000, "stream": bool(kwargs.get("stream"))}
        usage = getattr(response_obj, "usage", None) or (response_obj or {}).get("usage")
        if usage is not None:
            told["usage"] = usage if isinstance(usage, dict) else usage.model_dump(mode="json", exclude_none=True)
        if model := getattr(response_obj, "model", None):
            told["model_served"] = model
        if cost := kwargs.get("response_cost"):
            told["cost"] = f"{cost:.12f} USD"
        first = kwargs.get("completion_start_time")
        if told["stream"] and first:
            told["time_to_first_ms"] = (first - start_time).total_seconds() * 1000
        await self.settle(identity, told)

    async def async_post_call_failure_hook(self, request_data, original_exception, user_api_key_dict, traceback_str=None):
        """Once, when LiteLLM has given up: after its retries and fallbacks."""
        identity = self.decided(request_data)
        if identity is None:
            return
        if isinstance(original_exception, litellm.Timeout):
            told = {"fault": "first_byte_timeout"}
        elif isinstance(original_exception, litellm.APIConnectionError):
            told = {"fault": "upstream_reset"}
        else:
            told = {"status": int(getattr(original_exception, "status_code", 500) or 500)}
            told["error"] = {"message": str(original_exception)}
        await self.settle(identity, told)


guard = TallyGuard()
