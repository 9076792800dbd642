"""What commands that serve a world over the network have in common: the address, who may come in, and the end."""

from __future__ import annotations

import argparse
import signal
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.cli.options import duration, port
from taixu.errors import UsageError

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.serve import Server

__all__ = ["add_address", "open_server", "refuse_open_doors", "run_server"]


def add_address(parser: argparse.ArgumentParser, *, is_told: bool = True) -> None:
    """Declare the address, and who may come in; help leaves it to another command to tell of them where `is_told` is not set."""

    def add(*names: str, help: str, **more: Any) -> None:
        parser.add_argument(*names, help=help if is_told else argparse.SUPPRESS, **more)

    add("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen; 127.0.0.1, this machine alone")
    add("--port", type=port, default=8777, metavar="N", help="8777; 0 takes a free one")
    add("--token", default="", metavar="T", help="who shows it may do everything; drawn and printed where none is given")
    add("--tokens", type=Path, metavar="FILE", help="more people, as [tokens.alice] with token and role (view, operate, admin)")
    add("--tls", type=Path, nargs=2, metavar=("CERT", "KEY"), help="serve by HTTPS")
    add("--seconds", type=duration, metavar="S", help="stop after some time")


def open_server(args: argparse.Namespace, app: App, **options: Any) -> tuple[Server, str]:
    """Listen; gives the server, and what follows its address so that a page may come in."""
    from taixu.serve import Access, Server, read_tokens
    from taixu.serve.service import tls_context

    access, token = Access.of_one(args.token)
    if args.tokens is not None:
        access.add(read_tokens(args.tokens))
    tls = tls_context(*args.tls) if args.tls else None
    server = Server(app, access, host=args.host, port=args.port, tls=tls, **options)
    return server, "" if args.token else f"?token={token}"


def run_server(args: argparse.Namespace, server: Server) -> None:
    """Serve until somebody ends it: SIGTERM, Ctrl-C, or who may by ``POST /stop``."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: server.stop())
    try:
        server.run(seconds=args.seconds)
    finally:
        signal.signal(signal.SIGTERM, before)
        server.close()


def refuse_open_doors(args: argparse.Namespace) -> None:
    """Tokens do not cross a network in the clear.

    Raises
    ------
    UsageError
        When they would.
    """
    try:
        is_loopback = ip_address(args.host).is_loopback
    except ValueError:
        is_loopback = args.host == "localhost"
    if not is_loopback and not args.tls:
        raise UsageError(f"--host {args.host} is open to the network, where tokens would be read by others; give --tls CERT KEY")
