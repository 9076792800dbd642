"""The guide, read in the editor: over the start page, and beside the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets import wait_until
from editor_flows import Hand, flow


def guide(hand: Hand) -> Any:
    """The panel."""
    return next(panel for panel in hand.window.panels if panel.id == "guide")


@flow("")
def a_tutorial_of_the_start_page_is_read_in_the_editor(hand: Hand) -> None:
    hand.click("**/###editor.md")
    wait_until(hand, lambda: guide(hand).file is not None)
    hand.wait(4)
    assert guide(hand).file.name == "editor.md"
    hand.click("//###guide over start/###pages")
    hand.wait(2)
    hand.click("//$FOCUSED/###fidelity.md")
    wait_until(hand, lambda: guide(hand).file.name == "fidelity.md")
    hand.wait(2)
    hand.click("//###guide over start/###back")
    wait_until(hand, lambda: guide(hand).file.name == "editor.md")
    hand.click("//###guide over start/#CLOSE")
    hand.wait(2)
    assert not guide(hand).is_open


@flow("tests/ui/worlds/desk")
def the_guide_stands_beside_the_work_and_its_links_lead_on(hand: Hand) -> None:
    hand.menu("Help/###tutorials/###plugins.md")
    wait_until(hand, lambda: guide(hand).file is not None and guide(hand).file.name == "plugins.md")
    page = guide(hand).page
    wait_until(hand, lambda: page._key[0] > 0)
    while not any(target.endswith(".md") for target in page.links):
        hand.move(hand.window.window.size[0] - 60, 300)
        hand.context.mouse_wheel_y(-3)
        hand.wait(2)
    target = next(target for target in page.links if target.endswith(".md"))
    hand.wait(10)
    hand.click_at(*page.links[target])
    wait_until(hand, lambda: guide(hand).file.name == target)
    assert hand.session.worlds


@flow("")
def a_page_looks_like_this(hand: Hand) -> None:
    hand.click("**/###editor.md")
    wait_until(hand, lambda: guide(hand).file is not None)
    guide(hand).show(Path("tests/ui/worlds/page.md"))  # the guide's own pages change
    hand.move(40, 660)
    hand.wait(4)
    hand.picture("guide_page", panel="guide over start")
