"""The rules of the house, read from the code itself: who may import whom, and what stands where (design, section 2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from importer.kinds import KINDS

ROOT = Path(__file__).resolve().parents[1] / "importer"

# An arrow only ever points down this list. What shares a line does not see each other.
FLOORS = (
    ("__main__",),
    ("cli",),
    ("apply",),
    ("report",),
    ("outcome",),
    ("plan",),
    ("delivery",),
    ("graph_view",),
    ("project_schema",),
    ("checks",),
    ("manifest",),
    ("graph",),
    ("manifest_schema",),
    ("editor_help",),
    ("schema",),
    ("kinds",),
    ("money",),
    ("api", "state", "sandbox"),
    ("errors", "explained"),
    ("model",),
    ("",),  # importer/__init__.py: the version
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# Library -> the only places that may know it.
BORDERS = {
    "click": ("importer.cli.",),
    "httpx": ("importer.api.transport",),
    "sqlite3": ("importer.state.", "importer.sandbox."),
    "tqdm": ("importer.cli.",),
    "filelock": ("importer.state.",),
    "yaml": ("importer.manifest.", "importer.report.failed"),
    "jsonschema": ("importer.manifest.",),
    "jsonschema_rs": ("importer.manifest.",),
    "starlette": ("importer.sandbox.",),
    "uvicorn": ("importer.sandbox.",),
    "asyncio": ("importer.api.", "importer.apply.", "importer.cli.", "importer.sandbox."),
}


def name_of(path: Path) -> str:
    parts = ("importer", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


FILES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text("utf-8"))


def room(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


@cache
def imports(module: str) -> frozenset[str]:
    """Every module that ``module`` names in an import, wherever that stands; those of ours down to the file."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            source = node.module or ""
            inner = {f"{source}.{alias.name}" for alias in node.names}
            found.update(inner & set(FILES))
            if not inner <= set(FILES):
                found.add(source)
    return frozenset(found)


def ours(module: str) -> Iterator[str]:
    return (one for one in sorted(imports(module)) if one.partition(".")[0] == "importer")


def test_every_room_has_a_floor() -> None:
    assert {room(module) for module in FILES} == set(FLOOR)


@pytest.mark.parametrize("module", FILES)
def test_an_arrow_only_ever_points_down(module: str) -> None:
    own = room(module)
    up = [
        other
        for other in ours(module)
        if room(other) != own and FLOOR[room(other)] <= FLOOR[own] and not (own == "cli" and room(other) == "sandbox")
    ]
    assert not up


def test_the_sandbox_imports_nothing_of_the_importer() -> None:
    inside = [module for module in FILES if room(module) == "sandbox"]
    assert len(inside) > 20
    assert {room(other) for module in inside for other in ours(module)} == {"sandbox"}


def test_only_the_command_knows_the_sandbox() -> None:
    assert {room(module) for module in FILES if any(room(one) == "sandbox" for one in ours(module))} == {
        "sandbox",
        "cli",
    }


# The sandbox's own floors, from the top; what stands beside them is below all.
SANDBOX = ("serving", "resources", "ledger", "")


def floor_of_sandbox(module: str) -> int:
    """Its number in SANDBOX."""
    part = module.removeprefix("importer.sandbox").lstrip(".").partition(".")[0]
    return SANDBOX.index(part if part in SANDBOX else "")


@pytest.mark.parametrize("module", [module for module in FILES if room(module) == "sandbox"])
def test_an_arrow_within_the_sandbox_points_down_too(module: str) -> None:
    assert not [other for other in ours(module) if floor_of_sandbox(other) < floor_of_sandbox(module)]


@pytest.mark.parametrize("library", BORDERS)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    users = [module for module in FILES if any(one.partition(".")[0] == library for one in imports(module))]
    assert users
    assert not [module for module in users if not f"{module}.".startswith(BORDERS[library])]


def test_no_modules_import_each_other_in_a_ring() -> None:
    graph = {module: {other for other in ours(module) if other in FILES and other != module} for module in FILES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None


NAMES = {name for kind in KINDS.values() for name in (kind.name, kind.singular)}


@pytest.mark.parametrize("module", [module for module in FILES if room(module) not in ("kinds", "sandbox")])
def test_no_comparison_asks_which_kind_it_has(module: str) -> None:
    asked = [node.lineno for node in ast.walk(tree(module)) if isinstance(node, ast.expr) and asks_for_a_kind(node)]
    assert not asked


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("kind == 'invoices'", True),
        ("'payment' != kind.singular", True),
        ("kind in ('invoices', 'bills')", True),
        ("kind in ('items',)", True),
        ("kind == 'items'", True),
        ("'items' in schema", False),
        ("name not in ('items', 'minItems', 'type')", False),
        ("kind.name == other.name", False),
    ],
)
def test_the_search_for_such_comparisons_finds_them(code: str, found: bool) -> None:
    assert asks_for_a_kind(ast.parse(code, mode="eval").body) is found


def asks_for_a_kind(node: ast.expr) -> bool:
    """Whether ``node`` compares something with the name of a kind. ``items`` is a keyword of JSON Schema as well."""
    if not isinstance(node, ast.Compare):
        return False
    if isinstance(node.ops[0], ast.In | ast.NotIn) and words(node.left) == {"items"}:
        return False
    found = [words(operand) for operand in (node.left, *node.comparators)]
    return any(one & (NAMES - {"items"}) or (one and one <= NAMES) for one in found)


def words(operand: ast.expr) -> set[object]:
    """The constants that stand in ``operand``, itself or as the elements of a literal."""
    elements = operand.elts if isinstance(operand, ast.Tuple | ast.List | ast.Set) else [operand]
    return {one.value for one in elements if isinstance(one, ast.Constant)}


@pytest.mark.parametrize("module", [module for module in FILES if room(module) not in ("kinds", "sandbox")])
def test_no_match_asks_which_kind_it_has(module: str) -> None:
    patterns = [node for node in ast.walk(tree(module)) if isinstance(node, ast.MatchValue)]
    assert not [node.lineno for node in patterns if words(node.value) & NAMES]


@pytest.mark.parametrize("module", [one for one in FILES if room(one) in ("money", "checks", "plan", "delivery")])
def test_no_float_comes_near_an_amount(module: str) -> None:
    floats = [
        f"{FILES[module].name}:{node.lineno}"
        for node in ast.walk(tree(module))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]
    assert not floats


@pytest.mark.parametrize("module", FILES)
def test_files_are_opened_with_an_encoding(module: str) -> None:
    """Without one, the machine's own is taken: another on each of them."""
    bare = []
    for node in ast.walk(tree(module)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        named = {keyword.arg for keyword in node.keywords}
        if node.func.attr == "read_text" and not node.args and "encoding" not in named:
            bare.append(node.lineno)
        if node.func.attr == "write_text" and len(node.args) < 2 and "encoding" not in named:
            bare.append(node.lineno)
    assert not bare


@pytest.mark.parametrize("module", FILES)
def test_a_module_says_what_it_is_for_and_is_not_too_long(module: str) -> None:
    text = FILES[module].read_text("utf-8")
    assert ast.get_docstring(tree(module))
    assert len(text.splitlines()) <= 300
