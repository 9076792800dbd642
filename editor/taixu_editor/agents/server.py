"""The tools as a Model Context Protocol server, in a thread of its own; the world stays in its owner's."""

from __future__ import annotations

import hmac
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from taixu import __version__
from taixu.errors import MachineError, TaixuError
from taixu_editor.agents.bridge import Bridge
from taixu_editor.agents.consent import TOOLS, Consent
from taixu_editor.agents.tools import AgentTools

__all__ = ["AgentServer"]

_INSTRUCTIONS = (
    "This is a 3D world in Taixu. Metres, seconds, Y up, right-handed; quaternions x, y, z, w; linear colours. "
    "Query before you edit, rehearse before you apply, and look at a picture afterwards."
)


class AgentServer:
    """A server on loopback that asks for a token.

    Parameters
    ----------
    bridge
        Its owner calls `Bridge.serve` between frames.
    port
        0 takes any that is free.

    Attributes
    ----------
    url, token
        What an agent needs: ``Authorization: Bearer <token>``.
    """

    def __init__(self, tools: AgentTools, bridge: Bridge, consent: Consent, *, port: int = 0, token: str = "") -> None:
        try:
            import uvicorn
            from mcp.server import MCPServer
            from mcp.server.mcpserver import Image
            from mcp.server.mcpserver.exceptions import ToolError
        except ImportError as error:
            raise MachineError(f'agents need the package mcp; pip install "taixu[editor]" brings it ({error})') from None
        self.token = token or secrets.token_urlsafe(24)
        self._tools, self._bridge, self._consent = tools, bridge, consent
        self._refusal = ToolError  # its sentence reaches the agent
        server: Any = MCPServer("taixu", instructions=_INSTRUCTIONS, version=__version__, log_level="WARNING")
        self._offer(server, Image)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError as error:
            raise MachineError(f"port {port} of this machine is taken ({error.strerror}); choose another") from None
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/mcp"
        app = _ask_for_token(server.streamable_http_app(host="127.0.0.1"), self.token)
        self._uvicorn = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", access_log=False))
        self._thread = threading.Thread(target=self._uvicorn.run, kwargs={"sockets": [self._socket]}, name="agents", daemon=True)

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._uvicorn.should_exit = True
        self._thread.join(timeout=5.0)
        self._socket.close()

    def _offer(self, server: Any, image: Any) -> None:
        """Declare the tools; their schemas come from these signatures."""
        tools, call = self._tools, self._call

        def list_operations() -> list[dict[str, Any]]:
            """All edits that can be made, with the JSON schemas of their parameters."""
            return call("list_operations", tools.list_operations)

        def query_world(component: str = "", name: str = "", ids: list[str] | None = None, limit: int = 50) -> dict[str, Any]:
            """Entities with their components: those with a component, a part of a name, or given ids."""
            return call("query_world", lambda: tools.query_world(component=component, name=name, ids=ids or (), limit=limit))

        def take_picture(
            camera: str = "", eye: list[float] | None = None, target: list[float] | None = None, width: int = 768, height: int = 432
        ) -> Any:
            """A picture of the world by a camera's name, or from `eye` towards `target` in metres, or framing everything."""
            png = call(
                "take_picture",
                lambda: tools.take_picture(camera=camera, eye=eye or (), target=target or (), width=width, height=height),
            )
            return image(data=png, format="png")

        def rehearse(steps: list[dict[str, Any]]) -> dict[str, Any]:
            """What steps [{"operation": ..., "parameters": {...}}] would add, remove and change; nothing is done."""
            return call("rehearse", lambda: tools.rehearse(steps))

        def apply(steps: list[dict[str, Any]], label: str = "") -> dict[str, Any]:
            """Do steps as one, all or none; gives what changed. A person can undo it."""
            return call("apply", lambda: tools.apply(steps, label=label))

        def undo() -> bool:
            """Undo your own latest step, if nobody has edited since; whether it was undone."""
            return call("undo", tools.undo)

        for function in (list_operations, query_world, take_picture, rehearse, apply, undo):
            assert function.__name__ in TOOLS
            server.add_tool(function)

    def _call(self, tool: str, function: Callable[[], Any]) -> Any:
        def consented() -> Any:
            self._consent.check(tool)
            return function()

        try:
            return self._bridge.call(consented)
        except TaixuError as error:
            raise self._refusal(str(error)) from None
        except TimeoutError:
            raise self._refusal("the world is busy; try again") from None


def _ask_for_token(app: Any, token: str) -> Callable[[Any, Any, Any], Awaitable[None]]:
    """An ASGI app that answers 401 to whoever has no token."""
    wanted = f"Bearer {token}".encode()

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, wanted):
                headers = [(b"content-type", b"text/plain"), (b"www-authenticate", b"Bearer")]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": b"this world asks for its token\n"})
                return
        await app(scope, receive, send)

    return guarded
