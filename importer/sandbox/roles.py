"""Under which of an org's accounts the sandbox posts: found by type and name, each account in one role at most.

The API does not say which account plays which role, and account types are open-ended (fact sheet, section 13). So only
what type and name leave no doubt of is taken: an account that is not found is better made than wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol


class Named(Protocol):
    """What is looked at of an account."""

    @property
    def id(self) -> str: ...

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def account_type(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """How an account of one role is known. Names are compared in lower case, with blanks between their words."""

    role: str
    types: tuple[str, ...]  # the first is the likeliest
    words: str  # a pattern that its name matches
    never: str = r"(?!)"  # a pattern that its name does not match
    best: str = r"(?!)"  # a pattern that tells it from others that match as well
    alone: bool = False  # the only account of the first type has the role, whatever its name


_INPUT: Final = r"\binputs?\b|\bitc\b|\brcm\b|reverse charge|receivable"
_EXPENSE: Final = ("EXPENSE", "OTHER_EXPENSE")
_EITHER: Final = ("OTHER_EXPENSE", "EXPENSE", "OTHER_INCOME", "INCOME")

# The narrower rules come first: "Sales Returns" is not the account of sales.
RULES: Final = (
    Rule("receivable", ("ACCOUNTS_RECEIVABLE",), r"receivable|debtor|customer", alone=True),
    Rule("payable", ("ACCOUNTS_PAYABLE",), r"payable|creditor|vendor|supplier", alone=True),
    Rule("tds", ("TDS_ASSET",), r"\btds\b", alone=True),
    Rule("tds_payable", ("TDS_LIABILITY",), r"\btds\b", alone=True),
    Rule("input_gst", ("GST_ASSET",), r"\binput (gst|tax|credit)\b|\bitc\b", r"cgst|sgst|igst|cess", alone=True),
    Rule("cgst", ("GST_LIABILITY",), r"cgst", _INPUT, r"output|payable"),
    Rule("sgst", ("GST_LIABILITY",), r"sgst|utgst", _INPUT, r"output|payable"),
    Rule("igst", ("GST_LIABILITY",), r"igst", _INPUT, r"output|payable"),
    Rule("cess", ("GST_LIABILITY",), r"\bcess\b", _INPUT, r"output|payable"),
    Rule(
        "returns",
        ("SALES", "INCOME", "OTHER_INCOME", "EXPENSE"),
        r"\b(sales?|customer) returns?\b|\breturns? inwards?\b|\bcredit notes?\b",
        r"purchase",
    ),
    Rule(
        "purchase_returns",
        ("COST_OF_GOODS_SOLD", "EXPENSE", "OTHER_INCOME"),
        r"\bpurchases? returns?\b|\breturns? outwards?\b",
    ),
    Rule(
        "shipping",
        ("OTHER_INCOME", "INCOME", "SALES"),
        r"\bshipping\b|\bfreight\b|\bdelivery charges?\b",
        r"inwards?|purchase",
    ),
    Rule(
        "round_off", (*_EITHER, "SALES"), r"\bround(ed|ing|s)? ?offs?\b|\broundings?\b|\broundoff\b", best="^round off$"
    ),
    Rule(
        "exchange",
        _EITHER,
        r"\b(exchange|forex|fx|currency)\b.*\b(gain|loss|differences?|fluctuations?)\b",
        r"unrealised|unrealized|stock",
    ),
    Rule("adjustment", ("OTHER_INCOME", "OTHER_EXPENSE", "INCOME", "EXPENSE"), r"\badjustments?\b", r"stock|inventory"),
    Rule("charges", _EXPENSE, r"\bbank (charges?|fees?)\b"),
    Rule("opening", ("EQUITY", "RETAINED_EARNINGS"), r"\bopening balance"),
    Rule(
        "sales",
        ("SALES", "INCOME"),
        r"\bsales?\b",
        r"returns?|discounts?|allowance|credit notes?|asset",
        best=r"^sales( account)?s?$",
        alone=True,
    ),
)


def find_roles(accounts: Sequence[Named]) -> dict[str, str]:
    """Role -> id of the account that has it; a role that no account has is not there."""
    found: dict[str, str] = {}
    for rule in RULES:
        free = [one for one in accounts if one.id not in found.values()]
        if chosen := _choose(rule, free):
            found[rule.role] = chosen.id
    return found


def _choose(rule: Rule, accounts: Sequence[Named]) -> Named | None:
    fitting = [one for one in accounts if _fits(rule, one)]
    if not fitting and rule.alone:
        sole = [one for one in accounts if one.account_type == rule.types[0] and not _says(rule.never, one)]
        return sole[0] if len(sole) == 1 else None
    return min(fitting, key=lambda one: _rank(rule, one), default=None)


def _fits(rule: Rule, account: Named) -> bool:
    return account.account_type in rule.types and _says(rule.words, account) and not _says(rule.never, account)


def _rank(rule: Rule, account: Named) -> tuple[int, bool, int, str, str]:
    """Lower is better: the likelier type, the telling name, the plainer name; then whatever is the same each time."""
    kind = rule.types.index(account.account_type)
    return kind, not _says(rule.best, account), len(account.name), account.code, account.id


def _says(pattern: str, account: Named) -> bool:
    return re.search(pattern, plain(account.name)) is not None


def plain(name: str) -> str:
    """Lower case, and a single blank for all that is neither letter nor digit."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))
