"""Who calls, for which organisation, and what they may do (fact sheet, sections 2 and 3)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from importer.sandbox.database import Database
from importer.sandbox.refusals import forbidden, organization_missing, unauthenticated

FULL_ACCESS: Final = "AIBooks.fullaccess.all"
TIERS: Final = {"DEFAULT": 600, "PARTNER": 3000}  # requests a minute (fact sheet, section 7)


@dataclass(frozen=True, slots=True)
class Token:
    """A known token. ``org`` is None for one that serves all orgs of its user."""

    id: str
    user_id: str
    org: str | None
    scopes: tuple[str, ...]
    tier: str


@dataclass(frozen=True, slots=True)
class Powers:
    """What a token may. ``expires_at`` in Unix seconds, None for never; ``user_of`` is another token of its user."""

    scopes: tuple[str, ...] = (FULL_ACCESS,)
    tier: str = "DEFAULT"
    multi_org: bool = False
    expires_at: float | None = None
    revoked: bool = False
    user_of: str | None = None


def add_token(db: Database, secret: str, orgs: Sequence[str], powers: Powers) -> None:
    """Make ``secret`` a token, or change what it may. A token that exists keeps its id. Needs a transaction.

    Raises ValueError for an unknown tier or ``user_of``, and for a single-org token without exactly one org.
    """
    if powers.tier not in TIERS:
        raise ValueError(f"{powers.tier} is not one of {', '.join(TIERS)}")
    if len(orgs) != 1 and not powers.multi_org:
        raise ValueError("a single-org token has exactly one org")
    digest = _digest(secret)
    known = db.row("SELECT id, user_id FROM tokens WHERE digest = ?", (digest,))
    token_id, user_id = (known["id"], known["user_id"]) if known else (str(uuid.uuid4()), str(uuid.uuid4()))
    if powers.user_of is not None:
        user_id = db.value("SELECT user_id FROM tokens WHERE digest = ?", (_digest(powers.user_of),))
        if user_id is None:
            raise ValueError("user_of is not a token")
    db.run("DELETE FROM tokens WHERE digest = ?", (digest,))
    if not db.value("SELECT 1 FROM tokens WHERE user_id = ?", (user_id,)):  # else its other tokens need them too
        db.run("DELETE FROM memberships WHERE user_id = ?", (user_id,))
    columns = {
        "digest": digest,
        "id": token_id,
        "user_id": user_id,
        "org": None if powers.multi_org else orgs[0],
        "scopes": json.dumps(powers.scopes),
        "tier": powers.tier,
        "expires_at": powers.expires_at,
        "revoked": powers.revoked,
    }
    db.insert("tokens", columns)
    for org in orgs:
        db.run("INSERT OR IGNORE INTO memberships VALUES (?, ?)", (user_id, org))


def subject_of(db: Database, authorization: str | None) -> str:
    """The id of the token that a header names, whether it is let in or not; "nobody" for an unknown one."""
    secret = (authorization or "").partition(" ")[2].strip()
    return str(db.value("SELECT id FROM tokens WHERE digest = ?", (_digest(secret),)) or "nobody")


def revoke(db: Database, token_id: str) -> None:
    """Needs a transaction around it."""
    db.run("UPDATE tokens SET revoked = 1 WHERE id = ?", (token_id,))


def authenticate(db: Database, authorization: str | None, now: float) -> Token:
    """The token of an ``Authorization`` header. Raises the 401 refusals. Any prefix will do (section 23, item 2)."""
    if not authorization:
        raise unauthenticated("missing_token", "The Authorization header is missing.")
    scheme, _, secret = authorization.partition(" ")
    row = db.row("SELECT * FROM tokens WHERE digest = ?", (_digest(secret.strip()),))
    if scheme.lower() != "bearer" or row is None:
        raise unauthenticated("invalid_token", "The token is unknown or malformed.")
    if row["revoked"]:
        raise unauthenticated("revoked_token", "The token has been revoked.")
    if row["expires_at"] is not None and now >= row["expires_at"]:
        raise unauthenticated("expired_token", "The token has expired.")
    return Token(row["id"], row["user_id"], row["org"], tuple(json.loads(row["scopes"])), row["tier"])


def choose_org(db: Database, token: Token, named: str | None) -> str:
    """The org a call is for; ``named`` is its ``organization_id``. Raises 400 or 403."""
    if token.org is not None:
        if named not in (None, token.org):
            raise forbidden("org_mismatch", "The token belongs to another organisation than organization_id.")
        org = token.org
    elif named is None:
        raise organization_missing()
    else:
        org = named
    # Membership is checked at each call (fact sheet, section 2).
    if not db.value("SELECT 1 FROM memberships WHERE user_id = ? AND org = ?", (token.user_id, org)):
        raise forbidden("no_membership", "No active membership in that organisation.")
    return org


def require_scope(token: Token, allowed: Sequence[str]) -> None:
    """Raises 403 unless the token has one of ``allowed``, such as ``invoices.CREATE``; empty means none is needed."""
    granted = {FULL_ACCESS, *(f"AIBooks.{scope}" for scope in allowed)}
    if allowed and granted.isdisjoint(token.scopes):
        raise forbidden("insufficient_scope", f"The token lacks the scope AIBooks.{allowed[0]}.")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
