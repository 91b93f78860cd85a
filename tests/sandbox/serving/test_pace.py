from __future__ import annotations

from typing import Any

import pytest

from importer.sandbox.books import PARTNER_TOKEN, Books
from importer.sandbox.serving.pace import Windows
from sandbox.client import Api, HandClock, invoice_body

MINUTE = 1779251400  # a whole minute


@pytest.mark.fact("7.fixed-window", "7.default-tier", "7.alignment", "24.clock")
def test_a_window_is_a_clock_minute_and_turns_on_the_minute() -> None:
    windows = Windows()
    answers = [windows.take("t", "DEFAULT", MINUTE + second / 20) for second in range(601)]
    assert [answer.remaining for answer in answers[:2]] == [599, 598]
    assert (answers[599].remaining, answers[599].wait) == (0, 0)
    assert (answers[600].remaining, answers[600].wait, answers[600].reset) == (0, 30, MINUTE + 60)
    assert windows.take("t", "DEFAULT", MINUTE + 59.999).wait == 1
    assert windows.take("t", "DEFAULT", MINUTE + 60).remaining == 599


@pytest.mark.fact("7.per-token", "7.partner-tier")
def test_each_token_has_a_window_of_its_own() -> None:
    windows = Windows()
    windows.take("a", "DEFAULT", MINUTE)
    assert windows.take("b", "PARTNER", MINUTE).remaining == 2999


@pytest.mark.fact("7.per-token", "7.fixed-window", "7.default-tier", "7.headers", "7.reset", "7.excess")
@pytest.mark.fact("7.retry-under-key", "7.alignment")
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


def remaining(api: Api, method: str = "GET", path: str = "/whoami", body: Any = None, **more: Any) -> int:
    return int(api.send(method, path, body, **more).headers["X-RateLimit-Remaining"])


@pytest.mark.fact("7.partner-tier")
def test_the_partner_tier_has_3000_a_minute(api: Api) -> None:
    for _ in range(2999):
        api.send("GET", "/whoami", token=PARTNER_TOKEN)
    last = api.send("GET", "/whoami", token=PARTNER_TOKEN)
    assert (last.status_code, last.headers["X-RateLimit-Limit"]) == (200, "3000")
    assert api.send("GET", "/whoami", token=PARTNER_TOKEN).status_code == 429


@pytest.mark.fact("7.headers", "7.refused-count")
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("DELETE", "/taxes", None, 405),
        ("GET", "/contacts/ct_missing", None, 404),
        ("POST", "/contacts", {}, 400),
        ("POST", "/contacts", {"contact_name": 7}, 422),
        ("GET", "/taxes?organization_id=other", None, 403),
    ],
)
def test_what_is_refused_counts_and_tells_the_window(api: Api, method: str, path: str, body: Any, status: int) -> None:
    answer = api.send(method, path, body)
    assert answer.status_code == status
    assert {answer.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")} == {
        "600",
        "599",
        str(MINUTE + 60),
    }
    assert remaining(api) == 598


@pytest.mark.fact("7.excess", "7.refused-count")
def test_a_429_counts_too_and_changes_nothing_about_when_it_ends(api: Api, clock: HandClock) -> None:
    for _ in range(700):
        api.send("GET", "/whoami")
    answer = api.send("GET", "/whoami")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "53")
    clock.time += 52.5
    assert api.send("GET", "/whoami").headers["Retry-After"] == "1"
    clock.time += 0.5
    assert remaining(api) == 599


@pytest.mark.fact("7.alignment", "25.27-window")
@pytest.mark.parametrize(
    ("switch", "reset", "after_53"), [("minute", MINUTE + 60, 599), ("first-request", MINUTE + 67, 598)]
)
def test_where_a_window_begins(
    api: Api, books: Books, clock: HandClock, switch: str, reset: int, after_53: int
) -> None:
    books.settings.set_switches({"window": switch})
    assert api.send("GET", "/whoami").headers["X-RateLimit-Reset"] == str(reset)
    clock.time += 53
    assert remaining(api) == after_53
    clock.time += 7
    assert remaining(api) == (598 if switch == "minute" else 599)


def test_a_clock_that_goes_back_begins_a_new_window(api: Api, clock: HandClock) -> None:
    assert remaining(api) == 599
    clock.time -= 3600
    assert remaining(api) == 599


@pytest.mark.fact("7.bulk-cost", "25.27-cost")
@pytest.mark.parametrize(("switch", "left"), [("call", 598), ("rows", 596)])
def test_what_a_bulk_call_counts_as(api: Api, books: Books, clock: HandClock, switch: str, left: int) -> None:
    customer = api.contact()
    clock.time += 60
    books.settings.set_switches({"bulk_cost": switch})
    rows = {"invoices": [invoice_body(customer, f"{number}0") for number in (1, 2, 3)]}
    assert remaining(api, "POST", "/bulk/invoices", rows, key="k") == left + 1
    assert remaining(api) == left
    assert remaining(api, "POST", "/bulk/invoices", rows, key="k") == left - 1  # a replay is one call


@pytest.mark.parametrize("body", [{}, {"invoices": []}, {"invoices": "all"}, b"no json"])
def test_a_bulk_call_without_rows_counts_once(api: Api, books: Books, body: Any) -> None:
    books.settings.set_switches({"bulk_cost": "rows"})
    assert remaining(api, "POST", "/bulk/invoices", body) == 599


@pytest.mark.fact("7.replay-cost", "25.27-cost")
@pytest.mark.parametrize(("switch", "left"), [("call", 597), ("free", 598)])
def test_what_a_replay_counts_as(api: Api, books: Books, switch: str, left: int) -> None:
    books.settings.set_switches({"replay_cost": switch})
    assert remaining(api, "POST", "/contacts", {"contact_name": "A"}, key="k") == 599
    assert remaining(api, "POST", "/contacts", {"contact_name": "A"}, key="k") == left + 1
    assert remaining(api) == left


@pytest.mark.fact("24.token-first")
def test_requests_without_a_good_token_share_a_window_and_take_nothing_of_others(api: Api, books: Books) -> None:
    assert remaining(api, token="nobody") == 599
    assert remaining(api, token="somebody") == 598
    assert remaining(api) == 599
