"""HTTP that we poll: JSON or batch records, asked for again and again, and read only when they changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError
from taixu.twin.connectors.connector import secret
from taixu.twin.connectors.outside import need_aiohttp, outside_url, session
from taixu.twin.connectors.talker import Talker

__all__ = ["HttpConnector", "HttpParameters"]

_MAX_BYTES = 16 << 20


@dataclass(frozen=True)
class HttpParameters:
    """What is asked, and how often."""

    url: str = field(default="", metadata={"doc": "https://HOST/PATH, or http://."})
    topic: str = field(default="", metadata={"doc": "Of readings that name none."})
    every_secs: float = field(default=5.0, metadata={"doc": "How often.", "unit": "s", "minimum": 0.1, "maximum": 86400.0})
    timeout_secs: float = field(default=10.0, metadata={"doc": "How long one answer may take.", "minimum": 0.1, "maximum": 300.0})
    token_variable: str = field(default="", metadata={"doc": "The environment variable that holds a token: sent as a bearer."})


class HttpConnector(Talker):
    """Polls an address. An answer that did not change (``ETag``, ``Last-Modified``) is not read again."""

    kind, parameters = "http", HttpParameters

    def check(self) -> None:
        """The address, and the token."""
        need_aiohttp()
        settings: HttpParameters = self.settings
        outside_url(settings.url, ("http", "https"))
        self._token = secret(settings.token_variable)
        self._marks: dict[str, str] = {}

    async def talk(self) -> None:
        """Ask for ever."""
        settings: HttpParameters = self.settings
        async with session(self._token, secs=settings.timeout_secs) as http:
            while True:
                data = await self._ask(http)
                self.came("" if settings.url.startswith("https") else "not encrypted")
                if data is not None:
                    await self.link.leave_soon(self.link.read(settings.topic, data))
                await asyncio.sleep(settings.every_secs)

    async def _ask(self, http: Any) -> bytes | None:
        async with http.get(self.settings.url, headers=self._marks, allow_redirects=False) as answer:
            if answer.status == 304:
                return None
            if 300 <= answer.status < 400:
                raise TaixuError(f"it is elsewhere now ({answer.status}); name the address itself, for others are not followed to")
            if answer.status != 200:
                raise TaixuError(f"it answers {answer.status} {answer.reason}")
            if (answer.content_length or 0) > _MAX_BYTES:
                raise TaixuError(f"an answer of {answer.content_length:,} bytes is too large; at most {_MAX_BYTES:,} are read")
            data = bytearray()
            async for piece in answer.content.iter_chunked(1 << 16):
                data += piece
                if len(data) > _MAX_BYTES:
                    raise TaixuError(f"an answer is too large; at most {_MAX_BYTES:,} bytes are read")
            asked = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
            self._marks = {back: answer.headers[name] for name, back in asked if name in answer.headers}
            return bytes(data)
