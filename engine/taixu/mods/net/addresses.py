"""Which server a mod may ask: the name in its URL, and the addresses that this name has."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from taixu.errors import TaixuError

__all__ = ["Resolve", "check_url", "public_address", "resolve"]

Resolve = Callable[[str], list[str]]
"""Addresses of a host, as texts."""

_PORT = 443
_LONGEST_NAME = 253
_CARRIERS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96", "fec0::/10")))
"""Networks whose addresses hold another one, or are local in a way that is out of use."""


def check_url(url: str, hosts: Collection[str] | None) -> tuple[str, str]:
    """The host, and what to ask it for, of a URL that may be asked; `hosts` None allows all.

    Raises
    ------
    TaixuError
        When it may not, and why.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TaixuError("it is no address of a page") from None
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise TaixuError("an address has no spaces and no letters but ASCII's: write them as %20")
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https":
        raise TaixuError("only https:// is asked")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise TaixuError("an address has no user and no password")
    if port not in (None, _PORT):
        raise TaixuError("only the usual port of https is asked")
    if not _is_name(host):
        raise TaixuError(f"{host[:60]!r} is no name of a host")
    if hosts is not None and host not in hosts:
        raise TaixuError(f"{host} is not among the hosts that it named in mod.toml and you agreed to")
    return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _is_name(host: str) -> bool:
    """Whether it is a name with a dot in it; digits at its end would be an address."""
    labels = host.split(".")
    plain = all(
        0 < len(label) < 64 and label[0] != "-" and label[-1] != "-" and all(c.isalnum() or c == "-" for c in label)
        for label in labels
    )
    return plain and len(labels) > 1 and len(host) <= _LONGEST_NAME and not labels[-1][0].isdigit() and host.isascii()


def public_address(host: str, resolve: Resolve) -> str:
    """The address that a host is asked at: its first, where all that it has are public.

    Raises
    ------
    TaixuError
        Where one of them is not, or there is none.
    """
    try:
        found = resolve(host)
    except OSError as error:
        raise TaixuError(f"{host} is not found ({error.strerror or error})") from None
    for text in found:
        try:
            address = ip_address(text)
        except ValueError:
            raise TaixuError(f"{host} has an address that is none") from None
        if not _is_public(address):
            raise TaixuError(f"{host} lies in a private network, where no mod may ask")
    if not found:
        raise TaixuError(f"{host} is not found")
    return found[0]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address in network for network in _CARRIERS if network.version == address.version)


def resolve(host: str) -> list[str]:
    """What the machine's resolver says."""
    found = socket.getaddrinfo(host, _PORT, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
