import pytest

from importer.api.secret import HIDDEN, Secret
from importer.errors import REFUSED, Refused


def test_a_token_is_sent_and_never_shown() -> None:
    secret = Secret("aibk_pat_1")
    assert secret.bearer() == "Bearer aibk_pat_1"
    assert "aibk" not in f"{secret} {secret!r} {secret:}"
    assert secret.hide("no aibk_pat_1 here, nor aibk_pat_1") == f"no {HIDDEN} here, nor {HIDDEN}"


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        ("", "no token"),
        ("aibk_pat_1\n", "line break"),
        ("aibk_pat_1\r", "line break"),
        ("aibk pat_1", "blank"),
        ("aibk_pat_\t1", "blank"),
        ("aibk_pat_\u20ac1", "plain ASCII"),
        ("aibk_pat_\x001", "cannot be sent"),
        ("aibk_pat_\udcff1", "plain ASCII"),
    ],
)
def test_a_token_that_no_header_can_hold_is_refused_without_being_shown(token: str, fault: str) -> None:
    with pytest.raises(Refused, match=fault) as info:
        Secret(token)
    assert (info.value.code, info.value.exit_code) == ("no-token", REFUSED)
    assert "aibk" not in f"{info.value} {info.value.help}"
