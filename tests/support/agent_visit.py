"""An agent in this process: its client in a thread, while the test's own thread serves the host."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from taixu_editor.agents import AgentServer, AgentTools, Bridge, Consent
from taixu_editor.host import Host

__all__ = ["visit", "visited"]


async def visit(url: str, token: str, act: Callable[[Client], Awaitable[None]]) -> None:
    """Let a client act on a server."""
    headers = {"Authorization": f"Bearer {token}"}
    async with create_mcp_http_client(headers=headers) as http, Client(streamable_http_client(url, http_client=http)) as client:
        await act(client)


def visited(host: Host, consent: Consent, act: Callable[[str, str], Awaitable[None]]) -> None:
    """Serve a host, while something acts with the address and the token; what it raises is raised here."""
    bridge = Bridge()
    server = AgentServer(AgentTools(host), bridge, consent)
    server.start()
    said: list[BaseException] = []

    def run() -> None:
        try:
            acting: Any = act(server.url, server.token)
            asyncio.run(acting)
        except BaseException as error:
            said.append(error)

    visitor = threading.Thread(target=run)
    visitor.start()
    while visitor.is_alive():
        bridge.serve(wait_secs=0.05)
    server.close()
    if said:
        raise said[0]
