"""A Python prompt on the world that runs or is edited.

``editor`` is the host (``editor.do("entity.spawn", name="Crate")``), ``world`` the active world by nodes, ``selected`` the
nodes that are selected, ``game`` the interface of scripts while the world is played.
"""

from __future__ import annotations

import ast
import contextlib
import io
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu_editor.panels.panel import Panel

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Console", "ConsolePanel"]

_KEPT = 2000
_LONGEST = 20_000


class Console:
    """Runs lines of Python and keeps what they print. No interface: the panel shows it, tests call it."""

    def __init__(self, names: Any) -> None:
        self._names = names
        self._own: dict[str, Any] = {"__name__": "__console__"}
        self.output: deque[tuple[str, str]] = deque(maxlen=_KEPT)
        """(kind, line): "in", "out" or "error"."""
        self.history: list[str] = []

    def run(self, source: str) -> None:
        """Run a line, or several; an expression at the end is shown."""
        self.history.append(source)
        for line in source.splitlines():
            self._say("in", line)
        stream = io.StringIO()
        self._own.update(self._names())
        try:
            with contextlib.redirect_stdout(stream):
                self._execute(source)
        except SyntaxError as error:
            self._say("error", f"{error.msg} (line {error.lineno})")
        except (Exception, SystemExit) as error:
            text = "".join(traceback.format_exception_only(error)).strip()
            self._say("error", text)
        finally:
            self._say("out", stream.getvalue())

    def complete(self, text: str) -> list[str]:
        """What the last name of a text could become."""
        import re

        match = re.search(r"([A-Za-z_][\w.]*)$", text)
        if match is None:
            return []
        owner, _, part = match[1].rpartition(".")
        self._own.update(self._names())
        if not owner:
            return sorted(name for name in self._own if name.startswith(part) and not name.startswith("_"))
        found: Any = None
        for name in owner.split("."):  # attributes only: completing calls nothing
            found = self._own.get(name) if found is None else getattr(found, name, None)
            if found is None:
                return []
        return sorted(f"{owner}.{name}" for name in dir(found) if name.startswith(part) and not name.startswith("_"))

    def _execute(self, source: str) -> None:
        tree = ast.parse(source, "<console>")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<console>", "exec"), self._own)  # noqa: S102 - the user's own prompt
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<console>", "eval"), self._own)  # noqa: S307
            if value is not None:
                self._own["_"] = value
                print(repr(value))  # noqa: T201 - into the stream that is shown

    def _say(self, kind: str, text: str) -> None:
        for line in text[:_LONGEST].splitlines():
            self.output.append((kind, line))


class ConsolePanel(Panel):
    """The prompt, and what was printed above it."""

    id: ClassVar[str] = "console"
    title: ClassVar[str] = "Console"
    dock: ClassVar[str] = "bottom"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.console = Console(self._names)
        self.line = ""
        self._place = 0
        self._wants_focus = False

    def draw(self) -> None:
        """Output above, prompt below."""
        theme = self.window.theme
        height = imgui.get_frame_height_with_spacing()
        imgui.push_font(self.window.fonts.mono, 0.0)
        imgui.begin_child("output", imgui.ImVec2(0, -height))
        colors = {"in": theme.accent, "out": theme.text, "error": theme.bad}
        if not self.console.output:
            imgui.text_disabled(self.t('Python on this world: try  editor.do("entity.spawn", name="Crate")  or  world'))
        at_end = imgui.get_scroll_y() >= imgui.get_scroll_max_y() - 2
        lines = list(self.console.output)
        clipper = imgui.ListClipper()
        clipper.begin(len(lines))
        while clipper.step():
            for kind, line in lines[clipper.display_start : clipper.display_end]:
                imgui.text_colored(imgui.ImVec4(*colors[kind]), (">>> " if kind == "in" else "") + line)
        if at_end:
            imgui.set_scroll_here_y(1.0)
        imgui.end_child()
        imgui.align_text_to_frame_padding()
        imgui.text_colored(imgui.ImVec4(*theme.accent), ">>>")
        imgui.same_line()
        imgui.set_next_item_width(-1)
        if self._wants_focus:
            imgui.set_keyboard_focus_here()
            self._wants_focus = False
        entered, self.line = imgui.input_text("###prompt", self.line, imgui.InputTextFlags_.enter_returns_true)
        if imgui.is_item_active():
            self._recall()
        if entered and self.line.strip():
            self.console.run(self.line)
            self.line, self._place, self._wants_focus = "", 0, True
        imgui.pop_font()

    def _recall(self) -> None:
        """Up and down bring lines back, Tab completes."""
        history = self.console.history
        step = int(imgui.is_key_pressed(imgui.Key.up_arrow)) - int(imgui.is_key_pressed(imgui.Key.down_arrow))
        if step and history:
            self._place = min(max(self._place + step, 0), len(history))
            self._replace(history[-self._place] if self._place else "")
        elif imgui.is_key_pressed(imgui.Key.tab):
            found = self.console.complete(self.line)
            if len(found) == 1:
                start = len(self.line) - len(self.line.split(" ")[-1].split("(")[-1])
                self._replace(self.line[:start] + found[0])
            elif found:
                self.console.output.append(("out", "  ".join(found[:60])))

    def _replace(self, text: str) -> None:
        self.line = text
        imgui.internal.clear_active_id()  # the field keeps its own text while it is active
        self._wants_focus = True

    def _names(self) -> dict[str, Any]:
        from taixu.defaults import World
        from taixu.scene import Node
        from taixu.script import ScriptHost

        session = self.host.session
        names: dict[str, Any] = {"editor": self.host}
        if session.worlds:
            names["world"] = World(session.world)
            names["selected"] = [Node(session.world, session.entity(text)) for text in session.current.selection]
            if self.host.play.is_playing and session.world.has_resource(ScriptHost):
                names["game"] = session.world.resource(ScriptHost).game
        return names
