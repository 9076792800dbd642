"""An agent in a process of its own: calls tools of a world's server, and writes down what it was told.

``python agent_client.py URL TOKEN OUT``, with the calls as JSON on its standard input: ``[["query_world", {...}], ...]``.
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


async def visit(url: str, token: str, calls: list[tuple[str, dict[str, Any]]], out: Path) -> None:
    """Call one tool after the other."""
    told: list[dict[str, Any]] = []
    async with (
        create_mcp_http_client(headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(url, http_client=http), client_info=Implementation(name="Builder", version="1")) as client,
    ):
        for tool, arguments in calls:
            result = await client.call_tool(tool, arguments)
            content = result.content[0] if result.content else None
            told.append({
                "error": content.text if result.is_error else "",
                "data": result.structured_content,
                "kind": content.type if content is not None else "",
            })  # fmt: skip
            partial = out.with_suffix(".partial")
            partial.write_text(json.dumps(told))
            partial.replace(out)


if __name__ == "__main__":
    asyncio.run(visit(sys.argv[1], sys.argv[2], json.load(sys.stdin), Path(sys.argv[3])))
