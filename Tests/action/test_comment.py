"""The sticky comment, against a stub of the API."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "Packaging" / "action"))
sys.path.insert(0, str(Path(__file__).parent))
from api import API, Denied, NotFound, Unavailable  # noqa: E402
from comment import BODY_LIMIT, StickyComment, length, marker, truncated  # noqa: E402
from stub import TOKEN, Stub  # noqa: E402

NOTE = "_Cut._\n"


class StickyCommentTests(unittest.TestCase):
    def setUp(self):
        self.stub = Stub()
        self.addCleanup(self.stub.close)
        self.waits = []

    def api(self, token=TOKEN):
        return API(self.stub.url, token, wait=self.waits.append)

    def sticky(self, key="", run_id=5, number=7):
        return StickyComment(self.api(), "acme/bot", number, key, run_id)

    def bodies(self):
        return [comment["body"] for comment in self.stub.comments]

    def test_first_run_creates_and_later_runs_update_the_same_comment(self):
        self.assertEqual(self.sticky(run_id=5).publish("first", NOTE), "created")
        self.assertEqual(self.sticky(run_id=6).publish("second", NOTE), "updated")
        self.assertEqual(len(self.stub.comments), 1)
        self.assertTrue(self.bodies()[0].startswith("<!-- tallystick:compare -->\n"))
        self.assertTrue(self.bodies()[0].endswith("second"))

    def test_equal_text_of_the_same_run_writes_nothing(self):
        self.sticky().publish("same", NOTE)
        self.assertEqual(self.sticky().publish("same", NOTE), "unchanged")
        self.assertEqual(self.stub.count("PATCH"), 0)

    def test_each_key_has_its_comment(self):
        self.sticky(key="english").publish("e1", NOTE)
        self.sticky(key="german").publish("g1", NOTE)
        self.sticky().publish("plain", NOTE)
        self.sticky(key="english", run_id=6).publish("e2", NOTE)
        self.assertEqual([body.split("\n")[-1] for body in self.bodies()], ["e2", "g1", "plain"])

    def test_a_key_cannot_leave_its_marker(self):
        for key in ("-->", "a -- b", "<!--", "ä ö", "x\ny"):
            inner = marker(key).removeprefix("<!--").removesuffix("-->")
            self.assertNotRegex(inner, r"--|>|<|\n")
        self.assertNotEqual(marker("a/b"), marker("a-b"))

    def test_found_on_the_third_page(self):
        for index in range(230):
            self.stub.add(f"remark {index}")
        self.stub.add(f"{marker('')}\nold")
        for index in range(80):
            self.stub.add(f"later remark {index}")
        self.assertEqual(self.sticky().publish("new", NOTE), "updated")
        self.assertEqual(len(self.stub.comments), 311)
        self.assertTrue(self.bodies()[230].endswith("new"))

    def test_a_quoted_marker_is_not_ours(self):
        self.stub.add(f"> {marker('')}\nlook at this")
        self.stub.add(f"see\n{marker('')}\n")
        self.assertEqual(self.sticky().publish("new", NOTE), "created")

    def test_a_person_who_imitates_the_marker_does_not_get_the_verdict(self):
        self.stub.add(f"{marker('')}\nforged", {"login": "mallory", "type": "User"})
        self.assertEqual(self.sticky().publish("new", NOTE), "created")
        self.assertTrue(self.bodies()[0].endswith("forged"))

    def test_with_a_personal_token_only_its_owner_counts(self):
        self.stub.login = "alice"
        self.stub.add(f"{marker('')}\nof a bot")
        self.stub.add(f"{marker('')}\nof alice", {"login": "alice", "type": "User"})
        self.assertEqual(self.sticky().publish("new", NOTE), "updated")
        self.assertTrue(self.bodies()[0].endswith("of a bot"))
        self.assertTrue(self.bodies()[1].endswith("new"))

    def test_carriage_returns_of_the_web_editor_do_not_hide_the_marker(self):
        self.stub.add(f"{marker('')}\r\nold")
        self.assertEqual(self.sticky().publish("new", NOTE), "updated")

    def test_duplicates_are_reduced_to_one(self):
        self.stub.add(f"{marker('')}\none")
        self.stub.add(f"{marker('')}\ntwo")
        self.assertEqual(self.sticky().publish("new", NOTE), "updated")
        self.assertEqual(len(self.stub.comments), 1)

    def test_an_older_run_that_ends_later_does_not_replace_a_newer_verdict(self):
        self.sticky(run_id=9).publish("newer", NOTE)
        self.assertEqual(self.sticky(run_id=8).publish("older", NOTE), "superseded")
        self.assertTrue(self.bodies()[0].endswith("newer"))

    def test_deleted_between_looking_and_writing(self):
        identifier = self.stub.add(f"{marker('')}\nold")
        self.stub.fail("PATCH", str(identifier), 404)
        self.assertEqual(self.sticky().publish("new", NOTE), "updated")

    def test_transient_failures_are_waited_out(self):
        self.stub.add(f"{marker('')}\nold")
        self.stub.fail("GET", "/issues/7/comments", 502)
        self.stub.fail("GET", "/issues/7/comments", 429, {"Retry-After": "7"})
        self.stub.fail("PATCH", "/issues/comments", 503)
        self.assertEqual(self.sticky().publish("new", NOTE), "updated")
        self.assertEqual(self.waits, [1.0, 7.0, 1.0])

    def test_a_secondary_rate_limit_is_no_refusal(self):
        self.stub.fail("POST", "/issues/7/comments", 403, {"Retry-After": "3"})
        self.assertEqual(self.sticky().publish("new", NOTE), "created")
        self.assertEqual(self.waits, [3.0])

    def test_waits_are_bounded(self):
        self.stub.fail("GET", "/user", 429, {"Retry-After": "86400"})
        self.sticky().publish("new", NOTE)
        self.assertEqual(self.waits, [60.0])

    def test_a_post_that_was_carried_out_and_answered_502_is_not_repeated(self):
        self.stub.fail("POST", "/issues/7/comments", 502, carried_out=True)
        self.assertEqual(self.sticky().publish("new", NOTE), "unchanged")
        self.assertEqual(len(self.stub.comments), 1)

    def test_a_post_that_was_lost_is_repeated(self):
        self.stub.fail("POST", "/issues/7/comments", 502)
        self.assertEqual(self.sticky().publish("new", NOTE), "created")
        self.assertEqual(len(self.stub.comments), 1)

    def test_an_api_that_stays_down_is_given_up(self):
        for _ in range(4):
            self.stub.fail("GET", "/issues/7/comments", 502)
        with self.assertRaises(Unavailable):
            self.sticky().publish("new", NOTE)

    def test_an_update_that_keeps_failing_is_given_up_after_its_own_attempts(self):
        identifier = self.stub.add(f"{marker('')}\nold")
        for _ in range(9):
            self.stub.fail("PATCH", str(identifier), 502)
        with self.assertRaises(Unavailable):
            self.sticky().publish("new", NOTE)
        self.assertEqual(self.stub.count("PATCH"), 4)

    def test_nobody_listens(self):
        api = API("http://127.0.0.1:1", TOKEN, wait=self.waits.append)
        with self.assertRaises(Unavailable):
            StickyComment(api, "acme/bot", 7).publish("new", NOTE)
        self.assertEqual(len(self.waits), 4)

    def test_a_token_that_only_reads(self):
        self.stub.read_only = True
        with self.assertRaises(Denied):
            self.sticky().publish("new", NOTE)
        self.assertEqual(self.stub.count("POST"), 1)

    def test_a_pull_request_that_cannot_be_seen(self):
        with self.assertRaises(NotFound):
            self.sticky(number=8).publish("new", NOTE)

    def test_errors_do_not_name_the_token(self):
        api = self.api(token="ghs_wrong-but-still-secret")
        with self.assertRaises(Denied) as caught:
            StickyComment(api, "acme/bot", 7).publish("new", NOTE)
        self.assertNotIn("ghs_", repr(caught.exception))

    def test_a_redirect_does_not_take_the_token_along(self):
        other = Stub()
        self.addCleanup(other.close)
        self.stub.fail("GET", "/issues/7/comments", 302, {"Location": f"{other.url}/repos/acme/bot/issues/7/comments"})
        with self.assertRaises(Unavailable):
            self.sticky().publish("new", NOTE)
        self.assertEqual(other.requests, [])


class LengthTests(unittest.TestCase):
    def setUp(self):
        self.stub = Stub()
        self.addCleanup(self.stub.close)

    def publish(self, text):
        api = API(self.stub.url, TOKEN, wait=lambda _: None)
        StickyComment(api, "acme/bot", 7, key="k" * 50, run_id=123).publish(text, NOTE)
        return self.stub.comments[0]["body"]

    def test_the_longest_body_that_fits_is_not_cut(self):
        room = BODY_LIMIT - length(StickyComment(None, "acme/bot", 7, key="k" * 50, run_id=123).body("", NOTE))
        self.assertTrue(self.publish("x" * room).endswith("x" * room))
        self.assertEqual(len(self.stub.comments[0]["body"]), BODY_LIMIT)

    def test_a_longer_body_is_cut_at_a_line_and_says_so(self):
        body = self.publish("".join(f"| item {index} | 1 | 0 |\n" for index in range(5000)))
        self.assertLessEqual(length(body), BODY_LIMIT)
        self.assertGreater(length(body), BODY_LIMIT - 200)
        self.assertTrue(body.endswith(f"| 1 | 0 |\n\n{NOTE}"))

    def test_characters_outside_the_basic_plane_count_twice(self):
        body = self.publish("😀" * 70 + "\n" + ("😀" * 70 + "\n") * 600)
        self.assertLessEqual(len(body.encode("utf-16-le")) // 2, BODY_LIMIT)
        self.assertTrue(body.endswith(NOTE))

    def test_what_was_cut_open_is_closed(self):
        cut = truncated("<details>\n```\n" + "line\n" * 100 + "```\n</details>\n", 300, NOTE)
        self.assertTrue(cut.endswith(f"line\n```\n</details>\n\n{NOTE}"))
        self.assertLessEqual(length(cut), 300)

    def test_one_endless_line_leaves_the_note(self):
        self.assertEqual(truncated("x" * 1000, 300, NOTE), f"\n{NOTE}")


if __name__ == "__main__":
    unittest.main()
