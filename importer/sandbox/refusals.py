"""Every refusal of the sandbox: the error catalogue of the API (fact sheet, section 5) as constructors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.received = received
        self.headers = dict(headers or {})

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
    return Refusal(400, "validation.required_field", f"'{field}' is required.", field)


def invalid(field: str, message: str, received: Any = None) -> Refusal:
    """A value of the right type that a rule forbids."""
    return Refusal(400, "validation.invalid_value", message, field, received)


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


def duplicate(message: str, field: str | None = None) -> Refusal:
    return Refusal(409, "conflict.duplicate", message, field)


def key_required() -> Refusal:
    return Refusal(400, "idempotency.key_required", "This endpoint needs an Idempotency-Key.", "Idempotency-Key")


def key_in_progress() -> Refusal:
    return Refusal(409, "idempotency.in_progress", "A request with this Idempotency-Key is still running.")


def too_many(retry_after: int) -> Refusal:
    """``retry_after`` in seconds, at least 1."""
    message = f"Rate limit exceeded. Retry in {retry_after} seconds."
    return Refusal(429, "rate_limit.exceeded", message, headers={"Retry-After": str(retry_after)})
