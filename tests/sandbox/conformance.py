"""Writes docs/conformance.md: every fact about the API, and the tests that hold the sandbox to it.

Run ``python -m sandbox.conformance`` in the folder tests. The tests are read, not run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from importer.sandbox.switches import Described, described
from sandbox.facts import FACTS, MARKS, UNHELD, Fact
from sandbox.held import Held, held

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"

HEAD: Final = """\
# Conformance of the sandbox

The embedded sandbox stands in for FinzBooks. Below is every known fact about the API that touches contacts, items,
invoices, payments and credit notes, and the tests that hold the sandbox to it. Of bills, debit notes, journals,
estimates, expenses, attachments, comments, recurring documents and webhooks it keeps nothing.

This page is made from the tests, which name the facts they hold; do not edit it, make it anew:

```sh
cd tests && python -m sandbox.conformance
```

| Facts | |
|---|---|
{counts}

The id of a fact begins with its section of the fact sheet; paths of tests are below `tests/sandbox/`. Where a fact is
not documented, the table says which side the sandbox takes; a switch named in brackets has the other sides, see the end
of the page.
"""

SWITCHES_HEAD: Final = """\
## Switches

What nobody knows about FinzBooks, and the ways it may be. The first value is the default.

| Switch | Values | What it decides | Shown by |
|---|---|---|---|
"""


def page(tests: Iterable[Held]) -> str:
    """The page in Markdown."""
    tests = list(tests)
    holders = holders_of(tests)
    parts = [_head(tests)]
    for heading, facts in groupby(FACTS, key=lambda fact: fact.heading):
        rows = [_fact_row(fact, holders[fact.id]) for fact in facts]
        parts.append(f"## {heading}\n\n| Fact | Mark | What it says | Held by |\n|---|---|---|---|\n" + "".join(rows))
    showing = showing_of(tests)
    rows = [_switch_row(switch, [one.test for one in showing[switch.name]]) for switch in described()]
    parts.append(SWITCHES_HEAD + "".join(rows))
    return "\n".join(parts)


def holders_of(tests: Iterable[Held]) -> defaultdict[str, list[str]]:
    """The tests that hold each fact."""
    holders = defaultdict[str, list[str]](list)
    for one in tests:
        for fact in dict.fromkeys(one.facts):
            holders[fact].append(one.test)
    return holders


def showing_of(tests: Iterable[Held]) -> defaultdict[str, list[Held]]:
    """The tests that show what a switch does: they set it, and hold a fact that names it."""
    switches = {fact.id: set(fact.switches) for fact in FACTS}
    showing = defaultdict[str, list[Held]](list)
    for one in tests:
        named = set[str]().union(*(switches.get(fact, set()) for fact in one.facts))
        for name in sorted(named & {name for name, _ in one.settings}):
            showing[name].append(one)
    return showing


def _head(tests: list[Held]) -> str:
    marks = Counter(fact.mark for fact in FACTS)
    counts = {f"{word} ({mark})": marks[mark] for mark, word in MARKS.items()}
    counts["in all"] = len(FACTS)
    counts["held by a test"] = len(FACTS) - len(UNHELD)
    counts["not to be held here, for the reason given"] = len(UNHELD)
    counts["tests that hold at least one"] = sum(bool(one.facts) for one in tests)
    return HEAD.format(counts="".join(_row(what, str(count)) for what, count in counts.items()).rstrip())


def _fact_row(fact: Fact, holders: list[str]) -> str:
    return _row(fact.id, fact.mark, fact.text, UNHELD.get(fact.id) or _list(holders))


def _switch_row(switch: Described, tests: list[str]) -> str:
    values = ", ".join(f"`{value}`" for value in switch.values) or f"`{switch.default}`" * bool(switch.default)
    return _row(f"`{switch.name}`", values or "(empty)", f"{switch.about} ({switch.sheet})", _list(tests))


def _list(tests: Iterable[str]) -> str:
    return "<br>".join(f"`{test}`" for test in tests)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(held()), encoding="utf-8", newline="\n")
