"""A frame's Python does not grow with the world: the same calls for a thousand entities and for a hundred thousand."""

from __future__ import annotations

import time

import numpy as np
import pytest
from call_count import count_calls

from taixu.gpu import NullDevice
from taixu.render import Renderer, View
from taixu.render.bench import BoxScene


def frames(count: int, quality: str, *, moves: bool) -> tuple[int, int, dict[str, int]]:
    """Python calls of moving and of drawing in a frame where all move (or none), and what it asked of the device."""
    scene, device = BoxScene.make(count), NullDevice()
    renderer = Renderer(device)
    view = View(scene.camera(0.6), (640, 360), quality=quality)

    def move() -> None:
        if moves:
            scene.move(0.5)
            scene.propagate()

    def draw() -> None:
        renderer.render(scene.world, [view])

    for _ in range(4):
        move()
        device.clear_calls()
        draw()
    return count_calls(move), count_calls(draw), dict(device.counts())


@pytest.mark.parametrize("quality", ["fast", "full"])
@pytest.mark.parametrize("moves", [False, True])
def test_calls_do_not_grow_with_the_world(quality: str, moves: bool) -> None:
    small_moves, small, small_counts = frames(1_000, quality, moves=moves)
    large_moves, large, large_counts = frames(100_000, quality, moves=moves)
    assert small_counts == large_counts
    assert large == small
    assert large_moves <= small_moves + 30  # matrices are made in blocks of 64k rows, so that caches hold them


def test_a_frame_at_rest_uploads_uniforms_only() -> None:
    scene, device = BoxScene.make(1_000), NullDevice()
    renderer = Renderer(device)
    view = View(scene.camera(0.6), (640, 360), quality="fast")
    for _ in range(3):
        device.clear_calls()
        renderer.render(scene.world, [view])
    written = {call[1]: call[3] for call in device.calls if call[0] == "write_buffer"}
    assert set(written) == {"uniform ring"}
    counts = device.counts()
    assert counts["draw_multi_indirect"] == 2  # boxes, and boxes that are mirrored
    assert counts["dispatch"] == 1
    assert counts["draw_indexed"] == 0


def test_the_budget_of_a_frame_at_rest() -> None:
    """Python's own share is about a tenth of a millisecond; the bound leaves room for slow machines."""
    scene, device = BoxScene.make(10_000), NullDevice(record=False)
    renderer = Renderer(device)
    view = View(scene.camera(0.6), (640, 360), quality="fast")
    spent = []
    for _ in range(60):
        start = time.perf_counter()
        renderer.render(scene.world, [view])
        spent.append(time.perf_counter() - start)
    assert np.median(spent) < 2e-3
