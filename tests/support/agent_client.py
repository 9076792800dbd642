"""An agent in a process of its own: calls tools of a world's server, and writes down what it was told.

``python agent_client.py URL TOKEN OUT [AT_ONCE]``, with the calls as JSON on its standard input: ``[["query_world", {...}], ...]``.
They follow one another, or so many are made at once.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp_types import Implementation


async def call(client: Client, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What a tool says."""
    try:
        result = await client.call_tool(tool, arguments)
    except Exception as error:  # the server would not even listen
        return {"error": f"{type(error).__name__}: {error}", "data": None, "kind": ""}
    content = result.content[0] if result.content else None
    error = content.text if result.is_error and content is not None and content.type == "text" else ""
    return {"error": error, "data": result.structured_content, "kind": content.type if content is not None else ""}


async def visit(url: str, token: str, calls: list[tuple[str, dict[str, Any]]], out: Path, at_once: int) -> None:
    """Call tools, so many at once."""
    told: list[dict[str, Any]] = []
    async with (
        create_mcp_http_client(headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(url, http_client=http), client_info=Implementation(name="Builder", version="1")) as client,
    ):
        for first in range(0, len(calls), at_once):
            told += await asyncio.gather(*(call(client, tool, arguments) for tool, arguments in calls[first : first + at_once]))
            partial = out.with_suffix(".partial")
            partial.write_text(json.dumps(told))
            partial.replace(out)


if __name__ == "__main__":
    asyncio.run(visit(sys.argv[1], sys.argv[2], json.load(sys.stdin), Path(sys.argv[3]), int((*sys.argv, 1)[4])))
