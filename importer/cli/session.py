"""Whom a run talks to: the live API or the embedded sandbox, and whether it is the org that is meant."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from importer import __version__
from importer.api.client import Client
from importer.api.clock import Clock, RealClock
from importer.errors import Refused, WrongUsage

BASE_URL: Final = "https://api.finzbooks.com/api/public/v1"
PER_MINUTE: Final = {"DEFAULT": 600, "PARTNER": 3000}  # fact sheet, section 7
TIMEOUT: Final = 30.0  # seconds
IN_FLIGHT: Final = 16  # calls (design, section 7)
MOST_IN_FLIGHT: Final = 64


@dataclass(frozen=True, slots=True)
class Session:
    """An open line to one org."""

    client: Client
    clock: Clock
    org_id: str
    token_id: str
    per_minute: int
    timeout: float  # seconds after which an answer counts as lost
    sandbox: bool
    in_flight: int = IN_FLIGHT  # calls under way at a time

    @property
    def named(self) -> str:
        """Where it writes to, in words for a person."""
        return "the sandbox" if self.sandbox else f"organisation {self.org_id}"


@dataclass(frozen=True, slots=True)
class Rails:
    """What names the org that is meant. Empty where it says nothing."""

    environment: str
    project: str
    state: str

    @property
    def named(self) -> str:
        """The org to ask for, where a token may use several."""
        return self.environment or self.project


def check_org(answered: str | None, rails: Rails, *, sandbox: bool = False) -> str:
    """The org of this run. Raises Refused when it is not known, or is another one than was meant."""
    org = answered or rails.named
    if not org:
        raise Refused(
            "org-needed",
            "The token may use several organisations, and none was named.",
            "Set FINZBOOKS_ORG_ID to the id of the one that is meant.",
        )
    places = (
        (rails.environment, "FINZBOOKS_ORG_ID"),
        (rails.project, "finzbooks.yaml"),
        (rails.state, "the state file"),
    )
    for meant, where in places:
        if meant and meant != org and sandbox:
            raise Refused(
                "wrong-org",
                "The sandbox's books were made anew since this state was kept.",
                "To begin the rehearsal again: finz-import sandbox reset (with --books and the folder of this run, "
                "or --state and the file, where it has one of them).",
            )
        if meant and meant != org:
            raise Refused(
                "wrong-org",
                f"The token belongs to organisation {org}, and {where} names {meant}.",
                f"Use the token of {meant}, or correct {where}.",
            )
    return org


def check_named(rails: Rails) -> None:
    """A run that asks nobody must have been told the org. Raises Refused."""
    if not rails.named and not rails.state:
        raise Refused(
            "org-not-named",
            "With --yes nobody looks at the organisation before it is written to, and nothing names it.",
            "Set FINZBOOKS_ORG_ID, or org_id in finzbooks.yaml, to the id of the organisation that is meant.",
        )


@asynccontextmanager
async def live(environment: Mapping[str, str], rails: Rails) -> AsyncIterator[Session]:
    """The API at FINZBOOKS_BASE_URL with FINZBOOKS_TOKEN. Raises Refused."""
    clock, timeout, in_flight = RealClock(), timeout_of(environment), in_flight_of(environment)
    token = token_of(environment)
    if token in rails.named:
        # It would travel in the address of each call, which servers and proxies write down.
        where = "FINZBOOKS_ORG_ID" if rails.environment else "org_id of finzbooks.yaml"
        raise Refused("wrong-org", f"{where} holds the token.", "Set it to the id of the organisation.")
    client = Client(
        environment.get("FINZBOOKS_BASE_URL", "").strip() or BASE_URL,
        token,
        clock=clock,
        organization_id=rails.named or None,
        timeout=timeout,
        in_flight=in_flight,
        user_agent=f"finzbooks-importer/{__version__}",
    )
    async with client:
        yield replace(await _open(client, clock, rails, timeout, sandbox=False), in_flight=in_flight)


@asynccontextmanager
async def sandboxed(base: Path, rails: Rails) -> AsyncIterator[Session]:
    """The embedded FinzBooks, its books in ``base/.finzbooks/sandbox.db``, on a clock that waits for nobody."""
    try:
        from importer.cli.embedded import embedded
    except ImportError as error:
        raise Refused(
            "sandbox-missing",
            "The embedded FinzBooks is not installed.",
            "Install it with: pip install 'finzbooks-importer[sandbox]'",
        ) from error
    with embedded(base) as (transport, clock, token):
        client = Client("http://sandbox.invalid/api/public/v1", token, clock=clock, transport=transport)
        async with client:
            yield await _open(client, clock, rails, TIMEOUT, sandbox=True)


async def _open(client: Client, clock: Clock, rails: Rails, patience: float, *, sandbox: bool) -> Session:
    who = await client.whoami()
    org = check_org(who.org_id, rails, sandbox=sandbox)
    per_minute = PER_MINUTE.get(who.tier, PER_MINUTE["DEFAULT"])
    return Session(client, clock, org, who.token_id, per_minute, patience, sandbox)


def rails_of(environment: Mapping[str, str], project_org: str, state_org: str, *, sandbox: bool) -> Rails:
    """The sandbox has an org of its own, which neither the environment nor the project names."""
    if sandbox:
        return Rails("", "", state_org)
    return Rails(environment.get("FINZBOOKS_ORG_ID", "").strip(), project_org, state_org)


def token_of(environment: Mapping[str, str]) -> str:
    token = environment.get("FINZBOOKS_TOKEN", "").strip()
    if not token:
        raise Refused(
            "no-token",
            "No token is given.",
            "Set FINZBOOKS_TOKEN to a personal access token, or use --sandbox to try without one.",
        )
    return token


def timeout_of(environment: Mapping[str, str]) -> float:
    """Seconds before an answer counts as lost, from 1 to 600. Raises WrongUsage for anything else."""
    return float(_whole(environment, "FINZBOOKS_TIMEOUT", int(TIMEOUT), 600, "whole seconds"))


def in_flight_of(environment: Mapping[str, str]) -> int:
    """Calls that may be under way at a time, from 1 to 64. Raises WrongUsage for anything else."""
    return _whole(environment, "FINZBOOKS_IN_FLIGHT", IN_FLIGHT, MOST_IN_FLIGHT, "a whole number")


def _whole(environment: Mapping[str, str], name: str, default: int, most: int, what: str) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise WrongUsage(f'{name} is "{text}".', f"Set it to {what} from 1 to {most}, or leave it out.")
    return int(text)


def environment() -> Mapping[str, str]:
    return os.environ
