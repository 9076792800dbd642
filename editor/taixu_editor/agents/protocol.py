"""Functions as tools of the Model Context Protocol; what is wrong reaches an agent as one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Any, get_type_hints

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import ValidationError

from taixu.errors import TaixuError
from taixu_editor.agents.words import one_line

__all__ = ["make_server"]

_LONGEST_NAME = 40


class _Server(MCPServer):
    """One that says what is wrong in its own words."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        """Call a tool; see the base."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError):
                raise ToolError(_sentence(name, cause)) from None
            if isinstance(cause, ToolError):
                raise ToolError(str(cause)) from None
            raise


def make_server(name: str, instructions: str, version: str, tools: Sequence[Callable[..., Any]]) -> Any:
    """A server of tools, each an async function whose first parameter is what the agent calls itself."""
    server = _Server(name, instructions=instructions, version=version, log_level="WARNING")
    for tool in tools:
        server.add_tool(_with_agent(tool))
    return server


def _with_agent(tool: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(tool)
    async def call(ctx: Any, **arguments: Any) -> Any:
        try:
            return await tool(_agent(ctx), **arguments)
        except TaixuError as error:
            raise ToolError(str(error)) from None

    hints = get_type_hints(tool)
    asked, *others = signature(tool).parameters.values()
    shown = [Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=Context)]
    shown += [each.replace(annotation=hints[each.name]) for each in others]
    call.__signature__ = signature(tool).replace(parameters=shown, return_annotation=hints["return"])  # type: ignore[attr-defined]
    call.__annotations__ = {"ctx": Context} | {key: hint for key, hint in hints.items() if key != asked.name}
    del call.__wrapped__
    return call


def _agent(ctx: Context[Any, Any]) -> str:
    """What a client calls itself: a stranger's text, on one short line."""
    known = ctx.session.client_params
    info = known.client_info if known is not None else None
    text = (info.title or info.name) if info is not None else ""
    return one_line(text, longest=_LONGEST_NAME) or "Agent"


def _sentence(tool: str, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))[:80]
    return f"{tool}: the argument {where!r} is wrong: {first['msg'][:1].lower()}{first['msg'][1:160]}"
