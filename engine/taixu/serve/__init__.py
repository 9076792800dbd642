"""The network: a served world takes readings in and says how it is doing.

The world's thread runs frames; the network has a thread of its own (`service`) with an asyncio loop. Between them are the inbox
(`taixu.twin.inbox`) and the board of facts (`facts`): neither ever waits for the other.
"""

from __future__ import annotations

from taixu.serve.access import Access, Role, read_tokens
from taixu.serve.server import Server

__all__ = ["Access", "Role", "Server", "read_tokens"]
