from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from importer.graph import Order, order
from importer.model import Ref


def refs(words: str) -> tuple[Ref, ...]:
    return tuple(Ref("made", word) for word in words.split())


def edges(text: str) -> dict[Ref, tuple[Ref, ...]]:
    """``a: b c, b: c`` means a needs b and c, b needs c."""
    pairs = (part.split(":") for part in text.split(",") if part)
    return {refs(name)[0]: refs(needs) for name, needs in pairs}


def test_what_is_needed_comes_first() -> None:
    assert order(refs("pay inv acme"), edges("pay: inv acme, inv: acme")).sequence == refs("acme inv pay")


def test_within_a_level_the_order_of_the_input_stays() -> None:
    assert order(refs("z b y a"), edges("y: z, b: a")).sequence == refs("z a b y")


def test_what_is_needed_from_outside_is_taken_to_be_there() -> None:
    assert order(refs("inv"), edges("inv: acme")) == Order(refs("inv"))


def test_a_need_named_twice_and_a_document_named_twice_do_no_harm() -> None:
    assert order(refs("a b a"), edges("a: b b")).sequence == refs("b a")


def test_a_loop_is_shown_with_its_first_document_repeated() -> None:
    assert order(refs("a b c"), edges("a: b, b: c, c: a")).cycles == (refs("a b c a"),)


def test_a_document_that_needs_itself_is_a_loop() -> None:
    assert order(refs("a b"), edges("a: a")) == Order(refs("b"), (refs("a a"),))


def test_every_knot_is_reported_and_the_rest_goes_on() -> None:
    found = order(refs("a b x y free user"), edges("a: b, b: a, x: y, y: x, user: a free"))
    assert found.cycles == (refs("a b a"), refs("x y x"))
    assert found.sequence == refs("free")  # user needs a, which can never run


def test_the_shortest_way_round_is_shown() -> None:
    assert order(refs("a b c d"), edges("a: b d, b: c, c: d, d: a")).cycles == (refs("a d a"),)


def test_two_knots_that_hang_together_are_two() -> None:
    assert len(order(refs("a b c d"), edges("a: b c, b: a, c: d, d: c")).cycles) == 2


graphs = st.integers(0, 12).flatmap(
    lambda size: st.tuples(
        st.permutations(range(size)),
        st.sets(st.tuples(st.integers(0, max(size - 1, 0)), st.integers(0, max(size - 1, 0))), max_size=30),
    )
)


@given(graphs)
def test_every_edge_is_respected_and_every_loop_is_real(graph: tuple[list[int], set[tuple[int, int]]]) -> None:
    numbers, pairs = graph
    nodes = [Ref("made", str(number)) for number in numbers]
    needs: dict[Ref, list[Ref]] = {}
    for one, other in sorted(pairs) if nodes else ():
        needs.setdefault(Ref("made", str(one)), []).append(Ref("made", str(other)))
    found = order(nodes, needs)
    position = {ref: at for at, ref in enumerate(found.sequence)}
    assert len(position) == len(found.sequence)
    for ref in found.sequence:
        assert all(position[need] < position[ref] for need in needs.get(ref, ()))
    for loop in found.cycles:
        assert loop[0] == loop[-1]
        assert len(set(loop)) == len(loop) - 1 >= 1
        assert all(after in needs[before] for before, after in pairwise(loop))
        assert not set(loop) & set(position)
    assert bool(found.cycles) == (len(found.sequence) < len(nodes))
    in_loops = {ref for loop in found.cycles for ref in loop}
    assert len(in_loops) == sum(len(loop) - 1 for loop in found.cycles)  # one loop a knot: none is told twice
    assert found == order(nodes, needs)


def test_a_hundred_thousand_documents_take_no_time_worth_naming() -> None:
    nodes = [Ref("made", str(at)) for at in range(100_000)]
    chain = {one: (other,) for one, other in pairwise(nodes)}
    started = time.perf_counter()
    assert order(nodes, chain).sequence == tuple(reversed(nodes))
    ring = order(nodes, {**chain, nodes[-1]: (nodes[0],)})
    assert len(ring.cycles[0]) == 100_001  # and no recursion that such a ring would break
    assert time.perf_counter() - started < 10  # seconds; one is usual, and quadratic work would take an hour
