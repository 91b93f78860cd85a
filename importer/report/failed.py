"""What failed in an apply, as a manifest that can be corrected and applied: the way back into the books."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import Resolver

from importer.kinds import KINDS
from importer.manifest.yaml_nodes import NOT_GIVEN
from importer.model import Document, Ref, Tree
from importer.outcome import Failure, Report, Status

WIDTH: Final = 100  # columns of a comment; a word longer than that stays whole

MARK: Final = "that failed in an apply"  # in the first line: by it a file of ours is known

_INDENT: Final = "  "
_TEXT: Final = "tag:yaml.org,2002:str"
# Read as they stand by every loader of YAML: numbers without leading zeros or exponents, dates, and what JSON has.
_PLAIN: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}|true|false")
# Begins like a number and is none of the above: 0402, 1e5, 12:30, .5, +91. Loaders differ about those.
_LIKE_A_NUMBER: Final = re.compile(r"[-+.0-9]")
# What YAML 1.1 takes for the end of a line (section 5.4), and blanks that editors swallow: in double quotes, escaped.
_ESCAPED: Final = re.compile("[\t\n\r\x85\u2028\u2029]")
# Everything that no YAML text can hold (YAML 1.1, section 5.1), and the byte-order mark.
_UNWRITABLE: Final = re.compile("[^ -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_TYPES: Final = Resolver()  # of YAML 1.1: what `no`, `on`, `=` and `<<` mean elsewhere


def failed_documents(report: Report, documents: Mapping[Ref, Document]) -> list[tuple[Document, list[Failure]]]:
    """The documents of which something failed, in the order of ``documents``, each with every reason once.

    A failed application brings the document that it is of. What was skipped is not among them: nothing is wrong
    with it, and it is sent once what it needs is there.
    """
    reasons: dict[Ref, list[Failure]] = {}
    for outcome in report.outcomes:
        if outcome.status is Status.FAILED:
            found = reasons.setdefault(Ref(outcome.id.kind, outcome.id.key), [])
            failure = outcome.failure
            if failure is not None:
                place = failure.place or outcome.place
                of_part = f"{outcome.id.part}: " if outcome.id.part else ""
                failure = replace(failure, message=of_part + failure.message, place=place)
                if failure not in found:
                    found.append(failure)
    return [(document, reasons[ref]) for ref, document in documents.items() if ref in reasons]


def failed_manifest(
    failed: Sequence[tuple[Document, Sequence[Failure]]],
    *,
    run: str = "",
    when: str = "",
    command: str = "finz-import apply FILE",
) -> str:
    """A YAML manifest of exactly these documents, the reasons above each as comments. Ends with a line feed.

    Sections come in the order of KINDS, documents in the given one. Reading it gives equal fields, defaults merged
    in. Not for texts with control characters, which no manifest can hold. ``run`` and ``when`` (ISO 8601) tell
    where it came from, ``command`` what to do with it.
    """
    lines = list(_header(len(failed), run, when, command))
    for kind in KINDS:
        own = [(document, failures) for document, failures in failed if document.kind == kind]
        if own:
            lines += ["", f"{kind}:", *chain.from_iterable(_entry(*one) for one in own)]
    return "\n".join(lines) + "\n"


def _header(number: int, run: str, when: str, command: str) -> Iterator[str]:
    what = f"{number:,} document{'' if number == 1 else 's'}"
    came = ", ".join(part for part in (f"run {run}" if run else "", when) if part)
    yield from _comment(f"{what} {MARK}{f' ({came})' if came else ''}, each below the reason.")
    yield "# Correct them, then (what was skipped because of them comes with the next apply of the others):"
    yield f"#   {_on_one_line(command)}"  # on one line, to be copied
    yield from _comment(
        "Use the state of that run. Where the files they came from are applied again, correct those as well: "
        "otherwise they differ from what will be in the books."
    )


def _entry(document: Document, failures: Sequence[Failure]) -> Iterator[str]:
    for failure in failures:
        place = failure.place or document.place()
        field = f" (field {failure.field})" if failure.field else ""
        yield from _comment(f"{place.file}:{place.line}: [{failure.code}] {failure.message}{field}", _INDENT)
        if failure.help:
            yield from _comment(f"help: {failure.help}", _INDENT)
    if not failures:
        place = document.place()
        yield from _comment(f"{place.file}:{place.line}: it failed, and nothing was said of why", _INDENT)
    # Every scalar stands on one line, so that its lines can be indented without touching a text.
    for line in written([_key_first(document.fields)]).removesuffix("\n").split("\n"):
        yield _INDENT + line


def _key_first(fields: Mapping[str, Tree]) -> dict[str, Tree]:
    return {"key": fields["key"], **fields}


def _comment(text: str, indent: str = "") -> list[str]:
    """``text`` in comment lines. Whatever it holds, it cannot leave them."""
    begin = f"{indent}# "
    return textwrap.wrap(
        _on_one_line(text),
        WIDTH,
        initial_indent=begin,
        subsequent_indent=begin + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _on_one_line(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


class _Dumper(yaml.BaseDumper):
    """Knows no types, so that a text may stand plain whatever a loader would make of it; ``_style`` decides."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # the emitter's own
        super().increase_indent(flow, False)  # lists further in than the field that holds them


def written(tree: Tree) -> str:
    """``tree`` as YAML in block style, every scalar on one line, such that manifest/ reads the same again."""
    text: str = yaml.serialize(_node(tree), Dumper=_Dumper, allow_unicode=True, width=sys.maxsize)
    return text


def _node(tree: Tree) -> Node:
    if isinstance(tree, str):
        return ScalarNode(_TEXT, tree, style=_style(tree))
    if isinstance(tree, list):
        return SequenceNode("tag:yaml.org,2002:seq", [_node(one) for one in tree], flow_style=False)
    pairs = [(_node(name), _node(value)) for name, value in tree.items()]
    return MappingNode("tag:yaml.org,2002:map", pairs, flow_style=False)


def _style(text: str) -> str | None:
    """How a text is quoted; None leaves it plain if the emitter finds no sign in it that means something in YAML."""
    if _ESCAPED.search(text):
        return '"'
    if _PLAIN.fullmatch(text):
        return None
    if text in NOT_GIVEN or text != text.strip() or _LIKE_A_NUMBER.match(text):
        return "'"
    return None if _type_elsewhere(text) == _TEXT else "'"


def _type_elsewhere(text: str) -> str:
    """The tag that a loader of YAML 1.1 gives a plain text."""
    resolve: Callable[..., str] = _TYPES.resolve  # untyped in the stubs
    return resolve(ScalarNode, text, (True, False))
