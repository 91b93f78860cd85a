"""Every refusal of the sandbox: the error catalogue of the API (fact sheet, section 5) as constructors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from importer.sandbox.switches import Switches

# What a refusal is about, where its status or code is a switch.
Topic = Literal["", "missing", "too long", "state", "guard", "number"]


class Refusal(Exception):
    """An answer of 4xx: the request is not done. Carries what the error envelope shows."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        received: Any = None,
        headers: Mapping[str, str] | None = None,
        topic: Topic = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.received = received
        self.headers = dict(headers or {})
        self._topic = topic

    def under(self, switches: Switches) -> Refusal:
        """The refusal as these switches have it: of some, the status and the code are not known for sure."""
        status, code = self.status, self.code
        match self._topic:
            case "missing" if switches.missing_field == "422":
                status, code = 422, "validation.failed"
            case "too long" if switches.too_long == "400":
                status, code = 400, "validation.invalid_value"
            case "state" if switches.state_conflict != "400":
                status = int(switches.state_conflict)
                code = "validation.failed" if status == 422 else "conflict.state"  # the catalogue names none
            case "guard" if switches.guard_code == "invalid-value":
                status, code = 400, "validation.invalid_value"
            case "number" if switches.number_clash_code == "invalid-value":
                status, code = 400, "validation.invalid_value"
            case _:
                return self
        return Refusal(status, code, self.message, self.field, self.received, self.headers)

    def envelope(self) -> dict[str, Any]:
        """The flat error object of the fact sheet, section 4."""
        shown: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            shown["field"] = self.field
        if self.received is not None:
            shown["details"] = {"received": self.received}
        return shown


def unauthenticated(reason: str, message: str) -> Refusal:
    return Refusal(401, f"auth.{reason}", message)


def forbidden(reason: str, message: str) -> Refusal:
    return Refusal(403, f"auth.{reason}", message)


def organization_missing() -> Refusal:
    return Refusal(
        400,
        "auth.missing_organization_id",
        "This token serves several organisations: pass organization_id.",
        "organization_id",
    )


def required(field: str) -> Refusal:
    return Refusal(400, "validation.required_field", f"'{field}' is required.", field, topic="missing")


def invalid(field: str, message: str, received: Any = None) -> Refusal:
    """A value of the right type that a rule forbids."""
    return Refusal(400, "validation.invalid_value", message, field, received)


def too_long(field: str, limit: int) -> Refusal:
    message = f"'{field}' is longer than {limit} characters."
    return Refusal(422, "validation.failed", message, field, topic="too long")


def wrong_state(field: str, message: str, received: Any = None) -> Refusal:
    """The document is not in the state for it: no code for that is documented (fact sheet, section 5)."""
    return Refusal(400, "validation.invalid_value", message, field, received, topic="state")


def malformed(message: str, field: str | None = None) -> Refusal:
    """Body or query does not have the shape of the schema."""
    return Refusal(422, "validation.failed", message, field)


def not_found(what: str, remote_id: str, field: str | None = None) -> Refusal:
    """An id that is not in this org: another org's is not told apart from none (fact sheet, section 2)."""
    return Refusal(404, "not_found.resource", f"{what} '{remote_id}' not found in this org.", field)


def no_route(method: str, path: str) -> Refusal:
    return Refusal(404, "not_found.resource", f"There is no {method} {path}.")


def wrong_method(method: str, path: str, allowed: str) -> Refusal:
    # The catalogue names no code for this status; a client goes by the HTTP class.
    return Refusal(405, "method.not_allowed", f"{path} takes no {method}.", headers={"Allow": allowed})


def duplicate(message: str, field: str | None = None, topic: Topic = "guard") -> Refusal:
    return Refusal(409, "conflict.duplicate", message, field, topic=topic)


def key_required() -> Refusal:
    return Refusal(400, "idempotency.key_required", "This endpoint needs an Idempotency-Key.", "Idempotency-Key")


def key_reused() -> Refusal:
    message = "This Idempotency-Key was used for another request."
    return Refusal(409, "conflict.duplicate", message, "Idempotency-Key")


def key_in_progress() -> Refusal:
    return Refusal(409, "idempotency.in_progress", "A request with this Idempotency-Key is still running.")


def too_many(retry_after: int) -> Refusal:
    """``retry_after`` in seconds, at least 1."""
    message = f"Rate limit exceeded. Retry in {retry_after} seconds."
    return Refusal(429, "rate_limit.exceeded", message, headers={"Retry-After": str(retry_after)})
