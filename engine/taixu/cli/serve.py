"""``taixu serve``: a world without a window, fed and watched over the network."""

from __future__ import annotations

import argparse
import signal
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from taixu.cli.options import duration, port
from taixu.errors import UsageError

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Runs a world as a twin: readings come in over the network, and all that happens can be recorded."
usage = "WORLD [options]"
example = "taixu serve samples/playground --record today"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the world, the address, and who may come in."""
    add = parser.add_argument
    add("world", type=Path, metavar="WORLD", help="a project folder or a *.world.json file")
    add("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen; 127.0.0.1, this machine alone")
    add("--port", type=port, default=8777, metavar="N", help="8777; 0 takes a free one")
    add("--token", default="", metavar="T", help="who shows it may do everything; drawn and printed where none is given")
    add("--tokens", type=Path, metavar="FILE", help="more people, as [tokens.alice] with token and role (view, operate, admin)")
    add("--tls", type=Path, nargs=2, metavar=("CERT", "KEY"), help="serve by HTTPS")
    add("--record", type=Path, metavar="DIR", help="record everything into a new folder")
    add("--seconds", type=duration, metavar="S", help="stop after some time")
    add("--trust", action="store_true", help="let the project run its scripts")


def run(args: argparse.Namespace) -> int:
    """Open, serve until told to end, and say what happened."""
    from taixu.defaults import App
    from taixu.serve import Access, Server, read_tokens
    from taixu.serve.service import tls_context
    from taixu.twin.feed import Feed
    from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin, open_world_sources
    from taixu.twin.simulators import open_world_simulators

    _refuse_open_doors(args)
    access, token = Access.of_one(args.token)
    if args.tokens is not None:
        access.add(read_tokens(args.tokens))
    tls = tls_context(*args.tls) if args.tls else None
    with App.headless(trust=args.trust or None, plugins=(TwinPlugin(),)) as app:
        app.open(args.world)
        configure_twin(app.world)
        app.settle()
        if args.record is not None:
            begin_recording(app, args.record, project=str(_project_of(app)), world=str(args.world))
        sources = open_world_sources(app)
        for simulator in open_world_simulators(app.world, sources):
            app.on_close(simulator.close)
        server = Server(app, access, sources=sources, host=args.host, port=args.port, tls=tls)
        before = signal.signal(signal.SIGTERM, lambda number, frame: server.stop())
        shown = "" if args.token else f"?token={token}"
        args.console.say(f"serving {args.world} at {server.url}{shown}")
        try:
            server.run(seconds=args.seconds)
        finally:
            signal.signal(signal.SIGTERM, before)
            server.close()
        report: dict[str, Any] = {
            "url": server.url, "ticks": app.clock.ticks, "entities": len(app.world),
            "readings": app.resource(Feed).counts.as_dict(),
        }
    if args.record is not None:
        report["recording"] = str(args.record)
    args.console.answer(report)
    args.console.show(f"served {report['ticks']:,} ticks; {report['readings']['readings']:,} readings")
    return 0


def _refuse_open_doors(args: argparse.Namespace) -> None:
    """Tokens do not cross a network in the clear."""
    try:
        is_loopback = ip_address(args.host).is_loopback
    except ValueError:
        is_loopback = args.host == "localhost"
    if not is_loopback and not args.tls:
        raise UsageError(f"--host {args.host} is open to the network, where tokens would be read by others; give --tls CERT KEY")


def _project_of(app: Any) -> Path:
    from taixu.edit import Project

    root: Path = app.resource(Project).root
    return root.resolve()
