"""Films: the colours and the number of pictures come back, and nothing half written stays."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from taixu.assets.video import VideoWriter
from taixu.errors import TaixuError, UsageError

COLORS = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (90, 140, 200)], np.uint8)


@pytest.mark.parametrize("size", [(64, 48), (65, 47)])
def test_colors_come_back(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "film.mp4"
    with VideoWriter(path, size=size, fps=25) as film:
        for color in COLORS:
            film.write(np.broadcast_to(np.append(color, 255).astype(np.uint8), (size[1], size[0], 4)))
        assert not path.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == 25
        assert stream.codec_context.colorspace == 1
        assert (stream.width, stream.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
    assert len(frames) == len(COLORS)
    for frame, color in zip(frames, COLORS, strict=True):
        assert np.abs(frame[20, 20].astype(int) - color).max() <= 6


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_stays_when_it_fails(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("the old film")
    with pytest.raises(error), VideoWriter(path, size=(32, 32)) as film:
        film.write(np.zeros((32, 32, 3), np.uint8))
        raise error
    assert path.read_text() == "the old film"
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


def test_wrong_calls(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.mp4"):
        VideoWriter(tmp_path / "film.gif", size=(8, 8))
    with pytest.raises(UsageError, match="9000 x 8"):
        VideoWriter(tmp_path / "film.mp4", size=(9000, 8))
    with pytest.raises(UsageError, match="must be uint8"), VideoWriter(tmp_path / "film.mp4", size=(32, 32)) as film:
        film.write(np.zeros((16, 32, 3), np.uint8))
    with pytest.raises(TaixuError, match="without a picture"), VideoWriter(tmp_path / "film.mp4", size=(32, 32)):
        pass
    assert list(tmp_path.iterdir()) == []
