"""``taixu mcp``: a world without a window, open to an agent."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from taixu_editor.agents.bridge import Bridge
from taixu_editor.agents.consent import TOOLS, Answer, Consent, Request
from taixu_editor.agents.server import AgentServer
from taixu_editor.agents.tools import AgentTools
from taixu_editor.host import Host

__all__ = ["start"]


def start(args: argparse.Namespace) -> int:
    """Open the world, serve until interrupted, and save where the command line says so."""
    consent = Consent(ask=_ask if sys.stdin is not None and sys.stdin.isatty() and not args.json else None)
    consent.allow(args.allow)
    host, bridge = Host(trust=args.trust or None), Bridge()
    try:
        host.open(args.world)
        server = AgentServer(AgentTools(host), bridge, consent, port=args.port, token=args.token or "")
        server.start()
        args.console.answer({"url": server.url, "token": server.token, "allowed": sorted(consent.allowed)})
        args.console.show(f"{server.url}\nAuthorization: Bearer {server.token}")
        try:
            while True:
                bridge.serve(wait_secs=0.2)
                host.frame(0.0)
        finally:  # it ends by being interrupted
            server.close()
            if args.save and not host.session.history.is_saved:
                args.console.show(f"saved {host.do('world.save')}")
    finally:
        host.close()


def _ask(request: Request, answered: Callable[[Answer], None]) -> None:
    """Ask the person at the terminal."""
    said = f" “{request.about}”" if request.about else ""
    does = TOOLS[request.tool]
    sys.stderr.write(f"{request.agent} wants to {does}{said} ({request.tool}). Allow it? [o]nce, [a]lways, [n]o: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().lower()[:1]
    answers: dict[str, Answer] = {"o": "once", "a": "always", "y": "once"}
    answered(answers.get(answer, "no"))
