"""Faults on demand: what may go wrong with a request, and which request it goes wrong with.

A fault is written as one line, ``[METHOD PATH] KIND [name=value ...]``::

    POST /payments close-after nth=3
    POST /bulk/invoices crash-after-row row=7
    close-before,close-after,error-after rate=0.05 seed=7

PATH is a template such as ``/payments/{id}/apply``, or ``*``. ``nth`` is which matching request it hits (1 unless
given), ``times`` how many from there on. With ``rate`` each matching request is hit with that probability, by a
sequence that ``seed`` decides, and of several kinds one is drawn. Faults are kept in the sandbox's file and counted
there, so that they survive a kill; a sequence begins anew with each process.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from sqlite3 import Row
from typing import Any, Final

from importer.sandbox.database import Database
from importer.sandbox.exact_json import decode_body, encode
from importer.sandbox.refusals import Refusal
from importer.sandbox.serving.routes import PATHS, ROUTES

MOST: Final = 1_000_000  # of any number in a fault
ERRORS: Final = frozenset({500, 502, 503, 504})
METHODS: Final = ("*", *sorted({method for method, _ in ROUTES}))


class Kind(StrEnum):
    """What goes wrong. "Kept": the answer is remembered under the Idempotency-Key, as if nothing had happened."""

    CLOSE_BEFORE = "close-before"  # the connection closes, nothing is done
    CLOSE_AFTER = "close-after"  # the work is done and kept, then the connection closes
    ERROR_BEFORE = "error-before"  # 5xx, nothing is done
    ERROR_AFTER = "error-after"  # the work is done and not kept, 5xx
    TIMEOUT_AFTER = "timeout-after"  # the work is done and kept, a gateway answers 504
    TIMEOUT_WORKING = "timeout-working"  # a gateway answers 504, the work goes on for ``seconds``
    # The server dies when ``row`` rows of a bulk call are done, at the latest after its last; nothing is kept. A call
    # of one document is the row that is not done.
    CRASH_AFTER_ROW = "crash-after-row"
    SLOW = "slow"  # the work begins after ``seconds``
    TRUNCATED = "truncated"  # the work is done and kept, half of the answer arrives
    HTML = "html"  # the work is done and kept, the body is a page
    TOO_MANY = "too-many"  # 429, Retry-After ``seconds`` or the rest of the window
    REVOKE_TOKEN = "revoke-token"  # noqa: S105  the token is revoked from here on
    OTHER_EDITS = "other-edits"  # before the work, another user edits the document that the path names, or the newest
    OTHER_VOIDS = "other-voids"  # ... voids or deletes it
    OTHER_ADDS = "other-adds"  # ... adds one like the one that is being made


class NoSuchFault(ValueError):
    """A fault that cannot be. The text is a sentence for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault. Numbers as in its line."""

    kinds: tuple[Kind, ...]
    method: str = "*"
    path: str = "*"
    nth: int = 1
    times: int = 1
    rate: float = 0.0  # 0: by count
    seed: int = 0
    seconds: float = 0.0
    row: int = 0
    status: int = 500
    body: str = "json"  # of an error: json, html or empty
    fields: Mapping[str, Any] | None = None  # what another user writes

    @property
    def kind(self) -> Kind:
        return self.kinds[0]

    def hits(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and self.path in ("*", path)

    def line(self) -> str:
        """The fault as it is written."""
        where = [] if (self.method, self.path) == ("*", "*") else [self.method, self.path]
        usual = Fault(kinds=self.kinds)
        names = ("nth", "times", "rate", "seed", "seconds", "row", "status", "body")
        told = [f"{name}={getattr(self, name)}" for name in names if getattr(self, name) != getattr(usual, name)]
        more = [] if self.fields is None else ["fields=" + encode(dict(self.fields))]
        return " ".join((*where, ",".join(self.kinds), *told, *more))


_WHOLE: Final = ("nth", "times", "seed", "row", "status")
_NUMBERS: Final = (*_WHOLE, "rate", "seconds")
_COUNTS: Final = frozenset({"nth", "times"})


def read_fault(line: str) -> Fault:
    """The fault that a line tells. Raises NoSuchFault."""
    line, has_fields, fields = line.strip().partition(" fields=")
    words = line.split()
    values: dict[str, Any] = {}
    while words and "=" in words[-1]:
        name, _, value = words.pop().partition("=")
        if name in values:
            raise NoSuchFault(f"'{name}' stands twice.")
        values[name] = _value(name, value)
    if "rate" in values and not values.keys().isdisjoint(_COUNTS):
        raise NoSuchFault("A fault goes by 'rate' or by 'nth' and 'times', not by both.")
    if len(words) == 3:
        values["method"], values["path"] = _method(words[0]), _path(words[1])
    elif len(words) != 1:
        raise NoSuchFault("A fault is [METHOD PATH] KIND [name=value ...], such as: POST /payments close-after nth=3")
    if has_fields:
        values["fields"] = _fields(fields)
    return _checked(Fault(kinds=_kinds(words[-1]), **values))


def _method(word: str) -> str:
    if word.upper() not in METHODS:
        raise NoSuchFault(f"'{word}' is no method of the API; there are {', '.join(METHODS)}.")
    return word.upper()


def _path(word: str) -> str:
    if word != "*" and word not in PATHS:
        raise NoSuchFault(f"'{word}' is no path of the API; there are *, {', '.join(sorted(PATHS))}.")
    return word


def _kinds(word: str) -> tuple[Kind, ...]:
    try:
        return tuple(Kind(one) for one in word.split(","))
    except ValueError:
        raise NoSuchFault(f"'{word}' is no fault; there are {', '.join(Kind)}.") from None


def _value(name: str, text: str) -> Any:
    if name == "body":
        return text
    if name not in _NUMBERS:
        raise NoSuchFault(f"A fault has no '{name}'; it has {', '.join(_NUMBERS)}, body and fields.")
    try:
        number = int(text) if name in _WHOLE else float(text)
    except ValueError:
        kind = "a whole number" if name in _WHOLE else "a number"
        raise NoSuchFault(f"'{name}' takes {kind}, not '{text}'.") from None
    if not 0 <= number <= MOST:
        raise NoSuchFault(f"'{name}' lies between 0 and {MOST}.")
    if name == "rate" and not 0 < number <= 1:
        raise NoSuchFault("'rate' is a probability above 0 and at most 1.")
    return number


def _fields(text: str) -> dict[str, Any]:
    try:
        return decode_body(text.encode("utf-8", "replace"))
    except Refusal:
        raise NoSuchFault("'fields' is a JSON object, and comes last.") from None


def _checked(fault: Fault) -> Fault:
    if len(fault.kinds) > 1 and not fault.rate:
        raise NoSuchFault("Several kinds need a rate.")
    if fault.nth < 1 or fault.times < 1:
        raise NoSuchFault("'nth' and 'times' begin at 1.")
    if fault.status not in ERRORS:
        raise NoSuchFault(f"'status' is one of {', '.join(map(str, sorted(ERRORS)))}.")
    if fault.body not in ("json", "html", "empty"):
        raise NoSuchFault("'body' is json, html or empty.")
    return fault


class Faults:
    """The faults that a sandbox is to have."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen: tuple[int, int] | None = None
        self._known: dict[int, Fault] = {}
        self._draws: dict[int, random.Random] = {}

    def all(self) -> list[Fault]:
        """What is still to come, in the order in which it was added."""
        self._refresh()
        return list(self._known.values())

    def add(self, faults: Iterable[Fault]) -> None:
        with self._db.transaction():
            for fault in faults:
                self._db.insert("faults", {"spec": fault.line()})
        self._db.mark()

    def clear(self) -> None:
        with self._db.transaction():
            self._db.run("DELETE FROM faults")
        self._db.mark()

    def next(self, method: str, path: str) -> Fault | None:
        """Count one request for the template ``path``; the fault that hits it, of several the first."""
        self._refresh()
        struck: Fault | None = None
        for number, fault in list(self._known.items()):
            if not fault.hits(method, path):
                continue
            # Every fault counts every request that it matches, also one that another fault has.
            hit = self._drawn(number, fault) if fault.rate else self._counted(number, fault, spared=bool(struck))
            struck = struck or hit
        return struck

    def _drawn(self, number: int, fault: Fault) -> Fault | None:
        draw = self._draws.setdefault(number, random.Random(fault.seed))  # noqa: S311  (repeatable by purpose)
        hit, kind = draw.random() < fault.rate, draw.choice(fault.kinds)
        return replace(fault, kinds=(kind,)) if hit else None

    def _counted(self, number: int, fault: Fault, *, spared: bool) -> Fault | None:
        """Count down; ``spared``: another fault has this request, so that this one waits for the next."""
        if fault.nth == 1 and spared:
            return None
        if fault.nth > 1:
            self._put(number, replace(fault, nth=fault.nth - 1))
            return None
        self._put(number, replace(fault, times=fault.times - 1) if fault.times > 1 else None)
        return fault

    def _put(self, number: int, fault: Fault | None) -> None:
        with self._db.transaction():
            if fault is None:
                self._db.run("DELETE FROM faults WHERE id = ?", (number,))
            else:
                self._db.run("UPDATE faults SET spec = ? WHERE id = ?", (fault.line(), number))
        self._db.mark()

    def _refresh(self) -> None:
        seen = self._db.changes()
        if seen != self._seen:
            rows = self._db.rows("SELECT id, spec FROM faults ORDER BY id")
            self._known = dict(_readable(rows))
            self._seen = seen


def _readable(rows: Iterable[Row]) -> Iterator[tuple[int, Fault]]:
    for row in rows:
        # A line that cannot be read was kept by a version that had other faults.
        with suppress(NoSuchFault):
            yield row["id"], read_fault(row["spec"])
