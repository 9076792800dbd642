"""A Python prompt on the world that runs or is edited.

``editor`` is the host (``editor.do("entity.spawn", name="Crate")``), ``world`` the active world by nodes, ``selected`` the
nodes that are selected, ``game`` the interface of scripts while the world is played.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu_editor.console import Console, common_start
from taixu_editor.panels.panel import Panel

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ConsolePanel"]

_MOST_SHOWN = 12
_FLAGS = (
    imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.ctrl_enter_for_new_line
    | imgui.InputTextFlags_.callback_completion | imgui.InputTextFlags_.callback_always
)  # fmt: skip
_LIST_FLAGS = (
    imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.always_auto_resize | imgui.WindowFlags_.no_saved_settings
    | imgui.WindowFlags_.no_focus_on_appearing | imgui.WindowFlags_.no_nav | imgui.WindowFlags_.no_docking
    | imgui.WindowFlags_.no_move | imgui.WindowFlags_.no_inputs
)  # fmt: skip
_PROMPTS = {"in": ">>> ", "more": "... "}


class ConsolePanel(Panel):
    """The prompt, and what was printed above it."""

    id: ClassVar[str] = "console"
    title: ClassVar[str] = "Console"
    dock: ClassVar[str] = "bottom"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        operations = self.host.operations
        self.console = Console(self._names, texts={"editor.do": lambda: (each.id for each in operations)}, after=self._ran)
        self.line = ""
        self.found: list[str] = []
        """What the name before the cursor could become, while that is asked."""
        self._at = 0
        self._place = 0
        self._draft = ""
        self._asked = ""
        self._next: str | None = None
        self._wants_focus = self._wants_end = False
        self.place = (0.0, 0.0)
        """The middle of the prompt, in the window."""

    def draw(self) -> None:
        """Output above, prompt below."""
        lines = min(self.line.count("\n") + 1, 8)
        imgui.push_font(self.window.fonts.mono, 0.0)
        height = imgui.get_text_line_height() * lines + imgui.get_style().frame_padding.y * 2
        self._draw_output(height + imgui.get_style().item_spacing.y)
        self._draw_prompt(height)
        imgui.pop_font()

    def release(self) -> None:
        """Run nothing more."""
        self.console.close()

    def _draw_output(self, below: float) -> None:
        theme = self.window.theme
        imgui.begin_child("output", (0, -below))
        colors = {"in": theme.accent, "more": theme.accent, "out": theme.text, "error": theme.bad}
        if not self.console.output:
            imgui.text_disabled(self.t('Python on this world: try  editor.do("entity.spawn", name="Crate")  or  world'))
        at_end = imgui.get_scroll_y() >= imgui.get_scroll_max_y() - 2 or self._wants_end
        self._wants_end = False
        lines = list(self.console.output)
        clipper = imgui.ListClipper()
        clipper.begin(len(lines))
        while clipper.step():
            for kind, line in lines[clipper.display_start : clipper.display_end]:
                imgui.push_style_color(imgui.Col_.text, colors[kind])
                imgui.text_unformatted(_PROMPTS.get(kind, "") + line)
                imgui.pop_style_color()
        if at_end:
            imgui.set_scroll_here_y(1.0)
        if imgui.begin_popup_context_window("output menu"):
            if imgui.menu_item(f"{self.t('Copy')}###copy", "", False)[0]:
                imgui.set_clipboard_text("\n".join(_PROMPTS.get(kind, "") + line for kind, line in lines))
            if imgui.menu_item(f"{self.t('Clear')}###clear", "", False)[0]:
                self.console.output.clear()
            imgui.end_popup()
        imgui.end_child()

    def _draw_prompt(self, height: float) -> None:
        imgui.align_text_to_frame_padding()
        imgui.text_colored(self.window.theme.accent, ">>>")
        imgui.same_line()
        corner = imgui.get_cursor_screen_pos()
        if self._wants_focus:
            imgui.set_keyboard_focus_here()
            self._wants_focus = False
        line = self.line
        entered, self.line = imgui.input_text_multiline("###prompt", line, (-1, height), _FLAGS, self._edit)
        if self.found and imgui.is_key_pressed(imgui.Key.escape, False):  # closes the list, and takes no text away
            self.found, self._wants_focus = [], True
            self._replace(line)
        self.place = (corner.x + imgui.get_font_size() * 4, corner.y + height / 2)
        if imgui.is_item_active():
            self.keyboard_frame = imgui.get_frame_count()
            self._answer_keys()
        elif self.found and not imgui.is_item_activated():
            self.found = []
        if entered:
            self._enter()
        if self.found:
            self._draw_found((corner.x, corner.y))

    def _enter(self) -> None:
        """Take what is chosen in the list, write on in a block, or run."""
        self._wants_focus = True
        if self.found:
            self._take(self.found[self._at])
        elif not self.line.strip():
            self._replace("")
        elif self.console.is_whole(self.line if self.line.rsplit("\n", 1)[-1].strip() else f"{self.line.rstrip()}\n"):
            self.console.run(self.line)
            self._place, self._wants_end = 0, True
            self._replace("")
        else:
            last = self.line.rsplit("\n", 1)[-1]
            indent = len(last) - len(last.lstrip()) + (4 if last.rstrip().endswith(":") else 0)
            self._replace(f"{self.line}\n{' ' * indent}")

    def _answer_keys(self) -> None:
        """Up and down choose in the list, or bring back what was run."""
        step = int(imgui.is_key_pressed(imgui.Key.up_arrow)) - int(imgui.is_key_pressed(imgui.Key.down_arrow))
        if self.found:
            self._at = (self._at - step) % len(self.found)
        elif step and ("\n" not in self.line or self._place):
            history = self.console.history
            if not self._place:
                self._draft = self.line
            self._place = min(max(self._place + step, 0), len(history))
            self._replace(history[-self._place] if self._place else self._draft)

    def _edit(self, data: imgui.InputTextCallbackData) -> int:
        """Dear ImGui asks: a key for completion, or whether the text is to be another one."""
        if data.event_flag == imgui.InputTextFlags_.callback_completion:
            self._complete()
        elif self.found and self._next is None and self.line != self._asked:
            self._ask()
        if self._next is not None:
            text, self._next = self._next, None
            data.delete_chars(0, data.buf_text_len)
            data.insert_chars(0, text)
        return 0

    def _complete(self) -> None:
        if self.found:
            self._take(self.found[self._at])
            return
        last = self.line.rsplit("\n", 1)[-1]
        if not last.strip():
            self._replace(self.line + "    ")
            return
        self._ask()
        start = self.console.start_of(self.line)
        common = common_start(self.found) if self.found else ""
        if len(self.found) == 1:
            self._take(self.found[0])
        elif len(common) > len(self.line) - start:
            self._replace(self.line[:start] + common)
            self._asked = self.line

    def _ask(self) -> None:
        self._asked = self.line
        self.found, self._at = self.console.complete(self.line), 0

    def _take(self, name: str) -> None:
        self._replace(self.line[: self.console.start_of(self.line)] + name)
        self.found = []

    def _replace(self, text: str) -> None:
        """The field keeps its own text while it is active, and takes another one when it asks for it next."""
        self.line = self._next = text

    def _draw_found(self, corner: tuple[float, float]) -> None:
        first = min(max(self._at - _MOST_SHOWN // 2, 0), max(len(self.found) - _MOST_SHOWN, 0))
        shown = self.found[first : first + _MOST_SHOWN]
        imgui.set_next_window_pos(corner, imgui.Cond_.always, (0.0, 1.0))
        imgui.push_style_color(imgui.Col_.window_bg, self.window.theme.raised)
        imgui.begin("###console names", None, _LIST_FLAGS)
        imgui.internal.bring_window_to_display_front(imgui.internal.get_current_window())
        for number, name in enumerate(shown, first):
            is_chosen = number == self._at
            imgui.text_colored(self.window.theme.accent if is_chosen else self.window.theme.text, name)
        if len(self.found) > len(shown):
            imgui.text_disabled(self.t("and {count} more", count=len(self.found) - len(shown)))
        imgui.end()
        imgui.pop_style_color()

    def _ran(self) -> None:
        """What the prompt did to bodies and places of the world that runs is seen at once, also while it is paused."""
        from taixu.script import ScriptHost

        session = self.host.session
        if session.worlds and session.world.has_resource(ScriptHost):
            session.world.resource(ScriptHost).transforms.flush(session.world)

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
