"""Where the world lies on earth, and frames: by forms, undone, and refused where they cannot be."""

from __future__ import annotations

from typing import Any

from editor_flows import Hand, flow
from generating import until
from looks import rest
from twins import open_desk, press, twin_panel


def section_of(hand: Hand) -> dict[str, Any]:
    from taixu.edit import WorldSettings

    return dict(hand.session.world.resource(WorldSettings).section("twin"))


def dialog_of(hand: Hand) -> Any:
    until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    return hand.window.shell.dialogs.current


@flow()
def a_frame_and_the_place_on_earth_by_forms(hand: Hand) -> None:
    open_desk(hand)
    panel = twin_panel(hand)
    press(hand, "tab frames")
    press(hand, "place")
    dialog = dialog_of(hand)
    dialog.values |= {"latitude_deg": 48.7758, "longitude_deg": 9.1829, "height_m": 247.0}
    hand.keys("Enter")
    until(hand, lambda: section_of(hand).get("georeference", {}).get("height_m") == 247.0)
    press(hand, "add frame")
    dialog = dialog_of(hand)
    dialog.values |= {"name": "hall", "origin_m": [-30.0, 0.0, 18.0], "heading_deg": 90.0}
    hand.wait(3)
    hand.keys("Enter")
    hall = {"origin_m": [-30.0, 0.0, 18.0], "heading_deg": 90.0, "up": "z"}
    until(hand, lambda: section_of(hand).get("frames", {}).get("hall") == hall)
    press(hand, "add frame")
    dialog = dialog_of(hand)
    dialog.values |= {"name": "gps", "kind": "on earth", "crs": "EPSG:nowhere"}
    hand.keys("Enter")
    until(hand, lambda: "PROJ knows no" in dialog.problem)
    dialog.values["crs"] = "EPSG:4326"
    hand.keys("Enter")
    until(hand, lambda: section_of(hand)["frames"].get("gps") == {"crs": "EPSG:4326"})
    until(hand, lambda: "edit frame hall" in panel.places)
    hand.window.shell.toasts.clear()
    rest(hand)
    hand.wait(3)
    hand.picture("twin_frames", panel="twin")
    binding = {"topic": "hall/{key}/pose", "from": ["x", "y", "z"], "to": "transform.position", "frame": "hall"}
    hand.window.do("twin.set_binding", binding=binding)
    press(hand, "remove frame hall")
    hand.wait(3)
    assert "hall" in section_of(hand)["frames"], "a binding goes by it"
    hand.window.shell.toasts.clear()  # what was said lies over the buttons
    hand.wait(3)
    press(hand, "edit frame hall")
    dialog_of(hand).values["name"] = "shop"
    hand.keys("Enter")
    until(hand, lambda: "shop" in section_of(hand)["frames"] and section_of(hand)["bindings"][0]["frame"] == "shop")
    hand.keys("Ctrl+Z")
    until(hand, lambda: "hall" in section_of(hand)["frames"] and section_of(hand)["bindings"][0]["frame"] == "hall")
    hand.window.do("twin.unbind", place=0)
    press(hand, "remove frame hall")
    until(hand, lambda: list(section_of(hand)["frames"]) == ["gps"])


@flow()
def an_alarm_is_acknowledged_in_the_panel(hand: Hand) -> None:
    rules = [{"name": "there", "when": "z > 0.3", "severity": "critical", "say": "{name} is there"}]
    bindings = [{"topic": "hall/{key}/pose", "from": ["x", "y", "z"], "to": "transform.position", "unit": "mm"}]
    open_desk(hand, settings={"rules": rules, "bindings": bindings})
    desk = hand.host.twin
    press(hand, "tab rules")
    press(hand, "connect")
    until(hand, lambda: desk.alarms())
    press(hand, "acknowledge 0")
    until(hand, lambda: [each.acknowledged_by for each in desk.alarms()] == ["editor"])
    until(hand, lambda: "acknowledge 0" not in twin_panel(hand).places)
    press(hand, "alarm 0")
    until(hand, lambda: len(hand.session.current.selection) == 1)
    hand.keys("Shift+F9")
    until(hand, lambda: not desk.is_live)
