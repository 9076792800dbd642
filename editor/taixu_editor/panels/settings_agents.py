"""The settings' page of agents: let them in, tell their program how, and what each tool may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.agents.consent import FREE, TOOLS
from taixu_editor.interface import icon
from taixu_editor.widgets.cards import fit_text

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["draw_agents_page"]

_STATES = {"ask": "Ask", "allow": "Allow", "refuse": "Refuse"}


def draw_agents_page(window: EditorWindow) -> None:
    """Lay it out."""
    desk, t, theme, unit = window.shell.agents, window.t, window.theme, imgui.get_font_size()
    imgui.push_text_wrap_pos(0)
    imgui.text_colored(theme.faint, t(
        "Programs with a language model can work at your world: they read it, look at it, and propose edits. You are asked about "
        "each tool, and each batch is one step that you can undo. Only programs of this machine that know the token come in."
    ))  # fmt: skip
    imgui.pop_text_wrap_pos()
    imgui.dummy((0, unit * 0.4))
    if desk.questions:
        imgui.text_colored(theme.warning, icon("warning", t("An agent waits for an answer; close the settings to be asked.")))
    if desk.server is None:
        imgui.begin_disabled(desk.is_starting)
        if imgui.button(f"{icon('agent', t('Let agents in'))}###start agents", (unit * 14, unit * 2)):
            window.shell.later(lambda: window.do("agents.start"))
        imgui.end_disabled()
        if desk.is_starting:
            imgui.same_line(0, unit)
            imgui.align_text_to_frame_padding()
            imgui.text_colored(theme.faint, t("A moment..."))
        return
    imgui.align_text_to_frame_padding()
    imgui.text_colored(theme.good, icon("success"))
    imgui.same_line(0, unit * 0.6)
    imgui.align_text_to_frame_padding()
    imgui.text_unformatted(t("Agents are let in at port {port}", port=desk.server.port))
    imgui.same_line(imgui.get_content_region_avail().x - unit * 9)
    if imgui.button(f"{icon('stop', t('Let nobody in'))}###stop agents", (unit * 9, 0)):
        window.shell.later(lambda: window.do("agents.stop"))
        return
    imgui.dummy((0, unit * 0.2))
    _configuration(window)
    imgui.dummy((0, unit * 0.4))
    for tool, does in TOOLS.items():
        if tool not in FREE:
            _tool(window, tool, does)


def _configuration(window: EditorWindow) -> None:
    t, unit = window.t, imgui.get_font_size()
    imgui.align_text_to_frame_padding()
    imgui.text_unformatted(t("For the settings of your client:"))
    imgui.same_line(imgui.get_content_region_avail().x - unit * 6)
    text = window.shell.agents.configuration()
    if imgui.button(f"{icon('copy', t('Copy'))}###copy configuration", (unit * 6, 0)):
        imgui.set_clipboard_text(text)
        window.shell.toasts.say(t("Copied; it holds the token, so tell it to nobody"), "success")
    lines = text.count("\n") + 1
    size = (-1.0, imgui.get_text_line_height() * lines + unit)
    hidden = text.replace(window.shell.agents.server.token, "•" * 12) if window.shell.agents.server else text
    imgui.input_text_multiline("##configuration", hidden, size, imgui.InputTextFlags_.read_only)


def _tool(window: EditorWindow, tool: str, does: str) -> None:
    consent, t, unit = window.shell.agents.consent, window.t, imgui.get_font_size()
    state = "allow" if tool in consent.allowed else "refuse" if tool in consent.refused else "ask"
    imgui.align_text_to_frame_padding()
    room = imgui.get_content_region_avail().x - unit * 16.5
    text = t(does)
    imgui.text_unformatted(fit_text(text[:1].upper() + text[1:], room))
    if imgui.is_item_hovered():
        imgui.set_tooltip(text)
    imgui.same_line(room + unit)
    for key, text in _STATES.items():
        if key != "ask":
            imgui.same_line(0, 2)
        is_chosen = key == state
        if is_chosen:
            imgui.push_style_color(imgui.Col_.button, window.theme.accent_soft)
        if imgui.button(f"{t(text)}###{key} {tool}", (unit * 5, 0)):
            consent.set_state(tool, key)
        if is_chosen:
            imgui.pop_style_color()
