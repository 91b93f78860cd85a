from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from api.scripted import NOW, TOKEN, FakeClock, Scene, Script, answer, client, date, ok, page, refused, run
from importer.api.answers import Answer
from importer.api.client import MAY_PASS, Client, segment
from importer.errors import (
    ApiError,
    Garbled,
    ImporterError,
    InProgress,
    Lost,
    NotSent,
    Refused,
    Rejected,
    ServerFault,
    TokenRejected,
    TooManyRequests,
)


def busy(seconds: int | None = None) -> httpx.Response:
    headers = {} if seconds is None else {"Retry_After": str(seconds)}
    return answer(429, {"code": "rate_limit.exceeded", "message": "slow down"}, **headers)


def get(script: Script, clock: FakeClock | None = None, **options: Any) -> Answer:
    return run(lambda: client(script, clock, **options), lambda it: it.get("/items", {"search": "A&B 100%+"}))


def write(script: Script, clock: FakeClock | None = None, **options: Any) -> Answer:
    return run(lambda: client(script, clock, **options), lambda it: it.write("POST", "/payments", '{"a":"ü"}', "k:1"))


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_write_carries_the_token_the_key_and_the_exact_bytes() -> None:
    script = Script(ok())
    write(script)
    (request,) = script.requests
    assert request.method == "POST"
    assert str(request.url) == "https://books.test/api/public/v1/payments"
    assert request.content == '{"a":"ü"}'.encode()
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"] == "k:1"


def test_a_read_carries_neither_key_nor_body_and_its_parameters_arrive_as_they_are() -> None:
    script = Script(ok())
    get(script)
    (request,) = script.requests
    assert request.url.params["search"] == "A&B 100%+"
    assert request.content == b""
    assert "Idempotency-Key" not in request.headers
    assert "Content-Type" not in request.headers


def test_the_org_goes_on_every_call_when_there_is_one() -> None:
    script = Script(ok({"token": {"token_id": "t"}}), ok(), ok({"items": []}), ok())

    async def use(it: Client) -> None:
        await it.whoami()
        await it.get("/items", {"status": "ACTIVE"})
        async for _ in it.pages("/items", "items"):
            pass
        await it.write("POST", "/items", "{}")

    run(lambda: client(script, organization_id="org-7"), use)
    assert [request.url.params["organization_id"] for request in script.requests] == ["org-7"] * 4
    assert script.requests[1].url.params["status"] == "ACTIVE"


def test_a_key_that_the_api_does_not_take_is_our_own_mistake() -> None:
    async def use(it: Client) -> None:
        for key in ("a b", "ü", "x" * 201, "a\n"):
            with pytest.raises(ValueError, match="idempotency key"):
                await it.write("POST", "/items", "{}", key)

    run(lambda: client(Script(ok())), use)


def test_an_empty_org_id_is_none() -> None:
    script = Script(ok())
    get(script, organization_id="")
    assert "organization_id" not in script.requests[0].url.params


def test_an_org_id_that_no_address_can_hold_is_refused() -> None:
    with pytest.raises(Refused) as info:
        client(Script(ok()), organization_id="org\udcff")
    assert info.value.code == "wrong-org"


@pytest.mark.parametrize(("remote_id", "part"), [("ct_acme", "ct_acme"), ("a/b?c#d %", "a%2Fb%3Fc%23d%20%25")])
def test_an_id_is_one_segment_of_a_path(remote_id: str, part: str) -> None:
    script = Script(ok())
    run(lambda: client(script), lambda it: it.get(f"/contacts/{segment(remote_id)}"))
    assert script.requests[0].url.raw_path.decode() == f"/api/public/v1/contacts/{part}"


@pytest.mark.parametrize("remote_id", ["", ".", ".."])
def test_an_id_that_would_lead_elsewhere_is_none(remote_id: str) -> None:
    with pytest.raises(ValueError, match="cannot be an id"):
        segment(remote_id)


# --- what comes back --------------------------------------------------------------------------------------------------


def test_an_answer_has_exact_numbers_and_both_times() -> None:
    script = Script(httpx.Response(201, headers={"Date": date(NOW + 77)}, content=b'{"code":0,"total":0.10}'))
    result = write(script)
    assert result == Answer(201, {"code": 0, "total": Decimal("0.10")}, NOW + 77, NOW)
    assert str(result.body["total"]) == "0.10"


