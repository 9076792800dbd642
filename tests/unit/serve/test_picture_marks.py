"""What a picture from the server shows of fences, of what is selected, and of kinds that are hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.errors import TaixuError
from taixu.render import Renderer, View, ViewCamera
from taixu.serve.pictures.marks import HidingFeature, Marks, add_marks
from taixu.serve.pictures.wishes import Limits, read_wish
from taixu.twin.device import Device
from taixu.twin.rules import Fence

RED, GREEN, BLUE = range(3)


class Drawer:
    """A world with a red press, whose green lamp is a part of it, and a blue box that is no device."""

    def __init__(self, app: tx.App) -> None:
        self.app = app
        scene = app.scene

        def rough(*color: float) -> tx.Material:
            return tx.Material(base_color=(*color, 1.0), roughness=1.0)

        device = Device(key="1", kind="press")
        self.press = scene.spawn("Press", tx.Shape("box"), rough(0.9, 0.02, 0.02), device, position=(-1.5, 0.5, 0))
        scene.spawn("Lamp", tx.Shape("box", size=(0.5, 0.5, 0.5)), rough(0.02, 0.8, 0.02), position=(0, 1, 0), parent=self.press)
        scene.spawn("Box", tx.Shape("box"), rough(0.02, 0.02, 0.9), position=(1.5, 0.5, 0))
        self.renderer = Renderer(shared_device())
        self.hiding = HidingFeature()
        self.renderer.add_feature(self.hiding)
        settings = {"background": (0.0, 0.0, 0.0, 1.0)}
        self.view = View(ViewCamera.looking((0, 1.2, 7), (0, 0.8, 0)), (320, 180), quality="fast", settings=settings)

    def draw(self, marks: Marks) -> Any:
        """A picture, ``int[h, w, 3]``."""
        self.app.settle()
        self.hiding.kinds = marks.hidden
        add_marks(self.renderer, self.app.world, marks)
        self.renderer.render(self.app.world, [self.view])
        return self.renderer.read(self.view, "color")[..., :3].astype(int)

    def seen(self, marks: Marks) -> list[bool]:
        """Whether something red, green and blue is seen."""
        picture = self.draw(marks)
        return [bool((picture[..., each] - picture.sum(axis=-1) / 2 > 40).any()) for each in range(3)]


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    shared_device()
    with tx.App.headless() as app:
        drawer = Drawer(app)
        yield drawer
        drawer.view.release()
        drawer.renderer.release()


def test_hidden_kinds_are_left_out_with_all_their_parts_and_come_back(drawer: Drawer) -> None:
    assert drawer.seen(Marks()) == [True, True, True]
    assert drawer.seen(Marks(hidden=("press",))) == [False, False, True]
    assert drawer.seen(Marks(hidden=("",))) == [True, True, False]
    drawer.press.position = (-1.4, 0.5, 0)
    assert drawer.seen(Marks(hidden=("press", ""))) == [False, False, False]
    assert drawer.seen(Marks()) == [True, True, True]


def test_what_the_world_hides_is_not_shown_by_mistake(drawer: Drawer) -> None:
    drawer.seen(Marks(hidden=("press",)))
    drawer.app.world.insert(drawer.press.entity, tx.Visibility(visible=False))
    assert drawer.seen(Marks(hidden=("press",))) == [False, False, True]
    assert drawer.seen(Marks()) == [False, False, True]


def test_fences_and_what_is_selected_are_marked(drawer: Drawer) -> None:
    plain = drawer.draw(Marks())
    drawer.app.scene.spawn("Zone", Fence(points=[[-3, -2], [3, -2], [3, 2], [-3, 2]]), Device(key="z", kind="danger"))
    assert (drawer.draw(Marks()) == plain).all(), "nobody asked for it"
    fenced = np.abs(drawer.draw(Marks(fences=True)) - plain).max(axis=-1) > 30
    assert 100 < fenced.sum() < 3000
    chosen = np.abs(drawer.draw(Marks(selected=drawer.press.stable_id)) - plain).max(axis=-1) > 30
    columns = np.nonzero(chosen)[1]
    assert 30 < chosen.sum() < 2000 and columns.max() < 160, "around the press, which stands on the left"
    assert (drawer.draw(Marks(selected=12345)) == plain).all(), "what is gone has no mark"
    hidden = drawer.draw(Marks(hidden=("press",), selected=drawer.press.stable_id))
    assert (hidden == drawer.draw(Marks(hidden=("press",)))).all(), "nor has what is hidden"


def test_marks_are_read_and_bounded() -> None:
    wish = read_wish({"hidden": ["b", "a", "a"], "fences": True, "selected": "00000000000000aa"}, Limits())
    assert wish.marks == Marks(("a", "b"), True, 0xAA)
    hostile: list[dict[str, Any]] = [
        {"hidden": "agv"}, {"hidden": [1]}, {"hidden": ["x"] * 1000}, {"hidden": ["x" * 1000]}, {"fences": 1}, {"selected": "zz"},
        {"selected": "g" * 16}, {"selected": 5},
    ]  # fmt: skip
    for raw in hostile:
        with pytest.raises(TaixuError):
            read_wish(raw, Limits())
