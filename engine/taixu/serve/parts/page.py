"""The viewer's page and its files, which users never build."""

from __future__ import annotations

import mimetypes
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.serve.access import Guest, Role, cookie_name
from taixu.serve.content import answer_content
from taixu.serve.door import Door, refusal
from taixu.serve.part import Part

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["PagePart", "viewer_folder"]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self' blob:; media-src 'self' blob:; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain", ".html": "text/html"}
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Taixu</title>
<p>The viewer is not built here: <code>make viewer</code> in a checkout builds it, and a wheel from the package index carries it.
The server itself runs; see <a href="/state">its state</a> and <a href="/openapi.json">what it answers</a>.</p></html>
"""


def viewer_folder() -> Path:
    """Where the built viewer lies, if it is built."""
    return Path(str(files("taixu.serve").joinpath("viewer/dist")))


class PagePart(Part):
    """``/`` and ``/viewer/...``."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = viewer_folder() if folder is None else folder

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def enter(request: web.Request, guest: Guest) -> web.StreamResponse:
            """A page's token goes from the address into a cookie at once: addresses are logged and shown."""
            if "token" in request.query:
                response = web.Response(status=303, headers={"Location": "/"})
                name, token = cookie_name(request.host), request.query["token"]
                response.set_cookie(name, token, httponly=True, samesite="Strict", secure=door.is_secure)
                return response
            page = self._folder / "index.html"
            text = page.read_text() if page.is_file() else _NOT_BUILT
            return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": _POLICY})

        async def file(request: web.Request, guest: Guest) -> web.StreamResponse:
            # Names that are there are the only ones that are opened: no path is ever put together from what was asked.
            known = {each.name: each for each in self._folder.iterdir()} if self._folder.is_dir() else {}
            found = known.get(request.match_info["name"])
            if found is None or not found.is_file() or found.is_symlink():
                return refusal("there is no such file of the viewer", 404)
            kind = _TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            return await answer_content(request, found.read_bytes(), kind)

        return [web.get("/", door.need(Role.VIEW, enter)), web.get(r"/viewer/{name}", door.need(Role.VIEW, file))]
