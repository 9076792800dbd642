"""Who may do what: tokens with roles, and pages of other origins kept out."""

from __future__ import annotations

import hmac
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from taixu.errors import TaixuError

__all__ = ["COOKIE", "Access", "Guest", "Role", "cookie_name", "read_tokens"]

COOKIE = "taixu_token"
_SHORTEST = 16
_MAX_PORT_DIGITS = 5


class Role(IntEnum):
    """What somebody may do; each role may do all that those below it may."""

    VIEW = 1
    """See."""
    OPERATE = 2
    """Bring readings, acknowledge, command."""
    ADMIN = 3
    """Stop the server."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who showed a token."""

    name: str
    role: Role


class Access:
    """Checks tokens.

    Parameters
    ----------
    tokens
        Guests by token.
    """

    def __init__(self, tokens: Mapping[str, Guest]) -> None:
        self._tokens = dict(tokens)

    @classmethod
    def of_one(cls, token: str = "") -> tuple[Access, str]:
        """One token for everything, drawn here where none is given; gives it, too.

        Raises
        ------
        TaixuError
            When it is too short to be a secret.
        """
        token = token or secrets.token_urlsafe(24)
        _check(token)
        return cls({token: Guest("admin", Role.ADMIN)}), token

    def guest(self, *, header: str = "", cookie: str = "", query: str = "") -> Guest | None:
        """Whose token was shown: in ``Authorization: Bearer``, in ``?token=``, or in the cookie, which may be older."""
        kind, _, shown = header.partition(" ")
        shown = (shown.strip() if kind.lower() == "bearer" else "") or query or cookie
        found = None
        for token, guest in self._tokens.items():  # all of them, so that time tells nothing
            if hmac.compare_digest(token.encode(), shown.encode("utf-8", "replace")):
                found = guest
        return found

    def add(self, tokens: Mapping[str, Guest]) -> None:
        """Let more people in."""
        self._tokens.update(tokens)


def cookie_name(host: str) -> str:
    """The cookie of a server: browsers do not tell servers of one machine apart, and each has a token of its own."""
    port = host.rpartition(":")[2]
    return f"{COOKIE}_{port}" if port.isascii() and port.isdigit() and len(port) <= _MAX_PORT_DIGITS else COOKIE


def is_foreign(origin: str, host: str) -> bool:
    """Whether a page of another origin asks. Programs send no origin; browsers always say theirs."""
    return bool(origin) and urlsplit(origin).netloc.lower() != host.lower()


def read_tokens(path: Path) -> dict[str, Guest]:
    """A file of tokens: ``[tokens.alice]`` with ``token = "..."`` and ``role = "view"`` (operate, admin).

    Raises
    ------
    TaixuError
        When it cannot be read, or something in it is wrong.
    """
    try:
        raw: Any = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TaixuError(f"{path}: tokens cannot be read: {error}") from None
    listed = raw.get("tokens")
    if not isinstance(listed, dict):
        raise TaixuError(f"{path}: it has no tables such as [tokens.alice]")
    found: dict[str, Guest] = {}
    for name, facts in listed.items():
        token, role = (facts.get("token"), facts.get("role")) if isinstance(facts, dict) else (None, None)
        if not isinstance(token, str) or role not in ("view", "operate", "admin"):
            raise TaixuError(f"{path}: tokens.{name} takes token = \"...\" and role = \"view\", \"operate\" or \"admin\"")
        _check(token)
        if token in found:
            raise TaixuError(f"{path}: tokens.{name} has the token of another")
        found[token] = Guest(name, Role[role.upper()])
    return found


def _check(token: str) -> None:
    if len(token) < _SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise TaixuError(f"a token must have at least {_SHORTEST} letters, digits and signs without spaces")
