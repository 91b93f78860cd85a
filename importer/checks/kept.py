"""Records and verdicts as bytes, to be kept between runs, and back again. Nothing of it is executed when it is read."""

from __future__ import annotations

import json
import sys
from array import array
from base64 import b64decode, b64encode
from datetime import date
from typing import Any

from importer.checks.record import Damaged, Packed, Record, Trees
from importer.checks.verdict import Remembered, Verdict
from importer.model import Place, Problem, Ref, Severity


def record_to_bytes(record: Record) -> bytes:
    """All of a record but the fields of its documents, which ``Record.trees`` gives."""
    return b"\n".join((_dumped({"clean": record.clean, "ties": _packed(record.packed)}), record.heads_text.encode()))


def record_from_bytes(data: bytes, trees: Trees) -> Record:
    """What ``record_to_bytes`` was given. Raises Damaged."""
    try:
        first, _, heads = data.partition(b"\n")
        said = json.loads(first)
        return Record(bool(said["clean"]), _unpacked(said["ties"]), heads.decode(), trees)
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged from error


def verdict_to_bytes(verdict: Verdict) -> bytes:
    remembered = verdict.remembered
    return _dumped(
        {
            "files": verdict.files,
            "problems": [_problem(one) for one in verdict.problems],
            "seen": remembered.seen,
            "refs": remembered.refs,
            "ties": _packed(remembered.packed),
            "today": verdict.today.isoformat() if verdict.today is not None else None,
        }
    )


def verdict_from_bytes(data: bytes) -> Verdict:
    """What ``verdict_to_bytes`` was given. Raises Damaged."""
    try:
        said = json.loads(data)
        return Verdict(
            tuple((str(name), str(content)) for name, content in said["files"]),
            tuple(_problem_of(one) for one in said["problems"]),
            _remembered(said),
            date.fromisoformat(said["today"]) if said["today"] is not None else None,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged from error


def _remembered(said: dict[str, Any]) -> Remembered:
    seen = None if said["seen"] is None else (str(said["seen"][0]), int(said["seen"][1]))
    return Remembered(seen, tuple(Ref(*one) for one in said["refs"]), _unpacked(said["ties"]))


def _dumped(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _packed(packed: Packed) -> list[str]:
    """Numbers as they lie in the memory of this machine: the order of their bytes is said first."""
    return [sys.byteorder, *(b64encode(numbers.tobytes()).decode() for numbers in packed)]


def _unpacked(said: list[str]) -> Packed:
    order, *texts = said
    if order != sys.byteorder:
        raise ValueError("the bytes of another machine")
    ties, ends = array("I"), array("I")
    for numbers, text in zip((ties, ends), texts, strict=True):
        numbers.frombytes(b64decode(text, validate=True))
    packed = Packed(ties, ends)
    if not packed.is_sound():
        raise ValueError("ties that end nowhere")
    return packed


def _problem(one: Problem) -> list[Any]:
    places = [_place(place) for place in (one.place, *one.related)]
    return [one.code, one.message, one.help, one.severity.value, one.pointer, one.about, places]


def _place(place: Place | None) -> list[Any] | None:
    return None if place is None else [place.file, place.line, place.column, place.width]


def _problem_of(said: list[Any]) -> Problem:
    code, message, help, severity, pointer, about, places = said
    first, *related = (None if one is None else Place(*one) for one in places)
    return Problem(
        code,
        message,
        first,
        help,
        Severity(severity),
        pointer,
        related=tuple(one for one in related if one is not None),
        about=Ref(*about),
    )
