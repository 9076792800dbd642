"""One question by https, to an address that was looked up before: bounded in time and size, and never led elsewhere."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urljoin

from taixu.errors import TaixuError
from taixu.mods.net.addresses import Resolve, check_url, public_address, resolve

__all__ = ["MOST_BYTES", "Line", "Page", "ask_page"]

MOST_BYTES = 256 << 10
"""Of an answer."""
LONGEST_SECS = 10.0
_MOST_TURNS = 3
_TURNS = (301, 302, 303, 307, 308)
_CHUNK = 16 << 10

Connect = Callable[[str, float], socket.socket]
"""Opens a connection to an address, within so many seconds."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a server said: HTTP's status, and the text."""

    status: int
    text: str


def _connect(address: str, timeout_secs: float) -> socket.socket:
    return socket.create_connection((address, 443), timeout_secs)


@dataclass(frozen=True, slots=True)
class Line:
    """How the network is reached; tests have their own."""

    resolve: Resolve = resolve
    connect: Connect = _connect
    context: ssl.SSLContext | None = None
    longest_secs: float = LONGEST_SECS


def ask_page(url: str, *, hosts: Collection[str] | None, method: str, body: str, line: Line) -> Page:
    """Ask, and wait for the answer.

    Raises
    ------
    TaixuError
        When it may not be asked, or no good answer comes; the sentence has no newline in it.
    """
    until = monotonic() + line.longest_secs
    for _ in range(_MOST_TURNS + 1):
        host, path = check_url(url, hosts)
        status, location, data = _ask_once(host, path, method, body, line, until)
        if status not in _TURNS or not location:
            return Page(status, data.decode("utf-8", "replace"))
        there = urljoin(url, location)
        if check_url(there, None)[0] != host:
            raise TaixuError(f"{host} sends us to another host; ask that one, if it is among yours")
        url = there
        if status in (301, 302, 303):
            method, body = "GET", ""
    raise TaixuError(f"{host} sends us in circles")


def _ask_once(host: str, path: str, method: str, body: str, line: Line, until: float) -> tuple[int, str, bytes]:
    address = public_address(host, line.resolve)
    watch: threading.Timer | None = None
    try:
        left = until - monotonic()
        if left <= 0:
            raise TimeoutError
        raw = line.connect(address, left)
        # Who sends a byte now and then would never be too late for a socket: the clock runs over all of it.
        context = line.context or ssl.create_default_context()
        with raw, context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False) as tls:
            watch = threading.Timer(max(0.01, until - monotonic()), _end, (tls,))
            watch.daemon = True
            watch.start()
            tls.do_handshake()
            connection = http.client.HTTPSConnection(host, timeout=line.longest_secs)
            connection.sock = tls
            return _talk(connection, path, method, body)
    except (TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
        if monotonic() >= until - 0.01 or isinstance(error, TimeoutError):
            raise TaixuError(f"{host} did not answer within {line.longest_secs:g} s") from None
        reason = " ".join(str(getattr(error, "verify_message", "") or getattr(error, "strerror", "") or error).split())[:200]
        raise TaixuError(f"{host} cannot be asked ({reason or type(error).__name__})") from None
    finally:
        if watch is not None:
            watch.cancel()


def _talk(connection: http.client.HTTPSConnection, path: str, method: str, body: str) -> tuple[int, str, bytes]:
    headers = {"User-Agent": "Taixu-mod", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    data = body.encode("utf-8", "replace") if method == "POST" else None
    if data is not None:
        headers["Content-Type"] = "application/json" if body[:1] in ("{", "[") else "text/plain; charset=utf-8"
    connection.request(method, path, body=data, headers=headers)
    response = connection.getresponse()
    found = bytearray()
    while chunk := response.read(_CHUNK):
        found += chunk
        if len(found) > MOST_BYTES:
            raise ValueError(f"it says more than {MOST_BYTES >> 10} KB")
    if response.length:  # http.client takes a part for the whole where the connection ends; what was cut off is no answer
        raise ValueError("it broke off in the middle of its answer")
    return response.status, response.getheader("Location", "") or "", bytes(found)


def _end(tls: ssl.SSLSocket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(tls, socket.SHUT_RDWR)  # of the connection under it; TLS is not asked
