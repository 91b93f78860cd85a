"""What a handler is given, and what helps it to answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.body import Body
from importer.sandbox.books import Books
from importer.sandbox.database import Database
from importer.sandbox.exact_json import parse_day
from importer.sandbox.refusals import malformed, not_found
from importer.sandbox.switches import Switches
from importer.sandbox.tokens import Token

INR: Final = re.compile("INR")  # the one currency of the sandbox's books


@dataclass(frozen=True, slots=True)
class Call:
    """One request that has been let in."""

    books: Books
    token: Token
    org: str  # "" for the one endpoint that needs no org
    id: str  # the id in the path, "" where there is none
    query: Mapping[str, str]
    body: Body

    @property
    def db(self) -> Database:
        return self.books.db

    @property
    def switches(self) -> Switches:
        return self.books.switches

    def find(self, table: str, what: str, remote_id: str, field: str | None = None) -> Row:
        """The org's row of that id; raises 404 naming ``field``. ``what`` is the word for people."""
        row = self.db.find(table, self.org, remote_id)
        if row is None:
            raise not_found(what, remote_id, field)
        return row

    def query_day(self, name: str) -> str | None:
        """A date of the query, as ISO text; None when missing. Raises 422 for anything else."""
        text = self.query.get(name)
        if not text:
            return None
        day = parse_day(text)
        if day is None:
            raise malformed(f"'{name}' must be an ISO date or datetime.", name)
        return day.isoformat()

    def query_choice(self, name: str, among: frozenset[str]) -> str | None:
        value = self.query.get(name)
        if value is not None and value not in among:
            raise malformed(f"'{name}' must be one of {', '.join(sorted(among))}.", name)
        return value

    def query_flag(self, name: str) -> bool:
        """A boolean of the query that is true when left out."""
        return self.query_choice(name, frozenset({"true", "false"})) != "false"


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer to a GET that is not JSON."""

    content: bytes
    content_type: str


Answer = dict[str, Any]
Handler = Callable[[Call], Answer | Raw]
RowHandler = Callable[[Call], Iterator[Answer]]  # yields after each row that is durable; last, what to answer


def one(name: str, value: Any, message: str = "success") -> Answer:
    """The envelope of a single thing (fact sheet, section 4)."""
    return {"code": 0, "message": message, name: value}


def branch_of(call: Call, branch_id: str | None) -> Row:
    """The named branch, else the org's default one. Raises 404."""
    if branch_id is not None:
        return call.find("branches", "Branch", branch_id, "branch_id")
    row = call.db.row("SELECT * FROM branches WHERE org = ? AND is_default", (call.org,))
    if row is None:
        raise not_found("Branch", "default", "branch_id")
    return row
