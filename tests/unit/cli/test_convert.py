from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taixu.assets.audio_clip import AudioClip, write_wav
from taixu.assets.image import read_image, write_image
from taixu.cli import main


def test_a_picture_survives_the_way_to_linear_and_back(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    write_image(tmp_path / "a.png", pixels)
    assert main(["convert", str(tmp_path / "a.png"), str(tmp_path / "a.exr")]) == 0
    linear = read_image(tmp_path / "a.exr")
    assert linear.dtype == np.float32
    np.testing.assert_allclose(linear[pixels == 188], 0.503, atol=2e-3)  # sRGB 188 is half of the light
    assert main(["convert", str(tmp_path / "a.exr"), str(tmp_path / "b.png")]) == 0
    np.testing.assert_array_equal(read_image(tmp_path / "b.png"), pixels)


def test_alpha_is_straight_in_png_and_premultiplied_in_exr(tmp_path: Path) -> None:
    Image.new("RGBA", (2, 2), (255, 255, 255, 51)).save(tmp_path / "a.png")
    assert main(["convert", str(tmp_path / "a.png"), str(tmp_path / "a.exr")]) == 0
    np.testing.assert_allclose(read_image(tmp_path / "a.exr")[0, 0], [0.2] * 4, atol=1e-6)
    assert main(["convert", str(tmp_path / "a.exr"), str(tmp_path / "b.png")]) == 0
    assert read_image(tmp_path / "b.png")[0, 0].tolist() == [255, 255, 255, 51]


def test_sounds_become_wav(tmp_path: Path) -> None:
    wave = np.zeros((4800, 1), np.int16)
    write_wav(tmp_path / "a.wav", AudioClip(wave, 48000))
    assert main(["convert", str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]) == 0
    assert (tmp_path / "b.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()


@pytest.mark.parametrize(
    ("source", "out", "status", "said"),
    [
        ("a.png", "b.glb", 2, "a picture is written as .png"),
        ("a.png", "a.png", 2, "is the file to read"),
        ("a.qqq", "b.png", 2, "what ends in .qqq is not converted"),
        ("missing.png", "b.jpg", 1, "there is no such file"),
        ("bad.png", "b.jpg", 1, "bad.png"),
    ],
)
def test_what_cannot_be_converted_is_refused(
    tmp_path: Path, source: str, out: str, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    before = sorted(tmp_path.iterdir())
    assert main(["convert", str(tmp_path / source), str(tmp_path / out)]) == status
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_licence_and_origin_go_along(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from taixu.assets.image import encode_png
    from taixu.assets.sidecar import Provenance, Sidecar, read_sidecar, write_sidecar
    from taixu.generate import Lineage

    (tmp_path / "a.png").write_bytes(encode_png(np.zeros((4, 4, 3), np.uint8)))
    made = Provenance(generator="diffusion", model="tiny", model_licence="sai-nc-community", prompt="a wall")
    write_sidecar(tmp_path / "a.png", Sidecar(licence="CC-BY-NC-4.0", author="Li Wei", provenance=made))
    (tmp_path / "out").mkdir()
    assert main(["convert", str(tmp_path / "a.png"), str(tmp_path / "out" / "b.jpg")]) == 0
    assert "licence: " in capsys.readouterr().err
    beside = read_sidecar(tmp_path / "out" / "b.jpg")
    assert beside is not None
    assert (beside.licence, beside.author, beside.provenance.model_licence) == ("CC-BY-NC-4.0", "Li Wei", "sai-nc-community")
    assert Lineage.read(tmp_path).parents("out/b.jpg") == ("a.png",)
