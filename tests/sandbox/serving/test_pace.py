from __future__ import annotations

from importer.sandbox.books import PARTNER_TOKEN
from importer.sandbox.serving.pace import Windows
from sandbox.client import Api, HandClock

MINUTE = 1779251400  # a whole minute


def test_a_window_is_a_clock_minute_and_turns_on_the_minute() -> None:
    windows = Windows()
    answers = [windows.take("t", "DEFAULT", MINUTE + second / 20) for second in range(601)]
    assert [answer.remaining for answer in answers[:2]] == [599, 598]
    assert (answers[599].remaining, answers[599].wait) == (0, 0)
    assert (answers[600].remaining, answers[600].wait, answers[600].reset) == (0, 30, MINUTE + 60)
    assert windows.take("t", "DEFAULT", MINUTE + 59.999).wait == 1
    assert windows.take("t", "DEFAULT", MINUTE + 60).remaining == 599


def test_each_token_has_a_window_of_its_own() -> None:
    windows = Windows()
    windows.take("a", "DEFAULT", MINUTE)
    assert windows.take("b", "PARTNER", MINUTE).remaining == 2999


def test_every_answer_tells_the_window_and_the_excess_is_429(api: Api, clock: HandClock) -> None:
    first = api.send("GET", "/nowhere")
    assert first.headers["X-RateLimit-Limit"] == "600"
    assert first.headers["X-RateLimit-Remaining"] == "599"
    assert first.headers["X-RateLimit-Reset"] == str(MINUTE + 60)
    for _ in range(599):
        last = api.send("GET", "/whoami")
    assert (last.status_code, last.headers["X-RateLimit-Remaining"]) == (200, "0")
    refused = api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limit.exceeded")
    assert (refused.headers["Retry-After"], refused.headers["X-RateLimit-Remaining"]) == ("53", "0")
    assert api.send("GET", "/whoami", token=PARTNER_TOKEN).status_code == 200
    clock.time += 53
    after = api.send("POST", "/contacts", {"contact_name": "A"}, key="k")
    assert (after.status_code, after.headers["X-RateLimit-Remaining"]) == (200, "599")
