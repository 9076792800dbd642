"""Answers of bytes that do not change under their hash: packed where that helps, and not sent twice."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["answer_content", "content_tag"]

_PACKED = ("text/", "application/json", "application/octet-stream", "model/", "image/svg")
_WORTH_PACKING = 1400
_LARGE = 256 << 10


def content_tag(data: bytes) -> str:
    """The entity tag of bytes: their hash."""
    return f'"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'


async def answer_content(request: web.Request, data: bytes, kind: str, *, is_final: bool = False) -> web.StreamResponse:
    """Answer with bytes; who has them already hears just that.

    Parameters
    ----------
    kind
        The media type.
    is_final
        Whether the address names these bytes for ever (it has their hash in it), so that nobody need ask again.
    """
    from aiohttp import web

    tag = content_tag(data)
    keep = "private, max-age=31536000, immutable" if is_final else "private, no-cache"
    headers = {"ETag": tag, "Cache-Control": keep, "Vary": "Accept-Encoding"}
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    if takes_gzip and kind.startswith(_PACKED) and len(data) >= _WORTH_PACKING:
        if len(data) > _LARGE:
            data = await asyncio.to_thread(gzip.compress, data, 1)
        else:
            data = gzip.compress(data, 5)
        headers["Content-Encoding"] = "gzip"
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=data, content_type=kind, charset=charset, headers=headers)
