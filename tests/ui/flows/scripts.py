"""Scripts: errors at their lines, saved while the world runs, opened elsewhere; loops and floods end in a sentence."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from assets import middle_of_view, wait_until
from editor_flows import Hand, flow
from shell import make_project

from taixu.scene import Node

WALK = """import game

speed: float = 1.0


def on_tick(dt):
    game.entity.position += (speed * dt, 0, 0)
"""


def begin(hand: Hand, name: str, source: str = WALK) -> Path:
    """A project of one's own with a box that has a script, which another program has written; it is open. Gives its file."""
    project = make_project(hand, name)
    wait_until(hand, lambda: hand.session.worlds)
    hand.menu("###Add/###box")
    wait_until(hand, lambda: hand.session.current.selection)
    hand.wait(3)
    hand.click("//###inspector/###add component")
    hand.type("script", enter=True)
    wait_until(hand, lambda: "script" in components(hand) and hand.exists("**/###new script"))
    hand.click("**/###new script")
    wait_until(hand, lambda: tabs(hand))
    script = project / "scripts" / "box.py"
    script.write_text(source)
    wait_until(hand, lambda: tabs(hand)[0].editor.get_text() == source)
    hand.wait(3)
    return script


def components(hand: Hand) -> list[str]:
    world = hand.session.world
    table, _ = world.place(hand.session.entity(hand.session.current.selection[-1]))
    return [each.name for each in table.components]


def tabs(hand: Hand) -> list[Any]:
    return next(panel for panel in hand.window.panels if panel.id == "scripts").tabs


def box(hand: Hand) -> Any:
    return Node(hand.session.world, hand.session.entity(hand.session.current.selection[-1]))


def errors(hand: Hand) -> list[str]:
    return [line.text for line in hand.window.log.lines if line.level == "error"]


def replace_line(hand: Hand, number: int, text: str) -> None:
    """Write another line (from 1) over one of the text, by the keyboard."""
    hand.click_at(*middle_of_view(hand))
    hand.keys("Ctrl+Home")
    for _ in range(number - 1):
        hand.keys("Down")
    hand.keys("Home")
    hand.keys("Shift+End")
    hand.context.key_chars(text)
    hand.wait(3)


def play(hand: Hand) -> None:
    hand.keys("F5")
    wait_until(hand, lambda: hand.host.play.is_playing)


def show_script(hand: Hand) -> None:
    """Its tab stands in front again: playing shows the view."""
    wait_until(hand, lambda: hand.exists("**/###open script"))
    hand.click("**/###open script")
    hand.wait(4)


@flow("")
def what_is_wrong_stands_at_its_line_while_one_writes_and_while_it_runs(hand: Hand) -> None:
    begin(hand, "Lines")
    tab = tabs(hand)[0]
    replace_line(hand, 7, "    game.entity.position += (speed *")
    wait_until(hand, lambda: [each.line for each in tab.problems] == [7])
    assert tab.is_changed and "never closed" in tab.problems[0].text
    replace_line(hand, 7, "    print(nobody)")
    wait_until(hand, lambda: not tab.problems)
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: not tab.is_changed)
    assert not tab.problems, "it is a script; what it does is not known yet"
    hand.keys("Ctrl+Home")
    play(hand)
    wait_until(hand, lambda: hand.window.shell.toasts.shown)
    hand.click("**/###act")
    wait_until(hand, lambda: tab.problems and tab.editor.get_main_cursor_position().line == 6)
    assert [each.line for each in tab.problems] == [7] and tab.problems[0].text.startswith("NameError: name 'nobody'")
    start = box(hand).position[0]
    replace_line(hand, 7, "    game.entity.position += (speed * dt, 0, 0)")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: tab.reloaded is not None and tab.reloaded.is_good)
    wait_until(hand, lambda: box(hand).position[0] > start + 0.2)
    assert not tab.problems, "what was said of the version before is forgotten"
    hand.keys("Shift+F5")


@flow("")
def a_saved_script_is_taken_over_at_once_or_the_one_before_runs_on(hand: Hand) -> None:
    script = begin(hand, "Reload")
    tab = tabs(hand)[0]
    play(hand)
    wait_until(hand, lambda: box(hand).position[0] > 0.2)
    show_script(hand)
    replace_line(hand, 7, "    game.entity.position += (0, speed * dt, 0)")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: tab.reloaded is not None and tab.reloaded.is_good)
    height = box(hand).position[1]
    wait_until(hand, lambda: box(hand).position[1] > height + 0.2)
    replace_line(hand, 6, "def on_tick(dt)")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: tab.reloaded is not None and not tab.reloaded.is_good)
    assert [each.line for each in tab.problems] == [6]
    height = box(hand).position[1]
    wait_until(hand, lambda: box(hand).position[1] > height + 0.2)
    hand.keys("Ctrl+Home")
    hand.keys("Ctrl+P")
    hand.type("show log", enter=True)
    wait_until(hand, lambda: hand.exists("//###log/###search"))
    hand.click("//###log/###search")
    hand.type("is not reloaded")
    hand.wait(3)
    hand.click("**/###line", button=1)
    hand.click("//$FOCUSED/Open source")
    wait_until(hand, lambda: tab.editor.get_main_cursor_position().line == 5)
    hand.click("//###log/###search")
    hand.type("")
    script.write_text(WALK)
    wait_until(hand, lambda: "scripts/box.py runs anew" in [toast.text for toast in hand.window.shell.toasts.shown])
    hand.keys("Shift+F5")


@flow("")
def a_script_opens_in_the_users_own_editor_at_its_line(hand: Hand) -> None:
    script = begin(hand, "Elsewhere")
    project = script.parent.parent
    said = hand.folder / "said.txt"
    program = hand.folder / "code"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{said}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    before = os.environ.get("VISUAL")
    os.environ["VISUAL"] = str(program)
    try:
        tab = tabs(hand)[0]
        replace_line(hand, 3, "speed: float = 2.0")
        hand.click("**/###outside")
        wait_until(hand, lambda: said.exists() and len(said.read_text().splitlines()) == 3)
        assert said.read_text().splitlines() == [str(project), "-g", f"{script}:3"]
        assert "2.0" in script.read_text(), "it is saved before"
        script.write_text(WALK.replace("1.0", "7.0"))
        wait_until(hand, lambda: "7.0" in tab.editor.get_text())
        assert not tab.is_changed, "what another program wrote is taken in"
    finally:
        if before is None:
            del os.environ["VISUAL"]
        else:
            os.environ["VISUAL"] = before
