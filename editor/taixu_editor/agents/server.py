"""The tools as a Model Context Protocol server, in a thread of its own; the world stays in its owner's."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from taixu import __version__
from taixu.errors import MachineError, TaixuError
from taixu_editor.agents.bridge import Bridge, answer
from taixu_editor.agents.consent import TOOLS, Consent, Request
from taixu_editor.agents.guard import MOST_BYTES, guarded
from taixu_editor.agents.tools import AgentTools, Prepared
from taixu_editor.agents.words import one_line

__all__ = ["AgentServer"]

_log = logging.getLogger(__name__)
_INSTRUCTIONS = (
    "This is a 3D world in Taixu. Metres, seconds, Y up, right-handed; quaternions x, y, z, w; linear colours. "
    "Query before you edit, rehearse before you apply, and look at a picture afterwards. A person may be asked about what you do."
)
_ANSWER_SECS = 300.0
_MOST_SESSIONS = 32
_MOST_CONNECTIONS = 128
_LONGEST_LABEL = 120


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
    url, port, token
        What an agent needs: ``Authorization: Bearer <token>``.
    """

    def __init__(self, tools: AgentTools, bridge: Bridge, consent: Consent, *, port: int = 0, token: str = "") -> None:
        try:
            import uvicorn

            from taixu_editor.agents.protocol import make_server
        except ImportError as error:
            raise MachineError(f'agents need the package mcp; pip install "taixu[editor]" brings it ({error})') from None
        self.token = token or secrets.token_urlsafe(24)
        self._tools, self._bridge, self._consent = tools, bridge, consent
        self._is_open = True
        server = make_server("taixu", _INSTRUCTIONS, __version__, self._tool_functions())
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError as error:
            self._socket.close()
            raise MachineError(f"port {port} of this machine is taken ({error.strerror}); choose another") from None
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        app = server.streamable_http_app(host="127.0.0.1", max_request_body_size=MOST_BYTES, max_sessions=_MOST_SESSIONS)
        self._uvicorn = uvicorn.Server(uvicorn.Config(
            guarded(app, token=self.token, is_open=lambda: self._is_open), log_level="critical", lifespan="on", access_log=False,
            limit_concurrency=_MOST_CONNECTIONS, timeout_graceful_shutdown=1,
        ))  # fmt: skip
        self._thread = threading.Thread(target=self._uvicorn.run, kwargs={"sockets": [self._socket]}, name="agents", daemon=True)

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Let nobody in any more, at once; those who wait for an answer hear so. The thread ends a little later."""
        self._is_open = False
        self._bridge.close()
        self._uvicorn.should_exit = self._uvicorn.force_exit = True

    def close(self) -> None:
        """Stop, and wait for the end of the thread."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)
        self._socket.close()

    def _tool_functions(self) -> tuple[Callable[..., Any], ...]:
        """The tools; their schemas come from these signatures. The first parameter is what the agent calls itself."""
        tools, ask = self._tools, self._ask

        async def list_operations(agent: str) -> list[dict[str, Any]]:
            """All edits that can be made, with the JSON schemas of their parameters."""
            found: list[dict[str, Any]] = await ask("list_operations", agent, lambda: Prepared(tools.list_operations))
            return found

        async def list_components(agent: str, component: str = "") -> dict[str, Any]:
            """What entities are made of: all components with a line about each, or the JSON schema of one and its fields."""
            found: dict[str, Any] = await ask("list_components", agent, lambda: Prepared(partial(tools.list_components, component)))
            return found

        async def query_world(
            agent: str, component: str = "", name: str = "", ids: list[str] | None = None, after: str = "", limit: int = 50
        ) -> dict[str, Any]:
            """Entities with their components: those with a component, a part of a name, or given ids.

            A page holds `limit` (at most 500); `next` of a page is `after` of the one that follows, and empty at the end.
            """
            act = partial(tools.query_world, component=component, name=name, ids=ids or (), after=after, limit=limit)
            wanted = ", ".join(filter(None, (component, name, *(ids or ())[:3])))
            found: dict[str, Any] = await ask("query_world", agent, lambda: Prepared(act, wanted))
            return found

        async def take_picture(
            agent: str, camera: str = "", eye: list[float] | None = None, target: list[float] | None = None, width: int = 768,
            height: int = 432,
        ) -> Any:  # fmt: skip
            """A picture of the world by a camera's name, or from `eye` towards `target` in metres, or framing everything."""
            from mcp.server.mcpserver import Image

            act = partial(tools.take_picture, camera=camera, eye=eye or (), target=target or (), width=width, height=height)
            return Image(data=await ask("take_picture", agent, lambda: Prepared(act, camera)), format="png")

        async def rehearse(agent: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
            """What steps [{"operation": ..., "parameters": {...}}] would add, remove and change; nothing is done.

            It also gives the steps with all filled in, such as the ids of what they make: applying those does just that.
            """
            found: dict[str, Any] = await ask("rehearse", agent, lambda: Prepared(lambda: tools.rehearse(steps)))
            return found

        async def apply(agent: str, steps: list[dict[str, Any]], label: str = "") -> dict[str, Any]:
            """Do steps as one, all or none; gives what changed. A person can undo it, and reads your label."""
            words = one_line(label, longest=_LONGEST_LABEL)
            found: dict[str, Any] = await ask("apply", agent, lambda: tools.prepare_apply(steps, label=words, agent=agent))
            return found

        async def undo(agent: str) -> bool:
            """Undo your own latest step, if nobody has edited since; whether it was undone."""
            return bool(await ask("undo", agent, lambda: Prepared(partial(tools.undo, agent=agent))))

        async def generate(
            agent: str, what: str, prompt: str = "", seed: int = -1, settings: dict[str, Any] | None = None,
            parents: list[str] | None = None,
        ) -> dict[str, Any]:  # fmt: skip
            """Make content out of words: `what` is material, sound, texture, mesh, or a generator's name; gives the task.

            It is made in the background and kept in the project's assets. `generated` tells when, and gives its files: apply the
            first of them by the operation generate.apply.
            """
            act = partial(tools.generate, what, prompt=prompt, seed=seed, settings=settings, parents=parents or ())
            about = one_line(f"{what}: {prompt}", longest=_LONGEST_LABEL)
            found: dict[str, Any] = await ask("generate", agent, lambda: Prepared(act, about))
            return found

        async def generated(agent: str) -> dict[str, Any]:
            """What can be made with which parameters, what is being made or failed, and the latest results with their files."""
            found: dict[str, Any] = await ask("generated", agent, lambda: Prepared(tools.generated))
            return found

        return (list_operations, list_components, query_world, take_picture, rehearse, apply, undo, generate, generated)

    async def _ask(self, tool: str, agent: str, prepare: Callable[[], Prepared]) -> Any:
        """Have something done in the owner's thread, if a person consents, and wait for what it gives."""
        assert tool in TOOLS

        def begin(promise: Future[Any]) -> None:
            def refuse(error: BaseException) -> None:
                answer(promise, partial(_raise, error))

            try:
                prepared = prepare()
            except BaseException as error:
                refuse(error)
                return
            request = Request(tool, agent, prepared.about, prepared.difference, lambda: not promise.done())
            self._consent.check(request, partial(answer, promise, prepared.act), refuse)

        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._bridge.submit(begin)), _ANSWER_SECS)
        except TaixuError:
            raise
        except TimeoutError:
            raise TaixuError("the world is busy, or nobody answered; try again") from None
        except Exception as error:
            _log.exception("%s of an agent failed", tool)
            raise TaixuError(f"{tool} failed by a fault of the editor ({type(error).__name__}); its log says more") from None


def _raise(error: BaseException) -> None:
    raise error
