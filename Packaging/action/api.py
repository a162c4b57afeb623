"""The few calls of GitHub's REST API that the action makes, with the standard library only.

Every error names the method and the path, never the request's headers: the token is in them.
"""

import http.client
import json
import time
import urllib.error
import urllib.request

TRANSIENT = {429, 500, 502, 503, 504}
ATTEMPTS = 4
LONGEST_WAIT = 60.0


class Denied(Exception):
    """The token may not do this (401 or 403): typically a pull request from a fork, whose token only reads."""


class NotFound(Exception):
    """404 or 410."""


class Unavailable(Exception):
    """The API failed or could not be reached, again and again; or it answered what it should not."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect may lead to another host, and urllib would take the token there."""

    def redirect_request(self, *_):
        return None


class API:
    """`url` is the root of the API (GITHUB_API_URL); `wait` sleeps between attempts."""

    def __init__(self, url, token, wait=time.sleep):
        self._url = url.rstrip("/")
        self._token = token
        self._wait = wait
        self._opener = urllib.request.build_opener(_NoRedirects)

    def get(self, path):
        """The answer, and whether there is a next page."""
        return self._call("GET", path)

    def post(self, path, content):
        # Tried once: the first attempt may have been carried out though its answer was lost. The caller looks again.
        return self._call("POST", path, content, attempts=1)[0]

    def patch(self, path, content):
        return self._call("PATCH", path, content)[0]

    def delete(self, path):
        self._call("DELETE", path)

    def _call(self, method, path, content=None, attempts=ATTEMPTS):
        for attempt in range(1, attempts + 1):
            try:
                return self._send(method, path, content)
            except urllib.error.HTTPError as error:
                with error:
                    wait = _wait_asked(error)
                    if error.code in (401, 403) and wait is None:
                        raise Denied(f"{method} {path}: {error.code} {_message(error)}") from None
                    if error.code in (404, 410):
                        raise NotFound(f"{method} {path}: {error.code}") from None
                    failure = f"{method} {path}: {error.code}"
                    if error.code not in TRANSIENT | {403}:
                        raise Unavailable(f"{failure} {_message(error)}") from None
            except (OSError, ValueError, http.client.HTTPException) as error:  # no connection, a cut answer, not JSON
                wait, failure = None, f"{method} {path}: {type(error).__name__}"
            # Also after the last attempt: a caller that looks again after a failed POST must not do so at once.
            self._wait(min(LONGEST_WAIT, 2.0 ** (attempt - 1) if wait is None else wait))
        raise Unavailable(f"{failure} (tried {attempts} times)" if attempts > 1 else failure)

    def _send(self, method, path, content):
        request = urllib.request.Request(
            self._url + path, method=method, data=None if content is None else json.dumps(content).encode()
        )
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        request.add_header("User-Agent", "tallystick-action")
        if content is not None:
            request.add_header("Content-Type", "application/json")
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        with self._opener.open(request, timeout=30) as answer:
            body = answer.read()
            has_next = 'rel="next"' in (answer.headers.get("Link") or "")
        return (json.loads(body) if body else None), has_next


def _wait_asked(error):
    """Seconds that a rate-limited answer asks to wait; None if it is not one."""
    retry_after = error.headers.get("Retry-After") or ""
    if retry_after.isdigit():
        return float(retry_after)
    if error.headers.get("X-RateLimit-Remaining") == "0":
        reset = error.headers.get("X-RateLimit-Reset") or ""
        return max(0.0, float(reset) - time.time()) if reset.isdigit() else LONGEST_WAIT
    return None


def _message(error):
    """What the API says about an error, one line of at most 200 characters."""
    try:
        message = json.loads(error.read()).get("message")
    except (OSError, ValueError, AttributeError):
        message = None
    return " ".join(str(message or error.reason).split())[:200]