def test_the_servers_clock_is_known_from_its_answers() -> None:
    async def use(it: Client) -> list[float]:
        before = it.server_now()
        await it.get("/items")
        return [before, it.server_now()]

    assert run(lambda: client(Script(ok(Date=date(NOW + 3600)))), use) == [NOW, NOW + 3600]


def test_calls_are_counted_by_label_and_those_never_sent_are_not() -> None:
    script = Script(ok(), httpx.ConnectError("no"), busy(1), ok())

    async def use(it: Client) -> None:
        await it.get("/items")
        await it.write("POST", "/credit_notes/cn_1/apply-to-invoice", "{}", label="POST /credit_notes/{id}/apply")
        assert it.sent == {"GET /items": 1, "POST /credit_notes/{id}/apply": 2}

    run(lambda: client(script), use)


# --- trying again -----------------------------------------------------------------------------------------------------

PASSING: list[Scene] = [
    httpx.ConnectError("no"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("gone"),
    page("<html>Bad gateway</html>", 502),
    refused(500, "internal"),
    page("<html>maintenance</html>", 200),
    httpx.Response(200, content=b'{"code":0,"items":['),
    busy(),
]


@pytest.mark.parametrize("scene", PASSING, ids=repr)
def test_a_read_is_tried_again_after_anything_that_may_pass(scene: Scene) -> None:
    clock = FakeClock()
    assert get(Script(scene, scene, ok()), clock).status == 200
    assert clock.naps == [0.5, 1.0]


@pytest.mark.parametrize("scene", PASSING, ids=repr)
def test_a_read_is_given_up_after_at_least_five_tries(scene: Scene) -> None:
    script, clock = Script(scene), FakeClock()
    with pytest.raises(MAY_PASS):
        get(script, clock)
    assert len(script.requests) >= 5
    assert clock.naps == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_refused_read_is_not_tried_again() -> None:
    script = Script(refused(404, "not_found.resource"))
    with pytest.raises(Rejected):
        get(script)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        (httpx.ReadTimeout("slow"), Lost),
        (httpx.ReadError("gone"), Lost),
        (page("<html>Bad gateway</html>", 502), ServerFault),
        (refused(503, "rate_limit.exceeded"), ServerFault),
        (page(), Garbled),
        (httpx.Response(200, content=b'{"code":0,"pay'), Garbled),
        (httpx.Response(302, headers={"Location": "/elsewhere"}), Garbled),
        (refused(409, "idempotency.in_progress"), InProgress),
        (refused(422, "validation.failed"), Rejected),
        (refused(409, "conflict.duplicate"), Rejected),
        (refused(403, "auth.insufficient_scope"), Rejected),
        (refused(401, "auth.expired_token"), TokenRejected),
    ],
)
def test_a_write_that_may_have_been_done_or_is_refused_is_never_sent_twice(scene: Scene, kind: type[ApiError]) -> None:
    script, clock = Script(scene, ok()), FakeClock()
    with pytest.raises(kind) as info:
        write(script, clock)
    assert type(info.value) is kind
    assert len(script.requests) == 1
    assert clock.naps == []


@pytest.mark.parametrize("scene", [httpx.ConnectError("no"), httpx.ConnectTimeout("slow"), busy()], ids=repr)
def test_a_write_that_was_certainly_not_done_is_sent_again_the_very_same(scene: Scene) -> None:
    script = Script(scene, scene, scene, scene, ok())
    write(script)
    sent = [(request.content, request.headers["Idempotency-Key"], str(request.url)) for request in script.requests]
    assert sent == [sent[0]] * 5


@pytest.mark.parametrize(("scene", "kind"), [(httpx.ConnectError("no"), NotSent), (busy(2), TooManyRequests)])
def test_a_write_that_can_never_be_sent_ends_after_at_least_five_tries(scene: Scene, kind: type[ApiError]) -> None:
    script = Script(scene)
    with pytest.raises(kind):
        write(script)
    assert len(script.requests) >= 5


