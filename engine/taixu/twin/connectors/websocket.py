"""WebSockets that we call: a stream of JSON or of batch records."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError
from taixu.twin.connectors.connector import secret
from taixu.twin.connectors.outside import need_aiohttp, outside_url, session
from taixu.twin.connectors.talker import Talker

__all__ = ["WebSocketConnector", "WebSocketParameters"]

_MAX_MESSAGE = 16 << 20
_HEARTBEAT_SECS = 20.0


@dataclass(frozen=True)
class WebSocketParameters:
    """Whom to call."""

    url: str = field(default="", metadata={"doc": "wss://HOST/PATH, or ws://."})
    topic: str = field(default="", metadata={"doc": "Of messages that name none."})
    token_variable: str = field(default="", metadata={"doc": "The environment variable that holds a token: sent as a bearer."})
    hello: tuple[str, ...] = field(default=(), metadata={"doc": "Texts that are sent first, as subscriptions are."})


class WebSocketConnector(Talker):
    """Calls a WebSocket, and calls again when it ends."""

    kind, parameters = "websocket", WebSocketParameters
    _socket: Any = None

    def check(self) -> None:
        """The address, and the token."""
        need_aiohttp()
        settings: WebSocketParameters = self.settings
        outside_url(settings.url, ("ws", "wss"))
        self._token = secret(settings.token_variable)

    async def talk(self) -> None:
        """Listen until it ends."""
        from aiohttp import WSCloseCode, WSMsgType

        settings: WebSocketParameters = self.settings
        async with session(self._token) as http:
            socket = await http.ws_connect(settings.url, max_msg_size=_MAX_MESSAGE, heartbeat=_HEARTBEAT_SECS)
            try:
                for text in settings.hello:
                    await socket.send_str(text)
                self._socket = socket
                self.came("" if settings.url.startswith("wss") else "not encrypted")
                async for message in socket:
                    if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                        await self.link.leave_soon(self.link.read(settings.topic, message.data))
            finally:
                self._socket = None
                await socket.close()
            if socket.close_code == WSCloseCode.MESSAGE_TOO_BIG:
                self.link.refuse(f"a message is too large; at most {_MAX_MESSAGE:,} bytes are read")
            if socket.close_code not in (None, 1000, 1001):
                raise TaixuError(f"the other side hung up with {socket.close_code}")

    def send(self, topic: str, payload: bytes) -> None:
        """Send ``{"topic": ..., ...}``: the payload, an object of JSON, with its topic."""
        self.need_there()
        text, socket = json.dumps({"topic": topic, **json.loads(payload)}, ensure_ascii=False), self._socket
        if socket is None:
            raise TaixuError(f"the other side of {self.link.name!r} is not there")
        self.send_soon(socket.send_str(text))
