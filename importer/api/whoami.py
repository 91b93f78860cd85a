"""Who the token belongs to, and why a run may not start. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from importer.errors import ApiError, Garbled, Refused, Rejected, TokenRejected, TooManyRequests

ORG_NEEDED = "auth.missing_organization_id"
WRONG_ORG = ("auth.org_mismatch", "auth.no_membership")


@dataclass(frozen=True, slots=True)
class Whoami:
    """What ``GET /whoami`` says of the token (fact sheet, section 2)."""

    token_id: str
    org_id: str | None  # None for a token of several orgs
    user_id: str
    scopes: tuple[str, ...]
    tier: str  # DEFAULT, PARTNER; "" if it does not say


def whoami_of(body: dict[str, Any]) -> Whoami:
    """Read the answer; Refused ``not-finzbooks`` if it does not say whose token it is."""
    token = body.get("token")
    if not isinstance(token, dict) or not isinstance(token.get("token_id"), str):
        raise not_finzbooks("its answer to GET /whoami does not describe a token")
    scopes = token.get("scopes")
    return Whoami(
        token_id=token["token_id"],
        org_id=_org_of(token.get("org_id")),
        user_id=_text(token.get("user_id")),
        scopes=tuple(map(str, scopes)) if isinstance(scopes, list) else (),
        tier=_text(token.get("tier")),
    )


def _org_of(value: Any) -> str | None:
    """The org of a token; None for one of several orgs, whose ``org_id`` is null or not there (fact sheet, section 2).

    Anything else that is no id must not pass for a token of several: the user's own word would then be the check.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise not_finzbooks("its answer to GET /whoami names the organisation in no known form")


def refusal(error: ApiError, base_url: str, organization_id: str | None) -> Refused:
    """Why the run may not start, when ``GET /whoami`` ended in ``error``."""
    if isinstance(error, Garbled):
        return not_finzbooks(error.message)
    if isinstance(error, Rejected):
        return _rejected(error, organization_id)
    if isinstance(error, TooManyRequests):
        return Refused("no-server", f"{base_url} takes no more calls of this token: {error.message}", error.help)
    return Refused(
        "no-server", f"{base_url} does not answer: {error.message}", "Check the connection; try again later."
    )


def not_finzbooks(why: str) -> Refused:
    help = "Check FINZBOOKS_BASE_URL, and whether a proxy or a log-in page stands in between."
    return Refused("not-finzbooks", f"The server is not FinzBooks: {why}", help)


def _rejected(error: Rejected, organization_id: str | None) -> Refused:
    if error.code == ORG_NEEDED:
        return Refused("org-needed", f"The token belongs to several orgs: {error.message}", "Set FINZBOOKS_ORG_ID.")
    # An org that is not the token's is not told from one that is not there (fact sheet, section 2).
    unknown_org = organization_id is not None and error.code == "not_found.resource"
    if error.code in WRONG_ORG or unknown_org:
        message = f"The token has no access to the org {organization_id}: {error.message}"
        help = "Check FINZBOOKS_ORG_ID and org_id in finzbooks.yaml, or use the token of that org."
        return Refused("wrong-org", message, help)
    if isinstance(error, TokenRejected):
        return Refused("token-rejected", f"The token is rejected: {error.message}", "Check FINZBOOKS_TOKEN.")
    if error.code.startswith("http-"):
        return not_finzbooks(error.message)
    return Refused("token-rejected", f"GET /whoami is refused: {error.message}", "Check FINZBOOKS_TOKEN.")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
