"""The tokens that every sandbox has, one for each case that a rehearsal may want. They open nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from importer.sandbox.database import Database
from importer.sandbox.tokens import Powers, add_token, subject_of

SANDBOX: Final = "aibk_pat_test_sandbox"
PARTNER: Final = "aibk_pat_test_partner"
BRANCH_OFFICE: Final = "Sandbox Branch Office"  # the second organisation, for the token of several
LONG_AGO: Final = 946_684_800.0  # Unix seconds: the year 2000
# Whatever may be read (fact sheet, section 3).
READABLE: Final = (
    *("contacts", "items", "taxes", "accounts", "invoices", "bills", "payments", "creditnotes", "debitnotes"),
    *("estimates", "expenses", "journals", "recurring", "comments", "attachments"),
    *("reports", "branches", "bankaccounts", "costcenters", "currencies"),
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A token, and what it is for in words."""

    secret: str
    about: str
    powers: Powers


TOKENS: Final = (
    Prepared(SANDBOX, "everything in one organisation; what --sandbox uses", Powers()),
    Prepared(PARTNER, "the same at the partner tier", Powers(tier="PARTNER")),
    Prepared("aibk_pat_test_all_orgs", "both organisations: each call has to say which", Powers(multi_org=True)),
    Prepared(
        "aibk_pat_test_read_only",
        "reads everything, writes nothing",
        Powers(tuple(f"AIBooks.{resource}.READ" for resource in READABLE)),
    ),
    Prepared("aibk_pat_test_expired", "is refused: it has expired", Powers(expires_at=LONG_AGO)),
    Prepared("aibk_pat_test_revoked", "is refused: it was revoked", Powers(revoked=True)),
)


def prepare_tokens(db: Database, org: str, other: str) -> None:
    """Make them, or give them back what they may; ``other`` is the second org. Needs a transaction around it."""
    for token in TOKENS:
        add_token(db, token.secret, (org, other) if token.powers.multi_org else (org,), token.powers)


@dataclass(frozen=True, slots=True)
class Known:
    """A prepared token as the books have it. ``orgs`` gives the names by id."""

    token: str
    about: str
    tier: str
    scopes: tuple[str, ...]
    orgs: dict[str, str]
    accepted: bool
    refused_by_now: bool  # something, such as a fault, has revoked it


def prepared_ones(db: Database, now: float) -> list[Known]:
    """What has become of each; ``now`` in Unix seconds."""
    sql = "SELECT orgs.id, orgs.name FROM memberships JOIN orgs ON orgs.id = org WHERE user_id = ? ORDER BY orgs.rowid"
    found = []
    for token in TOKENS:
        row = db.row("SELECT * FROM tokens WHERE id = ?", (subject_of(db, f"Bearer {token.secret}"),))
        if row is None:
            continue
        accepted = not row["revoked"] and (row["expires_at"] is None or now < row["expires_at"])
        orgs = {org["id"]: org["name"] for org in db.rows(sql, (row["user_id"],))}
        scopes = tuple(json.loads(row["scopes"]))
        spoilt = bool(row["revoked"]) and not token.powers.revoked
        found.append(Known(token.secret, token.about, row["tier"], scopes, orgs, accepted, spoilt))
    return found
