"""Fetching small files over HTTPS: bounded in size and time, and never led from a safe address to an unsafe one."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any
from urllib.parse import urljoin, urlsplit

from taixu.errors import MachineError, TaixuError

__all__ = ["NotReachable", "fetch", "is_url", "url_doubt"]

_TIMEOUT_SECS = 60.0
_CONNECT_SECS = 10.0
_MOST_REDIRECTS = 3
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


class NotReachable(TaixuError):
    """The network failed, not what it brought: what lies in the cache may do."""


def is_url(text: str) -> bool:
    """Whether somebody names an address, not a path."""
    return text.startswith(("https://", "http://"))


def url_doubt(url: str) -> str:
    """Why an address is none to fetch from; empty where it is one."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{url!a:.80} is no address"
    if not host or parts.scheme not in ("https", "http") or not url.isascii() or not url.isprintable() or " " in url:
        return f"{url!a:.80} is no address such as https://mods.example.org/"
    if parts.username or parts.password or parts.fragment:
        return f"{url!a:.80}: an address holds no password and no fragment"
    if parts.scheme == "http" and host not in _LOOPBACK:
        return f"{url!a:.80} is not encrypted; use https://"
    return ""


def fetch(url: str, *, max_bytes: int) -> bytes:
    """The bytes behind an address. It blocks: call it from a thread of its own where frames are drawn.

    Raises
    ------
    NotReachable
        When nobody answers, or with an error.
    TaixuError
        When the address may not be asked, or the answer is too large.
    """
    if find_spec("aiohttp") is None:
        raise MachineError('indexes on the web need the package aiohttp; pip install "taixu[mods]" brings it')
    doubt = url_doubt(url)
    if doubt:
        raise TaixuError(doubt)
    return asyncio.run(_fetch(url, max_bytes))


async def _fetch(url: str, max_bytes: int) -> bytes:
    import aiohttp

    limits = aiohttp.ClientTimeout(total=_TIMEOUT_SECS, connect=_CONNECT_SECS)
    try:
        # Cookies are kept nowhere; an answer is not unpacked, so that a small one cannot become a large one.
        async with aiohttp.ClientSession(
            timeout=limits, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=True
        ) as session:
            for _ in range(_MOST_REDIRECTS + 1):
                async with session.get(url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as answer:
                    if answer.status not in (301, 302, 303, 307, 308):
                        return await _body(answer, url, max_bytes)
                    url = _next(url, answer.headers.get("Location", ""))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        what = "it took too long" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
        raise NotReachable(f"{url}: cannot be fetched: {what}") from error
    raise TaixuError(f"{url}: leads from address to address without end")


async def _body(answer: Any, url: str, max_bytes: int) -> bytes:
    if answer.status in (404, 410):
        raise TaixuError(f"{url}: there is no such file ({answer.status})")
    if answer.status != 200:
        raise NotReachable(f"{url}: the server answers {answer.status} {answer.reason}")
    data = bytearray()
    async for piece in answer.content.iter_chunked(1 << 16):
        data += piece
        if len(data) > max_bytes:
            raise TaixuError(f"{url}: is larger than the {max_bytes:,} bytes that are read of such a file")
    return bytes(data)


def _next(url: str, location: str) -> str:
    found = urljoin(url, location)
    doubt = url_doubt(found)
    before, after = urlsplit(url), urlsplit(found)
    if doubt or after.scheme != before.scheme or (after.hostname in _LOOPBACK) != (before.hostname in _LOOPBACK):
        raise TaixuError(f"{url}: leads to {found!a:.80}, where it is not followed to")
    return found
