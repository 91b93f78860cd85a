"""The token, kept from being shown."""

from __future__ import annotations

import re
from typing import Final

from importer.errors import Refused

HIDDEN: Final = "[token]"
# What a header value may hold without being changed or cut on the way (RFC 9110, section 5.5), blanks left out.
_SENDABLE: Final = re.compile(r"[!-~]+")


class Secret:
    """A token that can be sent; its repr and str show nothing."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        """Raises Refused ``no-token`` for one that no header can hold. Its prefix is not checked: it changed once."""
        if not _SENDABLE.fullmatch(token):
            raise Refused(
                "no-token", _fault(token), "Put the token alone into FINZBOOKS_TOKEN, as the console shows it."
            )
        self._token = token

    def bearer(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self._token}"

    def hide(self, text: str) -> str:
        """``text`` with the token taken out."""
        return text.replace(self._token, HIDDEN)

    def __repr__(self) -> str:
        return HIDDEN


def _fault(token: str) -> str:
    """Says what is wrong with ``token`` without showing any of it."""
    if not token:
        return "There is no token."
    if "\n" in token or "\r" in token:
        return "The token holds a line break, which cannot be sent."
    if " " in token or "\t" in token:
        return "The token holds a blank, which cannot be sent."
    return "The token holds a character that cannot be sent: only plain ASCII can."
