"""What scripts and mods show, for pages to draw, and what people do with it: presses, texts, the chat.

Listeners of ``/live`` hear ``screen`` when it changes, ten times a second at the most. Seeing takes the role that seeing always
takes; whoever presses, writes or says something must be allowed to operate.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taixu.app import App
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.script.chat import MOST_SAID, Chat
from taixu.script.inbox import owner_of_text, owner_text
from taixu.script.plain_text import plain_line, plain_lines
from taixu.script.players import press, say, submit
from taixu.script.widgets import MOST_WRITTEN, Widget, Widgets
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.listeners import Listeners
from taixu.serve.part import Part, operation

if TYPE_CHECKING:
    from aiohttp import web

    from taixu.serve.service import Service

__all__ = ["ScreenPart", "screen_facts"]

_TELL_SECS = 0.1
_MOST_WIDGETS = 200
_MOST_LINES = 20
_MOST_BODY = 8192
_ACTS_A_SEC, _ACTS_AT_ONCE = 5.0, 20.0


@dataclass
class _Patience:
    """How much somebody may still do at once."""

    left: float = _ACTS_AT_ONCE
    at: float = field(default_factory=time.monotonic)

    def allows(self) -> bool:
        now = time.monotonic()
        self.left, self.at = min(_ACTS_AT_ONCE, self.left + (now - self.at) * _ACTS_A_SEC), now
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


class ScreenPart(Part):
    """``/screen``, ``/screen/press``, ``/screen/submit``, ``/screen/say``."""

    def __init__(self, listeners: Listeners) -> None:
        self._listeners = listeners
        self._told: Any = None
        self._told_at = -1.0
        self._patience: dict[str, _Patience] = {}

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def look(request: web.Request, guest: Guest) -> web.Response:
            try:
                return web.json_response(await door.ask(screen_facts))
            except TaixuError as error:  # the world is busy
                return refusal(str(error), 503)

        def acting(names: tuple[str, ...], act: Any) -> Any:
            async def handle(request: web.Request, guest: Guest) -> web.Response:
                said = await _read(request, names)
                if said is None:
                    return refusal(f"it takes an object with the texts {', '.join(names)}")
                if len(self._patience) > 1000:
                    self._patience.clear()
                if not self._patience.setdefault(guest.name, _Patience()).allows():
                    return refusal("not so fast", 429, **{"Retry-After": "1"})
                try:
                    await door.ask(lambda world: act(world, guest, **said))
                except TaixuError as error:
                    return refusal(str(error), 503)
                return web.json_response({"done": True})

            return door.need(Role.OPERATE, handle)

        return [
            web.get("/screen", door.need(Role.VIEW, look)),
            web.post("/screen/press", acting(("owner", "name"), _press)),
            web.post("/screen/submit", acting(("owner", "name", "text"), _submit)),
            web.post("/screen/say", acting(("text",), _say)),
        ]

    def paths(self) -> dict[str, Any]:
        def body(*names: str) -> dict[str, Any]:
            properties = {name: {"type": "string"} for name in names}
            schema = {"type": "object", "properties": properties, "required": list(names)}
            return {"content": {"application/json": {"schema": schema}}}

        texts = {"type": "object"}
        return {
            "/screen": {"get": operation("What scripts and mods show, and the latest lines of the chat.", texts)},
            "/screen/press": {"post": operation("Press a button.", texts, requestBody=body("owner", "name"))},
            "/screen/submit": {"post": operation("Write into a field.", texts, requestBody=body("owner", "name", "text"))},
            "/screen/say": {"post": operation("Say something in the chat.", texts, requestBody=body("text"))},
        }

    def frame(self, app: App, service: Service) -> None:
        now = time.perf_counter()
        if now - self._told_at < _TELL_SECS or not app.world.has_resource(Widgets):
            return
        widgets, chat = app.resource(Widgets), app.resource(Chat)
        state = (id(widgets), widgets.version, chat.count, chat.open)
        if state != self._told:
            self._told, self._told_at = state, now
            service.call_soon(self._listeners.tell, "screen", screen_facts(app.world))


def screen_facts(world: World) -> dict[str, Any]:
    """What there is to draw: widgets as they came, and the chat."""
    if not world.has_resource(Widgets):
        return {"widgets": [], "chat": {"open": False, "lines": []}}
    shown = list(world.resource(Widgets).of_screen())[:_MOST_WIDGETS]
    chat = world.resource(Chat)
    first = chat.count - len(chat.lines)
    lines = [
        {"number": first + place, "role": line.role, "who": line.who, "text": line.text} for place, line in enumerate(chat.lines)
    ]
    return {"widgets": [_facts(widget) for widget in shown], "chat": {"open": chat.open, "lines": lines[-_MOST_LINES:]}}


def _facts(widget: Widget) -> dict[str, Any]:
    found: dict[str, Any] = {
        "owner": owner_text(widget.owner), "name": widget.name, "kind": widget.kind, "corner": widget.corner,
        "offset": [round(each, 4) for each in widget.offset],
        "text": "\n".join(plain_lines(widget.text, most=40)) if widget.kind == "text" else plain_line(widget.text),
    }  # fmt: skip
    if widget.kind in ("text", "map"):
        found["size"] = round(widget.size, 3)
    if widget.kind in ("text", "bar"):
        found["color"] = _hex(widget.color)
    if widget.kind == "bar":
        found["value"] = round(widget.value, 4)
    elif widget.kind == "input":
        found["hint"] = plain_line(widget.hint)
    elif widget.kind == "map":
        found["dots"] = [[round(each, 3) for each in dot] for dot in widget.dots]
        found["colors"] = [_hex(color) for color in widget.colors]
    return found


def _hex(linear: tuple[float, float, float]) -> str:
    shown = (1.055 * value ** (1 / 2.4) - 0.055 if value > 0.0031308 else 12.92 * value for value in
             (max(0.0, min(1.0, each)) for each in linear))  # fmt: skip
    return "#" + "".join(f"{round(255 * each):02x}" for each in shown)


async def _read(request: web.Request, names: tuple[str, ...]) -> dict[str, str] | None:
    """The texts that somebody sent; None where that is something else."""
    if (request.content_length or 0) > _MOST_BODY:
        return None
    try:
        said = await request.json()
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in names):
        return None
    return {name: said[name] for name in names}


def _press(world: World, guest: Guest, *, owner: str, name: str) -> None:
    press(world, owner_of_text(owner), name)


def _submit(world: World, guest: Guest, *, owner: str, name: str, text: str) -> None:
    submit(world, owner_of_text(owner), name, text[:MOST_WRITTEN])


def _say(world: World, guest: Guest, *, text: str) -> None:
    say(world, text[:MOST_SAID], who=guest.name)
