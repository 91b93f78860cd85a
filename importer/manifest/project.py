"""The project file ``finzbooks.yaml``: which org is meant, where the state is, and what every document says by default.

Design, section 3. Its sections ``include`` and ``rules`` are refused for now rather than passed over: a project that
relies on them must not be read as though they were not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from importer.manifest.defaults import Defaults, defaults_of, wrong_values
from importer.manifest.levels import did_you_mean
from importer.manifest.places import TreePlaces
from importer.manifest.source import SourceFile, decode
from importer.manifest.yaml_reader import VERSION, read_tree
from importer.model import Problem

SECTIONS: Final = ("version", "org_id", "state", "include", "defaults", "rules", "allow_unverified")
NOT_YET: Final = ("include", "rules")


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says; all of it may be left out."""

    org_id: str = ""
    state: str = ""  # the state file, relative to the project file
    defaults: tuple[Defaults, ...] = ()
    allow_unverified: frozenset[str] = frozenset()


def read_project(source: SourceFile) -> tuple[Project, tuple[Problem, ...]]:
    """The project file in ``source``, and what is wrong with it. A file that says nothing is sound."""
    text, unreadable = decode(source)
    if not text:
        return Project(), tuple(one for one in unreadable if one.code != "empty-file")
    places, found = read_tree(source.name, text)
    if places is None:
        return Project(), tuple(found)
    if not isinstance(places.tree, dict):
        wrong = Problem("not-a-mapping", "a project file is a mapping", places.at(()), f"write {SECTIONS[1]}: ...")
        return Project(), (*found, wrong)
    problems = [*found, *_unknown(places)]
    defaults: tuple[Defaults, ...] = ()
    section = places.below("defaults")
    if section is not None:
        made, wrong_defaults = defaults_of(section)
        defaults = (made,)
        problems.extend((*wrong_defaults, *wrong_values(made)))
    return (
        Project(
            org_id=_text(places, "org_id", problems),
            state=_text(places, "state", problems),
            defaults=defaults,
            allow_unverified=_names(places, problems),
        ),
        tuple(problems),
    )


def _unknown(places: TreePlaces) -> list[Problem]:
    tree = places.tree if isinstance(places.tree, dict) else {}
    problems = []
    for name, value in tree.items():
        at = places.at((name,), of_key=True)
        if name not in SECTIONS:
            message = f"a project file has no section `{name}`"
            problems.append(Problem("unknown-section", message, at, did_you_mean(name, SECTIONS)))
        elif name in NOT_YET:
            message = f"this version of finz-import does not read the section `{name}` yet"
            problems.append(Problem("not-supported-yet", message, at, "remove it, or use a later version"))
        elif name == "version" and value != VERSION:
            message = f"this importer reads version {VERSION} of the project file; `version` is {value!r}"
            problems.append(Problem("bad-version", message, places.at((name,)), f"write `version: {VERSION}`"))
    return problems


def _text(places: TreePlaces, name: str, problems: list[Problem]) -> str:
    value = places.tree.get(name, "") if isinstance(places.tree, dict) else ""
    if isinstance(value, str):
        return value.strip()
    problems.append(Problem("wrong-type", f"`{name}` takes one value", places.at((name,))))
    return ""


def _names(places: TreePlaces, problems: list[Problem]) -> frozenset[str]:
    value = places.tree.get("allow_unverified", []) if isinstance(places.tree, dict) else []
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return frozenset(str(one).strip() for one in value)
    message = "`allow_unverified` takes a list of fields"
    problems.append(
        Problem("wrong-type", message, places.at(("allow_unverified",)), "write `[invoices.line_items.discount]`")
    )
    return frozenset()
