"""The prompt, the log and the profiler: Python on the world that is edited or runs, and what frames cost."""

from __future__ import annotations

from typing import Any

from assets import wait_until
from editor_flows import Hand, flow

from taixu.scene import Node

YARD = "tests/ui/worlds/yard"
CRATE = "00000000000000c1"


def show(hand: Hand, panel: str) -> Any:
    """Open a panel by the palette."""
    found = next(each for each in hand.window.panels if each.id == panel)
    hand.keys("Ctrl+P")
    hand.type(f"show {found.title.lower()}", enter=True)
    wait_until(hand, lambda: hand.exists(f"//###{panel}"))
    hand.wait(4)
    return found


def prompt(hand: Hand) -> Any:
    console = show(hand, "console")
    hand.click_at(*console.place)
    hand.wait(2)
    return console


def write(hand: Hand, text: str) -> None:
    """Letter by letter, as a person does."""
    for letter in text:
        hand.context.key_chars(letter)
        hand.wait(1)


def output(console: Any) -> list[tuple[str, str]]:
    return list(console.console.output)


@flow(YARD)
def the_prompt_runs_python_and_remembers(hand: Hand) -> None:
    console = prompt(hand)
    write(hand, "6 * 7")
    hand.keys("Enter")
    wait_until(hand, lambda: ("out", "42") in output(console))
    write(hand, "for n in range(2):")
    hand.keys("Enter")
    wait_until(hand, lambda: console.line == "for n in range(2):\n    ")
    write(hand, "print('n is', n)")
    hand.keys("Enter")
    hand.wait(2)
    assert ("out", "n is 0") not in output(console), "a block ends with an empty line"
    hand.keys("Enter")
    wait_until(hand, lambda: ("out", "n is 1") in output(console))
    assert ("more", "    print('n is', n)") in output(console)
    hand.keys("Up")
    wait_until(hand, lambda: console.line.startswith("for n"))
    hand.keys("Up")
    wait_until(hand, lambda: console.line == "6 * 7")
    write(hand, " / 0")
    hand.keys("Enter")
    wait_until(hand, lambda: ("error", "ZeroDivisionError: division by zero") in output(console))


@flow(YARD)
def names_are_completed_also_those_of_operations(hand: Hand) -> None:
    console = prompt(hand)
    write(hand, "editor.oper")
    hand.keys("Tab")
    wait_until(hand, lambda: console.line == "editor.operations")
    for _ in range(len(console.line)):
        hand.keys("Backspace")
    wait_until(hand, lambda: not console.line)
    write(hand, "editor.")
    hand.keys("Tab")
    wait_until(hand, lambda: len(console.found) > 5)
    hand.keys("Down")
    hand.keys("Escape")
    wait_until(hand, lambda: not console.found)
    assert console.line == "editor.", "closing the list takes no text away"
    hand.wait(3)
    for _ in range(len(console.line)):
        hand.keys("Backspace")
    wait_until(hand, lambda: not console.line)
    write(hand, 'editor.do("entity.spa')
    hand.keys("Tab")
    wait_until(hand, lambda: console.line == 'editor.do("entity.spawn')
    write(hand, '", name="Box 9")')
    hand.keys("Enter")
    wait_until(hand, lambda: hand.session.history.undo_label == "Add")
    write(hand, "world.fi")
    hand.keys("Tab")
    wait_until(hand, lambda: console.line == "world.find")
    hand.keys("Escape")


@flow(YARD)
def the_prompt_speaks_to_the_world_that_runs(hand: Hand) -> None:
    hand.keys("F5")
    wait_until(hand, lambda: hand.host.play.is_playing)
    hand.keys("F6")
    wait_until(hand, lambda: hand.host.play.is_paused)
    console = prompt(hand)
    write(hand, "game.find('Crate').position = (0, 7, 0)")
    hand.keys("Enter")
    wait_until(hand, lambda: Node(hand.session.world, hand.session.entity(CRATE)).position[1] == 7.0)
    write(hand, "while True: print('again')")
    console.console._watchdog.limit_secs = 0.5
    hand.keys("Enter")
    if console.line:
        hand.keys("Enter")
    wait_until(hand, lambda: any("did not end" in line for kind, line in output(console) if kind == "error"))
    assert len(output(console)) < 600 and any("more lines" in line for _, line in output(console))
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)
    assert Node(hand.session.world, hand.session.entity(CRATE)).position[1] == 3.0


@flow(YARD)
def the_log_is_filtered_by_kind_and_words(hand: Hand) -> None:
    console = prompt(hand)
    for text in ("import logging", "log = logging.getLogger('taixu')", "log.warning('the cat is out')", "log.error('a dog')"):
        write(hand, text)
        hand.keys("Enter")
        hand.wait(2)
    assert console.console.history
    log = show(hand, "log")
    wait_until(hand, lambda: len(log._filtered()) >= 2)
    hand.click("//###log/###warning")
    hand.wait(2)
    assert [line.level for line in log._filtered() if line.text in ("the cat is out", "a dog")] == ["error"]
    hand.click("//###log/###warning")
    hand.click("//###log/###search")
    hand.type("cat")
    wait_until(hand, lambda: [line.text for line in log._filtered()] == ["the cat is out"])
    hand.type("")
    hand.click("//###log/###clear")
    wait_until(hand, lambda: not hand.window.log.lines)


@flow(YARD)
def a_click_on_the_curves_shows_that_frame(hand: Hand) -> None:
    profiler = show(hand, "profiler")
    wait_until(hand, lambda: len(profiler.recorder.frames) > 20)
    assert all(each.total_ms > 0 and each.parts["panels"] > 0 for each in profiler.recorder.frames)
    assert hand.window.renderer.measures_passes
    hand.keys("F5")
    wait_until(hand, lambda: hand.host.play.is_playing)
    wait_until(hand, lambda: profiler.recorder.frames[-1].systems.get("step_physics", 0) > 0)
    wait_until(hand, lambda: any(each.passes for each in profiler.recorder.frames))
    info = hand.context.item_info("//###profiler/###frames")
    low, high = info.rect_full.min, info.rect_full.max
    hand.click_at(low.x + (high.x - low.x) * 0.25, (low.y + high.y) / 2)
    wait_until(hand, lambda: profiler.chosen is not None)
    assert not profiler.is_recording and not hand.window.renderer.measures_passes
    count = len(profiler.recorder.frames)
    hand.wait(3)
    assert len(profiler.recorder.frames) == count, "what is looked at stays"
    hand.click("//###profiler/###slowest")
    frame = profiler.recorder.frames[profiler.chosen]
    assert frame.total_ms == max(each.total_ms for each in profiler.recorder.frames)
    hand.click("//###profiler/###record")
    wait_until(hand, lambda: profiler.chosen is None and len(profiler.recorder.frames) > 2)
    hand.context.item_input_value("//###profiler/###spike", 4.0)
    assert profiler.spike_ms == 4.0
    hand.click("//###profiler/###spikes")
    wait_until(hand, lambda: profiler.chosen is not None)
    hand.click("//###profiler/###spikes")
    hand.context.item_input_value("//###profiler/###spike", 50.0)
    hand.click("//###profiler/###record")
    wait_until(hand, lambda: profiler.is_recording)
    show(hand, "log")
    wait_until(hand, lambda: not hand.window.renderer.measures_passes)
    hand.keys("Shift+F5")
