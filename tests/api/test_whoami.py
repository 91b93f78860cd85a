from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from api.scripted import BASE, WHOAMI, FakeClock, Scene, Script, answer, client, ok, page, refused, run
from importer.api.client import Client
from importer.api.whoami import Whoami
from importer.errors import REFUSED, Refused


def whoami(*scenes: Scene, clock: FakeClock | None = None, **options: Any) -> Whoami:
    return run(lambda: client(Script(*scenes), clock, **options), Client.whoami)


def refusal(*scenes: Scene, clock: FakeClock | None = None, **options: Any) -> Refused:
    with pytest.raises(Refused) as info:
        whoami(*scenes, clock=clock, **options)
    assert info.value.exit_code == REFUSED
    return info.value


def test_it_says_whose_token_it_is() -> None:
    assert whoami(ok(WHOAMI)) == Whoami("43cb7580", "0c2c3781", "d65edfea", ("AIBooks.fullaccess.all",), "DEFAULT")


@pytest.mark.parametrize("org", [None, ""])
def test_a_token_of_several_orgs_has_none(org: object) -> None:
    assert whoami(ok({"token": {"token_id": "t", "org_id": org}})) == Whoami("t", None, "", (), "")


@pytest.mark.parametrize(
    ("scene", "code", "words"),
    [
        (refused(401, "auth.revoked_token", "Revoked on Monday."), "token-rejected", "Revoked on Monday."),
        (page("<html>Log in</html>", 401), "token-rejected", "web page"),
        (refused(403, "auth.insufficient_scope", "Not for you."), "token-rejected", "Not for you."),
        (refused(400, "auth.missing_organization_id", "Which?"), "org-needed", "Which?"),
        (refused(403, "auth.org_mismatch", "Not yours."), "wrong-org", "Not yours."),
        (refused(403, "auth.no_membership", "Not in it."), "wrong-org", "Not in it."),
        (page(), "not-finzbooks", "web page"),
        (page("", 204), "not-finzbooks", "empty body"),
        (page("<html>Not found</html>", 404), "not-finzbooks", "404"),
        (httpx.Response(301, headers={"Location": "https://elsewhere.test/"}), "not-finzbooks", "redirect"),
        (answer(200, {"hello": "world"}), "not-finzbooks", "not a FinzBooks answer"),
        (ok({"token": None}), "not-finzbooks", "describe a token"),
        (ok({"token": {"org_id": "o"}}), "not-finzbooks", "describe a token"),
    ],
)
def test_each_reason_not_to_start_has_its_code_and_says_why(scene: httpx.Response, code: str, words: str) -> None:
    refused_run = refusal(scene)
    assert refused_run.code == code
    assert words in refused_run.message


def test_an_org_that_is_not_found_is_the_wrong_one_if_one_was_asked_for() -> None:
    scene = refused(404, "not_found.resource", "No such org.")
    assert refusal(scene, organization_id="org-9").code == "wrong-org"
    assert refusal(scene).code == "token-rejected"


@pytest.mark.parametrize(
    "scene", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), page("<html>", 502), refused(500, "internal")]
)
def test_a_dead_server_is_asked_at_least_five_times_within_thirty_seconds(scene: Scene) -> None:
    clock, script = FakeClock(), Script(scene)
    with pytest.raises(Refused) as info:
        run(lambda: client(script, clock), Client.whoami)
    assert info.value.code == "no-server"
    assert BASE in info.value.message
    assert len(script.requests) >= 5
    tries = len(script.requests) * 4.0  # seconds at most, by the time-out of each
    assert sum(clock.naps) + tries <= 30
    assert script.requests[0].extensions["timeout"]["read"] <= 4.0


def test_a_server_that_trickles_for_ever_is_given_up_within_its_time() -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        async def drops() -> Any:
            while True:
                yield b" "
                await asyncio.sleep(0.01)

        return httpx.Response(200, content=drops())

    began = time.monotonic()
    with pytest.raises(Refused) as info:
        run(lambda: client(httpx.MockTransport(never), timeout=0.05), Client.whoami)
    assert info.value.code == "no-server"
    assert time.monotonic() - began < 5


def test_a_server_that_comes_back_is_believed() -> None:
    assert whoami(httpx.ConnectError("refused"), page("", 503), ok(WHOAMI)).token_id == "43cb7580"


def test_a_full_window_is_waited_for() -> None:
    clock = FakeClock()
    busy = answer(429, {"code": "rate_limit.exceeded", "message": "slow"}, Retry_After="41")
    assert whoami(busy, ok(WHOAMI), clock=clock).token_id == "43cb7580"
    assert clock.naps == [41.0]


def test_a_window_that_somebody_else_keeps_full_ends_in_a_refusal() -> None:
    busy = answer(429, {"code": "rate_limit.exceeded", "message": "slow"}, Retry_After="5")
    assert refusal(busy).code == "no-server"


def test_an_org_id_that_is_a_number_is_an_org_id() -> None:
    assert whoami(ok({"token": {"token_id": "t", "org_id": 7}})).org_id == "7"


@pytest.mark.parametrize("org", [True, ["a"], {"id": "a"}, 1.5])
def test_an_org_id_of_no_known_form_is_not_taken_for_a_token_of_several_orgs(org: object) -> None:
    with pytest.raises(Refused) as info:
        whoami(ok({"token": {"token_id": "t", "org_id": org}}))
    assert info.value.code == "not-finzbooks"


def test_a_server_that_asks_for_more_than_a_window_is_not_waited_for() -> None:
    with pytest.raises(Refused) as info:
        whoami(
            httpx.Response(429, headers={"Retry-After": "1800"}, json={"code": "rate_limit.exceeded", "message": "x"})
        )
    assert info.value.code == "no-server"
