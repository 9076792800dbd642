"""How flows find their way about the panels *Twin* and *Timeline*: a desk whose first crate a file of readings moves."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from generating import until

__all__ = ["CRATE", "into_view", "open_desk", "press", "readings_file", "record_desk", "twin_panel"]

CRATE = "00000000000000c0"
_DESK = Path("tests/ui/worlds/desk")


def twin_panel(hand: Any, name: str = "twin") -> Any:
    """A panel by its id."""
    return next(panel for panel in hand.window.panels if panel.id == name)


def readings_file(folder: Path, *, count: int = 4000) -> Path:
    """Readings of a cart that goes to the right, 20 a second."""
    file = folder / "readings.csv"
    lines = [f"{1_760_000_000 + i * 0.05:.2f},{i * 10 % 3000},0,400,{40 + i % 50}" for i in range(count)]
    file.write_text("\n".join(("time,x,y,z,temp", *lines)) + "\n")
    return file


def open_desk(hand: Any, *, settings: dict[str, Any] | None = None, device: bool = True, also: tuple[str, ...] = ()) -> Path:
    """A project of one's own with a source of readings; gives its folder."""
    root = Path(tempfile.mkdtemp(prefix="taixu-twin-")) / "desk"
    shutil.copytree(_DESK, root)
    file = readings_file(root)
    world = next((root / "worlds").glob("*.world.json"))
    document = json.loads(world.read_text())
    twin = {"sources": {"carts": {"kind": "table", "path": str(file), "topic": "hall/cart 7/pose", "key": ""}}}
    document.setdefault("settings", {})["twin"] = {**twin, **(settings or {})}
    if device:
        document["entities"][CRATE]["device"] = {"key": "cart 7", "kind": "agv"}
    world.write_text(json.dumps(document))
    hand.window.shell.trust.give(root)
    hand.host.open(root)
    hand.wait(3)
    for panel in hand.window.panels:
        panel.is_open = panel.id in ("viewport", "inspector", "hierarchy", "twin", *also)
    hand.window._wants_layout = True
    hand.wait(4)
    hand.window.shell.show_panel("twin")
    hand.wait(3)
    return root


def press(hand: Any, name: str, *, panel: str = "twin") -> None:
    """Click something of a panel by its name."""
    found = twin_panel(hand, panel)
    until(hand, lambda: name in found.places)
    hand.move(*found.places[name])  # buttons over rows are under the pointer from the next frame on
    hand.wait(3)
    hand.click_at(*found.places[name])


def into_view(hand: Any, panel: Any, key: str) -> tuple[float, float]:
    """Turn the wheel over the inspector until a field of it is seen; gives its place."""
    from imgui_bundle import imgui

    window = imgui.internal.find_window_by_name(panel.window_name)
    low, high = window.pos.y + 60, window.pos.y + window.size.y - 30
    hand.move(window.pos.x + 8, (low + high) / 2)
    for _ in range(60):
        place = panel.form.places.get(key)
        if place is not None and low <= place[1] <= high:
            return (float(place[0]), float(place[1]))
        hand.context.mouse_wheel_y(-1 if place is None or place[1] > high else 1)
        hand.wait(2)
    raise AssertionError(f"{key} does not come into sight")


def record_desk(folder: Path, world: Path) -> Path:
    """A recording of a world: ten seconds in which its first crate goes up and an alarm is raised."""
    import numpy as np

    from taixu.defaults import App
    from taixu.twin import Batch
    from taixu.twin.inbox import Inbox, Letter
    from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin

    clock = [1_760_000_000_000_000_000]
    with App.headless(plugins=(TwinPlugin(now_ns=lambda: clock[0]),)) as app:
        app.open(world)
        configure_twin(app.world)
        app.settle()
        begin_recording(app, folder, project=str(world.parent.parent), world=str(world))
        for step in range(100):
            values = {"x": np.array([0.0]), "y": np.array([step * 20.0]), "z": np.array([0.0])}
            batch = Batch("hall/cart 7/pose", np.zeros(1, np.uint32), np.array([clock[0]]), values)
            app.resource(Inbox).put(Letter(batch))
            app.run(ticks=1)
            clock[0] += 100_000_000
    return folder
