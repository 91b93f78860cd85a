from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks.gst_rates import PERIODS, ended, ever_in_force, in_force, rates_told

D = Decimal


@pytest.mark.parametrize(
    ("rate", "day", "fine"),
    [
        ("18", "2017-07-01", True),
        ("18", "2017-06-30", False),
        ("12", "2025-09-21", True),
        ("12", "2025-09-22", False),
        ("28", "2025-09-21", True),
        ("28", "2025-09-22", False),
        ("40", "2025-09-21", False),
        ("40", "2025-09-22", True),
        ("40", "2026-02-01", True),
        ("5.00", "2026-05-19", True),
        ("0", "2026-05-19", True),
        ("0.25", "2026-05-19", True),
        ("7.5", "2018-01-01", True),
        ("17.99", "2024-01-01", False),
        ("9", "2024-01-01", False),
    ],
)
def test_a_rate_is_in_force_from_a_day_to_a_day(rate: str, day: str, fine: bool) -> None:
    assert in_force(D(rate), date.fromisoformat(day)) is fine


@pytest.mark.parametrize(
    ("rate", "hsn", "day", "fine"),
    [
        ("12", "69041000", "2026-05-19", True),
        ("12", "6904", "2026-05-19", True),  # as a small seller writes it
        ("12", "6815", "2026-05-19", True),
        ("12", "68159910", "2026-05-19", True),
        ("12", "69049000", "2026-05-19", False),
        ("12", "0402", "2026-05-19", False),
        ("28", "24022090", "2026-01-31", True),
        ("28", "24022090", "2026-02-01", False),
        ("28", "21069020", "2025-09-22", True),
        ("28", "87032291", "2025-09-22", False),
        ("28", "", "2025-09-22", False),
    ],
)
def test_a_few_goods_kept_an_old_rate(rate: str, hsn: str, day: str, fine: bool) -> None:
    assert in_force(D(rate), date.fromisoformat(day), hsn) is fine


def test_what_was_ever_in_force_was_so_up_to_a_day() -> None:
    assert ever_in_force(D(28), date(2030, 1, 1))
    assert ever_in_force(D(40), date(2025, 9, 22))
    assert not ever_in_force(D(40), date(2025, 9, 21))
    assert not ever_in_force(D(13), date(2030, 1, 1))


def test_the_end_of_a_rate_is_known() -> None:
    assert ended(D(12), date(2026, 5, 19)) == date(2025, 9, 22)
    assert ended(D(12), date(2025, 9, 21)) is None
    assert ended(D(18), date(2026, 5, 19)) is None


def test_the_periods_follow_each_other() -> None:
    starts = [period.start for period in PERIODS]
    assert starts == sorted(set(starts))


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("GST 18%", ["18"]),
        ("GST18", ["18"]),
        ("GST @ 18 %", ["18"]),
        ("GST-18%", ["18"]),
        ("gst_5", ["5"]),
        ("18% GST", ["18"]),
        ("IGST 0.25 %", ["0.25"]),
        ("Output IGST 18%", ["18"]),
        ("GST 28% + Cess 12%", ["28"]),
        ("CGST 9% + SGST 9%", ["18"]),
        ("9% CGST + 9% SGST", ["18"]),
        ("GST 18% (CGST 9% + SGST 9%)", ["18"]),
        ("CGST 2.5%", ["5.0"]),
        ("UTGST 14%", ["28"]),
        ("CGST/SGST 9%", ["18", "9"]),
        ("CGST+SGST 18%", ["36", "18"]),
        ("GST 12% / 18%", []),
        ("GST 18% 2025-26", ["18"]),
        ("GST 2025-26", []),
        ("GST 1800", []),
        ("GST Cess 12%", []),
        ("GST TDS 2%", []),
        ("TDS GST 2%", []),
        ("VAT 20%", []),
        ("18%", []),
        ("Exempt", []),
        ("GST", []),
        ("", []),
        ("GST 18%" + " " * 300, []),
    ],
)
def test_a_name_tells_its_rate_or_nothing(name: str, rates: list[str]) -> None:
    assert rates_told(name) == tuple(map(D, rates))


@given(st.decimals(0, 40, places=2), st.sampled_from(["GST {}%", "IGST {} %", "GST@{}", "{}% GST"]))
def test_whatever_rate_a_plain_name_has_is_what_is_told(rate: Decimal, form: str) -> None:
    assert rates_told(form.format(rate)) == (rate,)


@given(st.text(max_size=60))
def test_no_name_breaks_the_reading(name: str) -> None:
    assert all(rate >= 0 for rate in rates_told(f"GST {name}"))
