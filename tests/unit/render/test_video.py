from __future__ import annotations

import av
import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.gpu import Device
from taixu.render import Renderer, VideoReader, View, ViewCamera

SIZE = (160, 92)


def drawn(device: Device, view: View) -> Renderer:
    app = tx.App.headless()
    for i, color in enumerate(((1.0, 0.1, 0.1, 1.0), (0.1, 1.0, 0.1, 1.0), (0.1, 0.1, 1.0, 1.0))):
        app.scene.spawn(f"Box {i}", tx.Shape("box"), tx.Material(base_color=color), position=(1.5 * i - 1.5, 0.3 * i, 0))
    app.settle()
    renderer = Renderer(device)
    renderer.render(app.world, [view])
    return renderer


@pytest.mark.parametrize("in_buffer", [False, True])
def test_pixels_taken_later_are_those_read_at_once(in_buffer: bool) -> None:
    device = shared_device()
    view = View(ViewCamera.looking((1, 2, 5), (0, 0, 0)), SIZE, quality="fast")
    drawn(device, view)
    assert view.graph is not None
    targets = view.graph.targets(device, ("color",), None)
    rect = (8, 4, 100, 60)
    wanted = device.read_pixels(targets, 0, rect)
    later = device.read_later(targets, 0, rect, in_buffer=in_buffer)
    assert later.is_ready(timeout_secs=120)
    np.testing.assert_array_equal(later.take(), wanted)
    assert wanted.std() > 10, "there is something to see"


def test_planes_are_what_a_converter_makes_of_the_colors() -> None:
    device = shared_device()
    view = View(ViewCamera.looking((1, 2, 5), (0, 0, 0)), SIZE, quality="fast")
    renderer = drawn(device, view)
    colors = renderer.read(view)
    reader = VideoReader(device, SIZE, in_planes=True)
    frame = reader.take(reader.begin(view))
    assert frame.is_planar and frame.pixels.shape == (SIZE[1] * 3 // 2, SIZE[0])
    source = av.VideoFrame.from_ndarray(np.ascontiguousarray(colors), "rgba")
    wanted = source.reformat(format="yuv420p", dst_colorspace=5, src_color_range=2, dst_color_range=2).to_ndarray()
    apart = np.abs(frame.pixels.astype(int) - wanted.astype(int))
    assert apart[: SIZE[1]].max() <= 1
    assert np.percentile(apart[SIZE[1] :], 95) <= 2, "converters place chroma a little differently at edges"
    reader.release()


def test_colors_come_with_the_top_row_first() -> None:
    device = shared_device()
    view = View(ViewCamera.looking((1, 2, 5), (0, 0, 0)), SIZE, quality="fast")
    renderer = drawn(device, view)
    reader = VideoReader(device, SIZE, in_planes=False)
    frame = reader.take(reader.begin(view))
    assert not frame.is_planar
    np.testing.assert_array_equal(frame.pixels, renderer.read(view))


@pytest.mark.parametrize("size", [(162, 92), (160, 90)])
def test_sizes_that_planes_do_not_fit_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a width that 8 divides"):
        VideoReader(shared_device(), size)
