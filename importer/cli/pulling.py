"""Asks the live org for what ``sandbox pull`` copies, and for documents to learn from. Sends GETs only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from importer.api.client import Client
from importer.cli.planning import tell_wait
from importer.cli.session import Rails, environment, live
from importer.errors import ApiError, Garbled, Refused, Rejected, TokenRejected
from importer.kinds import LOOKUPS

Row = Mapping[str, Any]

NEEDED: Final = ("taxes", "accounts", "branches")
# List -> path and query. Nothing in a manifest is lost without them (fact sheet, section 14).
OPTIONAL: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "bank_accounts": ("/bank_accounts", {}),
    "cost_centers": ("/cost_centers", {}),
    "currencies": ("/currencies", {}),
    "exchange_rates": ("/exchange_rates", {"limit": 1000}),
}
MOST_EXAMPLES: Final = 200  # rows of a kind
MOST_PAGES: Final = 2


@dataclass(frozen=True, slots=True)
class Answers:
    """What the org answered."""

    org_id: str
    lists: Mapping[str, Sequence[Row]]
    examples: Mapping[str, Sequence[Row]]  # the newest, at most MOST_EXAMPLES of a kind
    refused: Mapping[str, str]  # list or kind -> why it could not be had
    now: float  # Unix seconds, by the server's clock


async def ask(rails: Rails, sandboxes: Collection[str]) -> Answers:
    """Read the org that FINZBOOKS_TOKEN opens. Raises Refused: for one of ``sandboxes``, the orgs of the books that
    would be written to; for a list that is needed and cannot be read (lookup-failed); and as every live run does.
    """
    async with live(environment(), rails) as session:
        session.client.on_wait = tell_wait
        if session.org_id in sandboxes:
            raise Refused(
                "wrong-org",
                f"FINZBOOKS_BASE_URL and FINZBOOKS_TOKEN lead to these very books, organisation {session.org_id}.",
                "Set them to the live FinzBooks: that is what the set-up is copied from.",
            )
        try:
            return await _ask(session.client, session.org_id)
        except ApiError as error:
            raise Refused(
                "lookup-failed",
                f"The set-up could not be read, so the sandbox is as it was: {error.message} [{error.code}]",
                error.help or _help(error),
            ) from error


def _help(error: ApiError) -> str:
    if isinstance(error, Rejected):
        return "Use a token that may read taxes, accounts and branches."
    return "Run it again."


async def _ask(client: Client, org_id: str) -> Answers:
    lists: dict[str, Sequence[Row]] = {}
    refused: dict[str, str] = {}
    for name in NEEDED:
        lookup = LOOKUPS[name]
        lists[name] = await _rows(client, lookup.endpoint, name, {}, paged=lookup.paged)
        if not lists[name] and name != "taxes":  # an org that is not registered may have none
            raise Garbled("not-a-list", f"GET {lookup.endpoint}: the org has none", f"GET {lookup.endpoint}")
    for name, (path, query) in OPTIONAL.items():
        try:
            lists[name] = await _lookup(client, path, name, query)
        except (Rejected, Garbled) as error:
            refused[name] = _why(error)
    examples: dict[str, Sequence[Row]] = {}
    for kind in ("invoices", "contacts"):
        try:
            examples[kind] = await _newest(client, f"/{kind}", kind)
        except (Rejected, Garbled) as error:
            refused[kind] = _why(error)
    return Answers(org_id, lists, examples, refused, client.server_now())


def _why(error: Rejected | Garbled) -> str:
    """Why a list was not to be had. Raises ``error`` itself when it is not about that list alone."""
    alone = error.status in (403, 404) if isinstance(error, Rejected) else error.code == "not-a-list"
    if isinstance(error, TokenRejected) or not alone:
        raise error
    return f"{error.message.rstrip('.')} [{error.code}]"


async def _rows(client: Client, path: str, name: str, query: Mapping[str, Any], *, paged: bool) -> list[Row]:
    pages = client.pages(path, name, query, paged=paged, may_be_whole=True)
    return [row async for page in pages for row in page.rows]


async def _lookup(client: Client, path: str, name: str, query: Mapping[str, Any]) -> Sequence[Row]:
    """A list whose shape is not documented: of currencies it may hold bare codes (fact sheet, section 14)."""
    try:
        return await _rows(client, path, name, query, paged=False)
    except Garbled as error:
        if error.code != "not-a-list":
            raise
        words = (await client.get(path, query)).body.get(name)
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise
        return [{"code": word} for word in words]


async def _newest(client: Client, path: str, name: str) -> Sequence[Row]:
    found: list[Row] = []
    async for page in client.pages(path, name, max_pages=MOST_PAGES, may_be_whole=True):
        found.extend(page.rows)
        if len(found) >= MOST_EXAMPLES:
            break
    return found[:MOST_EXAMPLES]
