"""Every error of the importer, as one tree, and the one table of exit codes.

ImporterError
|-- InvalidInput          the input has problems; nothing was sent
|-- WrongUsage            the command line makes no sense
|-- Refused               the run may not start: wrong org, locked state, no token, no server ...
`-- ApiError              a call did not bring what it should; carries the call
    |-- NotSent           the connection was never made: certainly not done
    |-- Lost              sent, or perhaps sent, and no answer came: may have been done
    |-- ServerFault       a 5xx: may have been done
    |-- Garbled           an answer that is not a documented envelope: may have been done
    |-- InProgress        409 idempotency.in_progress, still so after all tries
    |-- TooManyRequests   429, still so after all tries
    `-- Rejected          a final 4xx: not done, and remembered by the server for a day
        `-- TokenRejected 401, or a 403 that speaks of the token or the org
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from importer.model import Problem

DONE: Final = 0
INPUT: Final = 1
USAGE: Final = 2
PENDING: Final = 3
PARTIAL: Final = 4
REFUSED: Final = 5
BUG: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells report it

# Stable code -> exit code. Codes of problems in the input are many and all mean INPUT; these are the others.
EXIT_CODES: Final[dict[str, int]] = {
    "invalid-input": INPUT,
    "plan-conflicts": INPUT,
    "usage": USAGE,
    "no-state-place": USAGE,
    "several-projects": USAGE,
    "wrong-org": REFUSED,
    "org-not-named": REFUSED,
    "org-needed": REFUSED,
    "no-token": REFUSED,
    "token-rejected": REFUSED,
    "no-server": REFUSED,
    "bad-base-url": REFUSED,
    "not-finzbooks": REFUSED,
    "lookup-failed": REFUSED,
    "state-locked": REFUSED,
    "state-not-ours": REFUSED,
    "state-too-new": REFUSED,
    "state-damaged": REFUSED,
    "state-unwritable": REFUSED,
    "state-moved": REFUSED,
    "no-state": REFUSED,
    "no-such-key": REFUSED,
    "not-confirmed": REFUSED,
    "key-taken": REFUSED,
    "not-in-books": REFUSED,
    "not-alike": REFUSED,
    "no-entry": REFUSED,
    "open-intents": REFUSED,
    "state-in-use": REFUSED,
    "bad-export": INPUT,
    "plan-unreadable": REFUSED,
    "plan-unwritable": REFUSED,
    "failed-unwritable": PARTIAL,
    "plan-other-version": REFUSED,
    "plan-other-org": REFUSED,
    "plan-other-state": REFUSED,
    "plan-other-documents": REFUSED,
    "plan-other-books": REFUSED,
    "plan-of-sandbox": REFUSED,
    "plan-done": REFUSED,
    "plan-open-intents": REFUSED,
    "sandbox-missing": REFUSED,
    "sandbox-failed": REFUSED,
    "applied-in-part": PARTIAL,
    "interrupted": INTERRUPTED,
    "bug": BUG,
}


class ImporterError(Exception):
    """The root. ``code`` is stable, ``message`` one sentence for a person, ``help`` what would be right."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.code]


class InvalidInput(ImporterError):
    """The input breaks rules; nothing was sent."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("invalid-input", f"{len(problems)} problem(s) in the input")
        self.problems = tuple(problems)


class WrongUsage(ImporterError):
    """The command line makes no sense."""

    def __init__(self, message: str, help: str = "", code: str = "usage") -> None:
        super().__init__(code, message, help)


class Refused(ImporterError):
    """The run may not go on, and nothing was written. ``code`` is one of those that mean exit code 5."""


class ApiError(ImporterError):
    """A call did not bring what it should. ``call`` is method and path, such as ``POST /invoices``."""

    def __init__(self, code: str, message: str, call: str, help: str = "") -> None:
        super().__init__(code, message, help)
        self.call = call

    @property
    def exit_code(self) -> int:
        return EXIT_CODES.get(self.code, PARTIAL)


class NotSent(ApiError):
    """The connection was never made: certainly not done."""


class Lost(ApiError):
    """Sent, or perhaps sent, and no whole answer came back: may have been done."""


class ServerFault(ApiError):
    """A 5xx: may have been done. ``status`` is the HTTP status."""

    def __init__(self, code: str, message: str, call: str, status: int) -> None:
        super().__init__(code, message, call)
        self.status = status


class Garbled(ApiError):
    """A 2xx that is not a documented envelope (HTML, cut off, no ``code``): may have been done."""


class InProgress(ApiError):
    """409 ``idempotency.in_progress``, still so after all tries: may have been done."""


class TooManyRequests(ApiError):
    """429, still so after all tries: not done."""


# What a proxy can say of a request, and not of the answer to it.
OF_THE_REQUEST: Final = frozenset({401, 404, 405, 407, 411, 413, 414, 415, 417, 431})


class Rejected(ApiError):
    """A final 4xx: not done, and remembered by the server for a day under its key (fact sheet, section 8).

    Unless it has no envelope of FinzBooks: see ``certain``.
    """

    def __init__(
        self,
        code: str,  # the API's dotted code, such as validation.invalid_value; "http-404" where the body had none
        message: str,
        call: str,
        status: int,
        field: str = "",
        details: Any = None,
        request_id: str = "",
    ) -> None:
        super().__init__(code, message, call)
        self.status = status
        self.field = field
        self.details = details
        self.request_id = request_id

    @property
    def certain(self) -> bool:
        """Whether it was certainly not done.

        FinzBooks refuses with a code of its own. Where there is none, a proxy or a firewall on the way spoke, which
        may as well have given up on a call that FinzBooks carries out, or stopped its answer.
        """
        return self.code != f"http-{self.status}" or self.status in OF_THE_REQUEST


class TokenRejected(Rejected):
    """401, or a 403 that speaks of the token or the org: no further call can succeed."""
