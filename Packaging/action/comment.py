"""One sticky comment on a pull request: found again by a hidden marker, updated in place, never posted twice.

The calls are those of GitHub's REST API for issue comments (a pull request is an issue):
list, create, update and delete under /repos/{owner}/{repo}/issues.
"""

import json
import re
import urllib.parse

from api import Denied, NotFound, Unavailable

# What GitHub accepts in one comment, in characters.
BODY_LIMIT = 65_536
PAGE_SIZE = 100


def marker(key):
    """The hidden first line by which a comment is found again. A key cannot end the HTML comment that it lies in."""
    if not key:
        return "<!-- tallystick:compare -->"
    return f"<!-- tallystick:compare:{urllib.parse.quote(key, safe='').replace('-', '%2D')} -->"


def run_marker(run_id):
    """The hidden second line: which workflow run wrote the comment. Run ids only grow."""
    return f"<!-- tallystick:run:{run_id} -->"


def length(text):
    """Length as GitHub's limit may count it: in UTF-16 units, the largest of the possible counts of characters."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def truncated(text, limit, note):
    """`text` if it fits into `limit` characters; else its first lines, with what they left open closed, and the note."""
    if length(text) <= limit:
        return text
    closing_room = 64
    lines, used = [], length(note) + closing_room
    for line in text.splitlines(keepends=True):
        used += length(line)
        if used > limit:
            break
        lines.append(line)
    # A fence or a fold that is cut open would swallow the note.
    fences = sum(1 for line in lines if line.lstrip().startswith("```"))
    folds = sum(line.count("<details") - line.count("</details>") for line in lines)
    closing = ("```\n" if fences % 2 else "") + "</details>\n" * max(0, min(folds, 4))
    return "".join(lines) + closing + "\n" + note


def written_by_us(comment, login):
    """Whether the token's owner wrote the comment.

    Anybody may post a comment that starts with our marker. Were it taken for ours, its author could afterwards change
    the verdict that it shows. A workflow's own token cannot ask who it is; what it writes is written by a bot.
    """
    author = comment.get("user") or {}
    return author.get("login") == login if login else author.get("type") == "Bot"


class StickyComment:
    """The comment of one comparison on one pull request."""

    def __init__(self, api, repository, number, key="", run_id=0):
        self._api = api
        self._comments = f"/repos/{repository}/issues/{number}/comments"
        self._comment = f"/repos/{repository}/issues/comments"
        self._marker = marker(key)
        self._run_id = run_id

    def body(self, text, note):
        """`text` behind the markers, within the limit; `note` says where the rest is when it had to be cut."""
        head = f"{self._marker}\n{run_marker(self._run_id)}\n"
        return head + truncated(text, BODY_LIMIT - length(head), note)

    def publish(self, text, note):
        """Creates or updates the comment. Returns "created", "updated", "unchanged" or "superseded".

        superseded: a later run has written its verdict already; an older commit's must not replace it.
        Raises `api.Denied` when the token may not write, `api.NotFound` when it may not even see the pull request,
        `api.Unavailable` when the API keeps failing.
        """
        body = self.body(text, note)
        last_failure = None
        # A request that failed halfway may have been carried out. Looking again before trying again keeps it to one.
        for _ in range(3):
            found = self._find()
            try:
                if found:
                    return self._update(found, body)
                self._api.post(self._comments, {"body": body})
                return "created"
            except NotFound as error:  # deleted between looking and writing
                last_failure = error
            except Unavailable as error:
                if found:
                    raise
                last_failure = error
        raise last_failure

    def _update(self, found, body):
        first, *duplicates = found
        for duplicate in duplicates:  # two first runs at the same time
            self._delete(duplicate["id"])
        if self._written_later(first["body"]):
            return "superseded"
        if first["body"] == body:
            return "unchanged"
        self._api.patch(f"{self._comment}/{first['id']}", {"body": body})
        return "updated"

    def _delete(self, identifier):
        try:
            self._api.delete(f"{self._comment}/{identifier}")
        except (NotFound, Denied):
            return

    def _written_later(self, body):
        stated = re.search(r"<!-- tallystick:run:(\d+) -->", body)
        return stated is not None and int(stated.group(1)) > self._run_id

    def _find(self):
        """Our comments, the oldest first. The marker counts only as the first line: quoted elsewhere it is a quotation."""
        login = self._login()
        found = []
        page = 1
        while True:
            query = urllib.parse.urlencode({"per_page": PAGE_SIZE, "page": page})
            comments, has_next = self._api.get(f"{self._comments}?{query}")
            for comment in comments:
                first_line = (comment.get("body") or "").split("\n", 1)[0].rstrip()
                if first_line == self._marker and written_by_us(comment, login):
                    found.append({"id": comment["id"], "body": comment["body"].replace("\r\n", "\n")})
            if not has_next:
                return sorted(found, key=lambda comment: comment["id"])
            page += 1

    def _login(self):
        """The token owner's login; None for a workflow's own token, which may not ask."""
        try:
            return self._api.get("/user")[0].get("login")
        except (Denied, NotFound):
            return None


def pull_request_number(environment, override=""):
    """The pull request that the workflow runs for, or None (a push, a schedule)."""
    if override:
        if not re.fullmatch(r"[1-9]\d{0,9}", override):
            raise ValueError(f"pull-request is `{override}`, which is not a number")
        return int(override)
    path = environment.get("GITHUB_EVENT_PATH")
    event = {}
    if path:
        try:
            with open(path, encoding="utf-8") as file:
                event = json.load(file)
        except (OSError, ValueError):
            event = {}
    number = (event.get("pull_request") or {}).get("number")
    if number is None and "pull_request" in (event.get("issue") or {}):
        number = event["issue"].get("number")
    if isinstance(number, int):
        return number
    reference = re.fullmatch(r"refs/pull/(\d+)/(merge|head)", environment.get("GITHUB_REF", ""))
    return int(reference.group(1)) if reference else None
