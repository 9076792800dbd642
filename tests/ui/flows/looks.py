"""Every panel and dialog in both themes and both languages, as it looks with something in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assets import open_copy, show, wait_until
from editor_flows import Hand, flow
from scripts_console import write

DESK = "tests/ui/worlds/desk"
LOOKS = (("dark", "en"), ("light", "en"), ("light", "zh-Hans"), ("dark", "zh-Hans"))
BOTTOM = ("assets", "console", "log", "profiler", "animation")


def in_all_looks(hand: Hand, take: Callable[[str], None]) -> None:
    """Let pictures be taken in one look after another; the menu turns the theme and the language over."""
    for number, (theme, language) in enumerate(LOOKS):
        if number in (1, 3):
            hand.menu("###View/###editor.theme")
        elif number == 2:
            hand.menu("###View/###editor.language")
        hand.wait(3)
        assert (hand.window.theme.name, hand.window.t.language) == (theme, language)
        take(f"{theme}_{language}")


def front(hand: Hand, panel: str) -> Any:
    """A panel, brought to the front by a click on its tab."""
    hand.click(f"//###{panel}/#TAB")
    hand.wait(2)
    hand.window.shell.toasts.clear()
    return next(each for each in hand.window.panels if each.id == panel)


def rest(hand: Hand) -> None:
    """The pointer hovers over nothing."""
    hand.move(560, 6)
    hand.wait(2)


def area_of(window: str) -> tuple[float, float, float, float]:
    """Where a window of Dear ImGui lies."""
    from imgui_bundle import imgui

    found = imgui.internal.find_window_by_name(window)
    return (found.pos.x, found.pos.y, found.size.x, found.size.y)


def select_row(hand: Hand, name: str) -> None:
    """Find an entity by the palette, which selects it."""
    hand.keys("Ctrl+P")
    hand.type(f"@{name}", enter=True)
    hand.wait(4)


def desk_with_things_in_all_panels(hand: Hand) -> None:
    """A project of one's own, in which every panel has something to show."""
    open_copy(hand)
    panel = show(hand, "assets/pictures")
    wait_until(hand, lambda: "assets/pictures/moss.png" in panel.places)
    hand.click_at(*panel.places["assets/pictures/moss.png"])
    wait_until(hand, lambda: not hand.window.thumbnails.pending and "assets/pictures/moss.png" in panel.details.uses)
    console = front(hand, "console")
    field = hand.context.item_info("//###console/###prompt").rect_full
    hand.click_at((field.min.x + field.max.x) / 2, (field.min.y + field.max.y) / 2)
    for line in ("1 + 1", "nobody"):
        write(hand, line)
        hand.keys("Enter")
    wait_until(hand, lambda: any(kind == "error" for kind, _ in console.console.output))
    select_row(hand, "crate 1")
    hand.keys("Ctrl+7")  # nothing is kept there, which is said in the log
    animation = front(hand, "animation")
    hand.click("//###animation/###key")
    left, scale, y = animation.timeline.ruler
    hand.click_at(left + scale, y)
    hand.click("//###animation/###key")
    hand.wait(4)


@flow()
def panels_look_well_in_all_looks(hand: Hand) -> None:
    desk_with_things_in_all_panels(hand)

    def take(look: str) -> None:
        for panel in ("hierarchy", "inspector", *BOTTOM):
            front(hand, panel)
            rest(hand)
            hand.picture(f"look_{panel}_{look}", panel=panel, hide=changing(hand, panel))

    in_all_looks(hand, take)


def changing(hand: Hand, panel: str) -> tuple[tuple[float, float, float, float], ...]:
    """What a panel shows differently each time."""
    if panel == "profiler":
        x, y, wide, tall = area_of("###profiler")
        return ((x + 4, y + 60, wide - 8, tall - 64),)
    if panel == "log":
        x, y, _, tall = area_of("###log")
        return ((x + 32, y + 64, 58, tall - 68),)
    return ()


@flow()
def the_window_its_bars_and_tabs_in_the_middle_in_all_looks(hand: Hand) -> None:
    desk_with_things_in_all_panels(hand)
    front(hand, "assets")
    panel = show(hand, "scripts")
    wait_until(hand, lambda: "scripts/door.py" in panel.places)
    hand.move(*panel.places["scripts/door.py"])
    hand.context.mouse_double_click(0)
    hand.wait(3)

    def take(look: str) -> None:
        for each in ("material", "scripts"):
            front(hand, each)
            rest(hand)
            hand.picture(f"look_{each}_{look}", panel=each)
        front(hand, "inspector")
        front(hand, "viewport")
        rest(hand)
        hand.wait(20)
        x, y, wide, tall = area_of("###status")
        hand.picture(f"look_window_{look}", hide=((x + wide - 90, y, 90, tall),))

    in_all_looks(hand, take)


@flow(DESK)
def menus_and_dialogs_in_all_looks(hand: Hand) -> None:
    def take(look: str) -> None:
        hand.click("//##MainMenuBar/##MenuBar/###View")
        hand.wait(3)
        hand.picture(f"look_menu_{look}", panel="Menu_00")
        hand.keys("Esc")
        hand.keys("Ctrl+P")
        hand.type("a")
        hand.picture(f"look_palette_{look}", panel="palette")
        hand.keys("Esc")
        hand.keys("Ctrl+,")
        rest(hand)
        hand.picture(f"look_settings_{look}", panel="dialog")
        hand.click("**/###page keys")
        rest(hand)
        hand.picture(f"look_keys_{look}", panel="dialog")
        hand.keys("Esc")
        for entry, name in (("world.screenshot", "picture"), ("world.film", "film")):
            hand.menu(f"###File/###exports/###{entry}")
            wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
            dialog = hand.window.shell.dialogs.current
            hand.wait(2)
            hand.click_at(*dialog.form.places["file"])
            hand.type(f"out/{name}.x", enter=True)
            rest(hand)
            hand.picture(f"look_{name}_{look}", panel="dialog")
            hand.click("//###dialog/###Cancel")
            hand.wait(2)

    in_all_looks(hand, take)


@flow("")
def the_start_page_and_a_new_project_in_all_looks(hand: Hand) -> None:
    for number, (theme, language) in enumerate(LOOKS):
        if number == 2:
            hand.click("**/###language")
        if number in (1, 3):
            hand.click("**/###settings")
            hand.click("**/###combo theme")
            hand.click(f"//$FOCUSED/###choice {theme}")
            hand.click("//###dialog/###Close")
        hand.wait(3)
        assert (hand.window.theme.name, hand.window.t.language) == (theme, language)
        rest(hand)
        if number in (1, 3):  # the others are looked at by the flows of the shell
            hand.picture(f"look_start_{theme}_{language}")
        hand.click("**/###new")
        hand.click("//###dialog/##folder")
        hand.type("/home/anna/Taixu")
        hand.click("//###dialog/##name")
        hand.type("The little garden")
        rest(hand)
        hand.picture(f"look_new_project_{theme}_{language}", panel="dialog")
        hand.keys("Esc")
        hand.keys("Esc")
        hand.wait(2)