def test_a_429_is_waited_out_for_as_long_as_it_says_and_the_wait_is_told() -> None:
    clock = FakeClock()
    told: list[float] = []

    async def use(it: Client) -> float:
        it.on_wait = told.append
        await it.write("POST", "/payments", "{}", "k")
        return it.waited

    assert run(lambda: client(Script(busy(37), ok()), clock), use) == 37.0
    assert clock.naps == told == [37.0]


def test_a_429_that_asks_for_more_than_an_hour_is_given_up_at_once() -> None:
    script, clock = Script(busy(86400), ok()), FakeClock()
    with pytest.raises(TooManyRequests):
        write(script, clock)
    assert clock.naps == []


def test_an_announced_window_is_used_up_and_its_end_waited_for() -> None:
    left = iter([2, 1, 0, 599])
    clock = FakeClock(NOW + 15)

    def counted(request: httpx.Request) -> httpx.Response:
        reset = (clock.now() // 60 + 1) * 60
        headers = {
            "X_RateLimit_Limit": "600",
            "X_RateLimit_Remaining": str(next(left)),
            "X_RateLimit_Reset": f"{reset:.0f}",
        }
        return ok(**headers, Date=date(clock.now()))

    async def use(it: Client) -> None:
        assert it.left() is None
        for _ in range(3):
            await it.get("/items")
        assert (it.left(), clock.naps) == (0, [])
        await it.get("/items")
        assert it.left() == 599

    run(lambda: client(Script(counted), clock), use)
    assert clock.naps == [pytest.approx(45.1)]


def test_an_interrupted_call_gives_its_place_free() -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/slow"):
            await asyncio.sleep(60)
        return ok()

    async def use(it: Client) -> int:
        task = asyncio.ensure_future(it.get("/slow"))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return (await asyncio.wait_for(it.get("/items"), 5)).status

    assert run(lambda: client(httpx.MockTransport(slow), in_flight=1), use) == 200


# --- lists ------------------------------------------------------------------------------------------------------------


def listed(*rows: str, more: bool = False, cursor: object = None) -> httpx.Response:
    context = {"per_page": 200, "has_more_page": more, "next_cursor": cursor}
    return ok({"items": [{"item_id": row} for row in rows], "page_context": context})


def walk(script: Script, **options: Any) -> list[list[str]]:
    async def use(it: Client) -> list[list[str]]:
        pages = it.pages("/items", "items", {"search": "x"}, **options)
        return [[row["item_id"] for row in page.rows] async for page in pages]

    return run(lambda: client(script), use)


def test_a_list_is_walked_to_its_end_with_the_same_filters() -> None:
    script = Script(listed("a", "b", more=True, cursor="eyJ+/="), listed("c", more=True, cursor="two"), listed("d"))
    assert walk(script) == [["a", "b"], ["c"], ["d"]]
    assert [dict(request.url.params) for request in script.requests] == [
        {"per_page": "200", "search": "x"},
        {"per_page": "200", "search": "x", "cursor": "eyJ+/="},
        {"per_page": "200", "search": "x", "cursor": "two"},
    ]


def test_a_list_without_pages_is_one_page() -> None:
    assert walk(Script(ok({"items": [{"item_id": "a"}]}))) == [["a"]]


def full(count: int = 200, **more: object) -> httpx.Response:
    """A page that says nothing of the next one, unless ``more`` does."""
    return ok({"items": [{"item_id": str(number)} for number in range(count)], **more})


def lengths(script: Script, **options: Any) -> list[int]:
    return [len(page) for page in walk(script, **options)]


@pytest.mark.parametrize("more", [{}, {"page_context": None}, {"page_context": {"per_page": 200}}])
@pytest.mark.parametrize("count", [200, 201])
def test_a_full_page_that_does_not_say_whether_it_is_the_last_is_an_error(count: int, more: dict[str, object]) -> None:
    with pytest.raises(Garbled) as info:
        walk(Script(full(count, **more)))
    assert info.value.code == "no-page-context"


def test_a_page_as_full_as_the_one_before_it_is_full() -> None:
    with pytest.raises(Garbled) as info:
        walk(Script(listed("a", "b", more=True, cursor="two"), full(2)))
    assert info.value.code == "no-page-context"
    assert lengths(Script(listed("a", "b", more=True, cursor="two"), full(1))) == [2, 1]


def test_a_page_that_is_not_full_is_the_last_one_where_it_says_nothing() -> None:
    assert lengths(Script(full(199))) == [199]


def test_a_full_page_may_be_the_last_one_where_it_says_so() -> None:
    assert lengths(Script(full(page_context={"has_more_page": False}))) == [200]
    assert lengths(Script(full(page_context={"next_cursor": None}))) == [200]


def test_a_list_that_may_come_whole_need_not_say_that_it_did() -> None:
    assert lengths(Script(full(300)), may_be_whole=True) == [300]
    assert lengths(Script(full(300)), paged=False) == [300]


def test_a_last_page_may_still_name_a_cursor() -> None:
    assert walk(Script(listed("a", cursor="left-over"))) == [["a"]]


def test_a_page_that_only_names_a_cursor_has_a_next_one() -> None:
    first = ok({"items": [{"item_id": "a"}], "page_context": {"next_cursor": "two"}})
    assert walk(Script(first, listed("b"))) == [["a"], ["b"]]


def test_a_walk_may_be_limited() -> None:
    script = Script(listed("a", more=True, cursor="1"), listed("b", more=True, cursor="2"), listed("c"))
    assert walk(script, max_pages=2) == [["a"], ["b"]]
    assert len(script.requests) == 2


def test_a_cursor_that_comes_back_ends_the_walk_with_an_error() -> None:
    with pytest.raises(Garbled) as info:
        walk(Script(listed("a", more=True, cursor="one"), listed("b", more=True, cursor="one")))
    assert info.value.code == "cursor-repeats"


@pytest.mark.parametrize("cursor", [None, "", 7])
def test_a_next_page_without_a_way_to_it_is_an_error(cursor: object) -> None:
    with pytest.raises(Garbled) as info:
        walk(Script(listed("a", more=True, cursor=cursor)))
    assert info.value.code == "no-cursor"


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": {"a": 1}}, {"items": ["a"]}, {"contacts": []}])
def test_an_answer_without_the_list_is_an_error(body: dict[str, Any]) -> None:
    with pytest.raises(Garbled) as info:
        walk(Script(ok(body)))
    assert info.value.code == "not-a-list"


def test_a_page_is_tried_again_like_any_read() -> None:
    assert walk(Script(page("", 502), listed("a"))) == [["a"]]


# --- the token is never shown -----------------------------------------------------------------------------------------


def echo(status: int) -> Callable[[httpx.Request], httpx.Response]:
    """A server that repeats what it was sent, as debug pages do."""

    def repeat(request: httpx.Request) -> httpx.Response:
        heard = request.headers["Authorization"]
        body = {
            "code": f"odd {heard}",
            "message": heard,
            "field": heard,
            "details": [{heard: heard}],
            "request_id": heard,
        }
        return httpx.Response(status, content=json.dumps(body))

    return repeat


def quoting(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"Illegal header value {request.headers['Authorization']!r}")


LEAKS: list[Scene] = [
    *map(echo, (200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503)),
    quoting,
    httpx.LocalProtocolError(f"Illegal header value b'Bearer {TOKEN}'"),
    httpx.ReadError(TOKEN),
    httpx.Response(200, text=f"<html>{TOKEN}</html>"),
]


@pytest.mark.parametrize("scene", LEAKS)
@pytest.mark.parametrize("use", [Client.whoami, lambda it: it.get("/x"), lambda it: it.write("POST", "/x", "{}", "k")])
def test_no_error_and_no_log_ever_shows_the_token(
    scene: Scene, use: Callable[[Client], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ImporterError) as info:
        run(lambda: client(Script(scene)), use)
    error = info.value
    shown = f"{error} {error!r} {vars(error)} {''.join(traceback.format_exception(error))} {caplog.text}"
    assert TOKEN not in shown


def test_the_client_itself_does_not_show_the_token() -> None:
    it = client(Script(ok()))
    assert TOKEN not in f"{it!r} {vars(it)!r}"


@pytest.mark.parametrize("ending", ["\n", " ", "\u20ac", "\x7f"])
def test_a_token_that_cannot_be_sent_is_refused_before_anything_is(ending: str) -> None:
    with pytest.raises(Refused) as info:
        Client("https://books.test", TOKEN + ending, clock=FakeClock())
    assert info.value.code == "no-token"
    assert TOKEN not in "".join(traceback.format_exception(info.value))
