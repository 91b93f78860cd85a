"""Reads from the tests, without running them, which facts they hold and which switches they set."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.sandbox.switches import NAMES, values_of

FOLDER: Final = Path(__file__).resolve().parent
SETTING: Final = re.compile(r"([a-z_]+)=(.*)")  # as a command line has it
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Held:
    """What one test says it holds, and the switches it sets: name and value, "" for a number or date."""

    test: str  # such as serving/test_replay.py::test_a_repeated_key_gets_the_first_answer
    facts: tuple[str, ...]
    settings: frozenset[tuple[str, str]]


def held(folder: Path = FOLDER) -> list[Held]:
    """Every test below ``folder``, in the order of the files and of their lines."""
    found: list[Held] = []
    for path in sorted(folder.rglob("test_*.py"), key=lambda one: one.relative_to(folder).as_posix()):
        found += _in_module(path.relative_to(folder).as_posix(), ast.parse(path.read_text("utf-8")))
    return found


def _in_module(name: str, module: ast.Module) -> Iterator[Held]:
    known = dict(_definitions(module))
    of_all = tuple(_marks(known["pytestmark"])) if "pytestmark" in known else ()
    for test, node in known.items():
        if not test.startswith(("test_", "Test")):  # the latter: the cases of a state machine
            continue
        decorators = node.decorator_list if isinstance(node, Function) else [node]
        facts = tuple(fact for decorator in decorators for fact in _marks(decorator))
        yield Held(f"{name}::{test}", of_all + facts, frozenset(_settings(_reached(test, known))))


def _definitions(module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """What a module's names stand for: its functions, and the values of its constants."""
    for node in module.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((name.id, node.value) for name in node.targets if isinstance(name, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _marks(node: ast.AST) -> Iterator[str]:
    """The ids of every ``pytest.mark.fact(...)`` in a decorator, also in the ``marks`` of a parameter."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.fact":
            yield from (str(ast.literal_eval(argument)) for argument in call.args)


def _reached(test: str, known: dict[str, ast.AST]) -> list[ast.AST]:
    """The nodes of a test and of what it names in its module, fixtures too."""
    nodes: list[ast.AST] = []
    seen, waiting = {test}, [test]
    while waiting:
        inside = list(ast.walk(known[waiting.pop()]))
        nodes += inside
        named = {node.id for node in inside if isinstance(node, ast.Name)}
        named |= {node.arg for node in inside if isinstance(node, ast.arg)}
        fresh = (named & known.keys()) - seen
        waiting += fresh
        seen |= fresh
    return nodes


def _settings(nodes: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """Each switch with each value that it is given; where that is no literal, the values that stand beside it.

    What is called as a switch and takes none of its values is something else, such as a field of a body.
    """
    words = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    for name, value in _pairs(nodes):
        if name not in NAMES:
            continue
        given = {str(value.value)} if isinstance(value, ast.Constant) else words
        known = values_of(name)
        yield from ((name, word) for word in (given.intersection(known) if known else {""}))


def _pairs(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Whatever may say that a switch is set: ``{name: value}``, ``f(name=value)``, ``(name, value)``, "name=value"."""
    for node in nodes:
        match node:
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, value
            case ast.keyword(arg=str() as name, value=value):
                yield name, value
            case ast.Tuple(elts=[ast.Constant(value=str() as name), value, *_]):
                yield name, value
            case ast.Constant(value=str() as text) if setting := SETTING.fullmatch(text):
                yield setting[1], ast.Constant(setting[2])
