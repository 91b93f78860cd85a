"""The project file ``finzbooks.yaml``: which org and files are meant, where the state is, what holds for all documents.

Design, section 3. It is checked by its own schema, schemas/project.schema.json; ``defaults`` by the schemas of the
kinds, as in a manifest. Nothing in it is passed over: a project must not be read as though part of it were not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from importer import schema
from importer.manifest.conform import validator
from importer.manifest.defaults import Defaults, defaults_of, wrong_values
from importer.manifest.include import Include, not_portable
from importer.manifest.levels import did_you_mean, shown
from importer.manifest.places import TreePlaces
from importer.manifest.project_events import empty, look_over, pointer_of
from importer.manifest.source import SourceFile, decode
from importer.manifest.wording import Words, not_allowed, wrong_form
from importer.manifest.yaml_reader import VERSION, read_tree
from importer.model import Path, Problem, Severity, Tree

SCHEMA: Final = "project"
# What a rule may be, as the section writes it; None leaves it out of the run.
LEVELS: Final[Mapping[str, Severity | None]] = {**{one.value: one for one in Severity}, "off": None}
# What people write for `off` and for its contrary; YAML 1.1 takes the first three of each for the same two values.
_OFF: Final = frozenset(("no", "false", "n", "none", "never", "disable", "disabled", "ignore", "0"))
_ON: Final = frozenset(("yes", "true", "on", "y", "default", "enable", "enabled", "1"))
_LISTED: Final = f"write one of {', '.join(LEVELS)}"
# A name without a value is not given, as in a manifest; but nobody writes one of these without meaning something.
NEVER_EMPTY: Final = ("org_id", "state")


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says; all of it may be left out."""

    org_id: str = ""
    state: str = ""  # the state file, relative to the project file
    include: tuple[Include, ...] = ()  # empty: everything below the project's folder
    defaults: tuple[Defaults, ...] = ()
    rules: Mapping[str, Severity | None] = field(default_factory=dict)  # id of a rule -> its level; None: left out
    allow_unverified: frozenset[str] = frozenset()


def read_project(source: SourceFile) -> tuple[Project, tuple[Problem, ...]]:
    """The project file in ``source``, and what is wrong with it. A file that says nothing is sound.

    What is wrong is left out of the project, so nobody may go on with it when there are errors.
    """
    text, unreadable = decode(source)
    if not text:
        return Project(), tuple(one for one in unreadable if one.code != "empty-file")
    places, found = read_tree(source.name, text)
    if places is None:
        return Project(), tuple(found)
    if not isinstance(places.tree, dict):
        wrong = Problem("not-a-mapping", "a project file is a mapping", places.at(()), "write org_id: ...")
        return Project(), (*found, wrong)
    problems = [*found, *_wrong(places, places.tree)]
    if all(one.code == "unknown-field" for one in found):  # else the events may end in the middle
        over = tuple(look_over(places.lines, text, _empty_words))
        # A rule without a level was taken for a field, of which there is none of that name.
        known = {one.place for one in over}
        problems = [*(one for one in problems if one.place not in known), *over]
    section = places.below("defaults")
    defaults: tuple[Defaults, ...] = ()
    if section is not None:
        made, wrong_defaults = defaults_of(section)
        defaults = (made,)
        problems.extend((*wrong_defaults, *wrong_values(made)))
    problems.sort(key=lambda one: (one.place.line, one.place.column) if one.place else (0, 0))
    return _taken(places, places.tree, defaults), tuple(problems)


def _taken(places: TreePlaces, tree: Mapping[str, Tree], defaults: tuple[Defaults, ...]) -> Project:
    """What of the file is sound."""
    entries = ((("include", at), text) for at, text in enumerate(_texts(tree.get("include"))))
    rules = tree.get("rules")
    levels = rules.items() if isinstance(rules, dict) else ()
    return Project(
        org_id=next(_texts([tree.get("org_id", "")]), "").strip(),
        state=next(_texts([tree.get("state", "")]), "").strip(),
        include=tuple(Include(text, places.at(at)) for at, text in entries if not_portable(text) is None),
        defaults=defaults,
        rules={name: LEVELS[level] for name, level in levels if isinstance(level, str) and level in LEVELS},
        allow_unverified=frozenset(text.strip() for text in _texts(tree.get("allow_unverified"))),
    )


def _texts(value: Tree | None) -> Iterator[str]:
    return (one for one in value if isinstance(one, str)) if isinstance(value, list) else iter(())


