"""Calls to addresses that a world names: which are allowed, and a session that keeps to that.

A world's sources are opened only where its project is trusted; what it may call then is the network of this machine, as any
program's. One thing is refused all the same: link-local addresses (169.254.0.0/16, fe80::/10), where machines in a cloud are told
their secrets.
"""

from __future__ import annotations

from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from taixu.errors import MachineError, TaixuError

__all__ = ["is_allowed", "need_aiohttp", "outside_url", "session"]

_CONNECT_SECS = 10.0


def need_aiohttp() -> None:
    """Raise where it is missing."""
    if find_spec("aiohttp") is None:
        raise MachineError('sources on the web need aiohttp; pip install "taixu[twin]" brings it')


def is_allowed(address: str) -> bool:
    """Whether a number or name of a host may be called; names are looked at again when they are resolved."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_link_local


def outside_url(url: str, schemes: tuple[str, ...]) -> str:
    """The host of an address that may be called.

    Raises
    ------
    TaixuError
        When it is none, or may not be.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in schemes or not host:
        raise TaixuError(f"{url[:80]!r} is no address such as {schemes[-1]}://host/path")
    if parts.username or parts.password:
        raise TaixuError("secrets do not belong into a world's file; name the environment variable that holds the token")
    if not is_allowed(host):
        raise TaixuError(f"{host} is link-local, which sources do not call")
    return host


def session(token: str, *, secs: float | None = None) -> Any:
    """A session of aiohttp that calls only what is allowed, whatever names resolve to, and goes by no proxy of the environment."""
    import aiohttp
    from aiohttp.resolver import ThreadedResolver

    class Resolver(ThreadedResolver):
        """Names, less the addresses that may not be called."""

        async def resolve(self, *arguments: Any, **options: Any) -> Any:
            found = await super().resolve(*arguments, **options)
            allowed = [each for each in found if is_allowed(each["host"])]
            if not allowed:
                raise OSError("the name stands for addresses that sources do not call")
            return allowed

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=Resolver(), limit=4), headers=headers, trust_env=False,
        timeout=aiohttp.ClientTimeout(total=secs, sock_connect=_CONNECT_SECS), cookie_jar=aiohttp.DummyCookieJar(),
    )  # fmt: skip
