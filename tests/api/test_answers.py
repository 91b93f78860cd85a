from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.api.answers import LONGEST_MESSAGE, Answer, Reply, judge
from importer.errors import (
    ApiError,
    Garbled,
    InProgress,
    Rejected,
    ServerFault,
    TokenRejected,
    TooManyRequests,
)

CALL = "POST /invoices"


def reply(status: int, body: Any = b"", **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, headers, raw, 100.0, 101.0)


def error(status: int, body: Any = b"") -> ApiError:
    result = judge(reply(status, body), CALL)
    assert isinstance(result, ApiError)
    assert result.call == CALL
    return result


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_2xx_with_code_zero_is_a_success_with_exact_numbers(status: int) -> None:
    body = b'\xef\xbb\xbf{"code":0,"message":"done","invoice":{"total":14160.00,"lines":2}}'
    result = judge(reply(status, body, date="Tue, 19 May 2026 00:00:07 GMT"), CALL)
    assert result == Answer(
        status,
        {"code": 0, "message": "done", "invoice": {"total": Decimal("14160.00"), "lines": 2}},
        1779148807.0,
        100.0,
    )


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "auth.missing_token", TokenRejected),
        (401, "auth.invalid_token", TokenRejected),
        (401, "auth.revoked_token", TokenRejected),
        (401, "auth.expired_token", TokenRejected),
        (401, "something.new", TokenRejected),
        (403, "auth.org_mismatch", TokenRejected),
        (403, "auth.no_membership", TokenRejected),
        (400, "auth.missing_organization_id", TokenRejected),
        (403, "auth.insufficient_scope", Rejected),
        (403, "something.new", Rejected),
        (400, "validation.required_field", Rejected),
        (400, "validation.invalid_value", Rejected),
        (422, "validation.failed", Rejected),
        (404, "not_found.resource", Rejected),
        (409, "conflict.duplicate", Rejected),
        (400, "idempotency.key_required", Rejected),
        (418, "never.heard", Rejected),
        (409, "idempotency.in_progress", InProgress),
        (429, "rate_limit.exceeded", TooManyRequests),
        (429, "something.new", TooManyRequests),
        (500, "internal", ServerFault),
        (503, "rate_limit.exceeded", ServerFault),
    ],
)
def test_each_code_of_the_catalogue_becomes_its_error(status: int, code: str, kind: type[ApiError]) -> None:
    failure = error(status, {"code": code, "message": "Because."})
    assert type(failure) is kind
    assert failure.code == code
    assert "Because." in failure.message


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("validation.failed", Rejected),
        ("auth.invalid_token", TokenRejected),
        ("idempotency.in_progress", InProgress),
        ("rate_limit.exceeded", TooManyRequests),
        ("never.heard", Garbled),
    ],
)
def test_a_refusal_under_a_2xx_is_no_success(code: str, kind: type[ApiError]) -> None:
    assert type(error(200, {"code": code, "message": "no"})) is kind


def test_a_refusal_keeps_what_support_will_ask_for() -> None:
    body = {
        "code": "validation.invalid_value",
        "message": "Bad state.",
        "field": "line_items[0].item_id",
        "details": {"received": "INKA"},
        "request_id": "req-7",
    }
    failure = error(400, body)
    assert isinstance(failure, Rejected)
    assert (failure.status, failure.field, failure.details, failure.request_id, failure.message) == (
        400,
        "line_items[0].item_id",
        {"received": "INKA"},
        "req-7",
        "Bad state.",
    )


NOT_ENVELOPES: list[Any] = [
    b"",
    b"<html>Bad gateway</html>",
    b'{"code": 0, "message": "cut o',
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    b"1" * 10_000,
    b'{"code": NaN}',
    {},
    {"message": "no code"},
    {"code": False, "message": "success"},
    {"code": None},
    {"code": 1002},
]


@pytest.mark.parametrize("body", NOT_ENVELOPES, ids=lambda body: repr(body)[:30])
@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (200, Garbled, "not-finzbooks"),
        (204, Garbled, "not-finzbooks"),
        (301, Garbled, "redirected"),
        (400, Rejected, "http-400"),
        (401, TokenRejected, "http-401"),
        (403, Rejected, "http-403"),
        (404, Rejected, "http-404"),
        (429, TooManyRequests, "http-429"),
        (500, ServerFault, "http-500"),
        (502, ServerFault, "http-502"),
    ],
)
def test_what_is_no_envelope_is_judged_by_its_http_class(
    body: Any, status: int, kind: type[ApiError], code: str
) -> None:
    failure = error(status, body)
    assert type(failure) is kind
    assert failure.code == code
    assert failure.message


def test_a_4xx_that_claims_success_is_still_a_refusal() -> None:
    assert type(error(404, {"code": 0, "message": "success"})) is Rejected


def test_a_web_page_is_called_one() -> None:
    assert "a web page instead of JSON" in error(200, b" \n<!doctype html>").message


def test_a_message_of_the_server_is_fit_for_a_terminal() -> None:
    failure = error(400, {"code": "validation.failed", "message": "red \x1b[31m\nalert\x07 " + "x" * 10_000})
    assert failure.message.startswith("red [31m alert xxx")
    assert len(failure.message) == LONGEST_MESSAGE


def test_no_text_of_the_server_shows_what_is_to_be_hidden() -> None:
    body = {
        "code": "auth.s3cret",
        "message": "Bearer s3cret is unknown",
        "field": "s3cret",
        "details": {"s3cret": ["s3cret", {"deep": "s3cret"}, 7]},
        "request_id": "s3cret",
    }
    for status in (200, 400, 401, 429, 500):
        result = judge(reply(status, body), CALL, lambda text: text.replace("s3cret", "*"))
        assert isinstance(result, ApiError)
        assert "s3cret" not in f"{result} {vars(result)}"


@given(st.integers(100, 599), st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(repr))
def test_every_answer_whatever_becomes_a_result_or_one_of_our_errors(status: int, body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    assert isinstance(judge(Reply(status, {}, raw, 0.0, 0.0), CALL), Answer | ApiError)


ENVELOPES = st.fixed_dictionaries(
    {},
    optional={
        name: st.none() | st.booleans() | st.integers(-1, 1) | st.text(max_size=5) | st.just("auth.x")
        for name in ("code", "message", "field", "details", "request_id")
    },
)


@given(st.integers(100, 599), ENVELOPES)
def test_only_a_2xx_with_the_number_zero_is_a_success(status: int, body: dict[str, Any]) -> None:
    result = judge(reply(status, body), CALL)
    success = 200 <= status < 300 and type(body.get("code")) is int and body["code"] == 0
    assert isinstance(result, Answer) == success