def _wrong(places: TreePlaces, tree: Mapping[str, Tree]) -> Iterator[Problem]:
    """What the schema refuses, but for ``defaults``, and entries of ``include`` that no pattern can tell."""
    told: set[Path] = set()
    faults = dict.fromkeys(one for one in validator(SCHEMA)(tree) if one.path[:1] != ("defaults",))
    for path, keyword in sorted(faults, key=lambda one: one.keyword == "pattern"):
        if keyword == "additionalProperties":
            yield from _unknown(places, tree, path)
        elif path not in told:
            told.add(path)
            yield _problem(places, path, _words(path, keyword, _at(tree, path)))
    for at, text in enumerate(_texts(tree.get("include"))):
        words = not_portable(text)
        if words is not None and ("include", at) not in told:
            yield _problem(places, ("include", at), words)


def _words(path: Path, keyword: str, value: Any) -> Words:
    name, node = str(path[0]), _node(path)
    if path == ("version",):
        seen = shown(value) if isinstance(value, str) else "no number"
        message = f"this importer reads version {VERSION} of the project file; `version` is {seen}"
        return Words("bad-version", message, f"write `version: {VERSION}`")
    if path[0] == "rules" and len(path) == 2:
        name = str(path[1])
        if not isinstance(value, str):
            return Words("wrong-type", f"`{name}` takes one word", _LISTED)
        return _not_a_level(name, value)
    form = wrong_form(name, node, value)
    if form is not None:
        return form
    if keyword in ("pattern", "minLength") and not value.strip():
        return empty(name)
    return (not_portable(value) if path[0] == "include" and keyword == "pattern" else None) or not_allowed(
        name, node, keyword, value
    )


def _not_a_level(name: str, value: str) -> Words:
    word = value.strip().lower()
    help = did_you_mean(word, LEVELS, _LISTED)
    if word in _OFF:
        help = "did you mean `off`?"
    elif word in _ON:
        help = f"leave `{name}` out, and it has its own level; or {_LISTED}"
    return Words("not-one-of", f"`{name}` cannot be {shown(value)}", help)


def _empty_words(path: Path) -> Words | None:
    """Words for a name without a value, where nobody writes it without meaning something."""
    name = str(path[-1])
    if len(path) == 1:
        return empty(name) if name in NEVER_EMPTY else None
    if path[0] != "rules":
        return None
    known = _node(("rules",))["properties"]
    return Words("too-short", f"`{name}` has no level", _LISTED) if name in known else _no_rule(name)


def _unknown(places: TreePlaces, tree: Mapping[str, Tree], path: Path) -> Iterator[Problem]:
    """Names that the object at ``path`` does not have."""
    known = tuple(_node(path)["properties"])
    for name in _at(tree, path):
        if name not in known:
            yield _problem(places, (*path, name), _unknown_words(name, known, path), of_key=True)


def _unknown_words(name: str, known: tuple[str, ...], path: Path) -> Words:
    seen = shown(name)[1:-1]
    if not path:
        help = did_you_mean(name, known, f"its sections are {', '.join(known)}")
        return Words("unknown-section", f"a project file has no section `{seen}`", help)
    return _no_rule(name)


def _no_rule(name: str) -> Words:
    """Words for a name of ``rules`` that has no levels."""
    node, rule, seen = _node(("rules",)), name.strip().upper(), shown(name)[1:-1]
    known = tuple(node["properties"])
    listed = f"the rules are {', '.join(known)}"
    if rule in node["x-not-applied"]:
        message = f"the rule `{rule}` is not applied, so there is nothing to be switched"
        return Words("not-switchable", message, f"take it out. {node['x-not-applied'][rule]}")
    if rule in node["x-by-contract"]:
        message = f"`{rule}` is part of the contract and cannot be switched"
        return Words("not-switchable", message, f"take it out. {node['x-by-contract'][rule]}")
    if "-" in name:  # so are the codes of the contract written, and no id of a rule
        return Words("not-switchable", f"`{seen}` is part of the contract and cannot be switched", listed)
    near = did_you_mean(name, known)
    return Words("unknown-rule", f"there is no rule `{seen}` to be switched", f"{near} {listed}" if near else listed)


def _problem(places: TreePlaces, path: Path, words: Words, *, of_key: bool = False) -> Problem:
    return Problem(words.code, words.message, places.at(path, of_key=of_key), words.help, pointer=pointer_of(path))


def _node(path: Path) -> Mapping[str, Any]:
    node: Mapping[str, Any] = schema.raw(SCHEMA)
    for step in path:
        node = node["items"] if isinstance(step, int) else node["properties"][step]
    return node


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree
