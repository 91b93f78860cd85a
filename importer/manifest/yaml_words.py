"""By which words of the parsers a fault is known, and who can say more of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from importer.manifest import yaml_misplaced as misplaced
from importer.manifest import yaml_signs as signs
from importer.manifest.yaml_lines import Fault, Said, Written

Reader = Callable[[Written, Said], Fault | None]

# Words of both parsers -> who knows what they mean; the first that finds something is heard.
READERS: Final[tuple[tuple[str, Reader], ...]] = (
    ("", signs.a_tab),
    ("cannot start any token", signs.first_sign),
    ("escape", signs.bad_escape),
    ("hexdecimal", signs.bad_escape),  # as libyaml spells it
    ("hexadecimal", signs.bad_escape),
    ("scanning a quoted scalar", signs.open_quote),
    ("scanning an a", signs.first_sign),  # an alias, an anchor
    ("scanning a block scalar", signs.first_sign),
    ("tag", signs.first_sign),
    ("scanning a directive", signs.bad_directive),
    ("could not find expected ':'", misplaced.no_colon),
    ("mapping values are not allowed", misplaced.second_colon),
    ("entries are not allowed", signs.misplaced_dash),
    ("mapping keys are not allowed", signs.misplaced_dash),
    ("parsing a flow node", signs.no_value),
    ("parsing a block node", signs.no_value),
    ("parsing a flow ", signs.in_brackets),
    ("parsing a block ", misplaced.in_a_block),
    ("<document start>", misplaced.further_left),
)
