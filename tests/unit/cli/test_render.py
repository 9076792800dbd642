from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
from command_line import taixu_json
from PIL import Image

from taixu.assets.exr import read_exr
from taixu.cli import main


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red square, two metres wide, that faces +Z."""
    file = tmp_path_factory.mktemp("models") / "square.obj"
    file.write_text(
        "mtllib square.mtl\nusemtl red\nv -1 -1 0\nv 1 -1 0\nv 1 1 0\nv -1 1 0\nvn 0 0 1\nf 1//1 2//1 3//1 4//1\n"
    )
    file.with_suffix(".mtl").write_text("newmtl red\nKd 0.8 0.05 0.05\n")
    return file


@pytest.fixture(scope="module")
def animated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A triangle that moves four metres to the right in a second."""
    corners = np.array([[-1, -1, 0], [1, -1, 0], [0, 1, 0]], np.float32)
    times, places = np.array([0, 1], np.float32), np.array([[-2, 0, 0], [2, 0, 0]], np.float32)
    data = b"".join(part.tobytes() for part in (corners, times, places))
    views = [{"buffer": 0, "byteOffset": at, "byteLength": size} for at, size in ((0, 36), (36, 8), (44, 24))]
    model = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": len(data), "uri": "data:application/gltf-buffer;base64," + b64encode(data).decode()}],
        "bufferViews": views,
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [-1, -1, 0], "max": [1, 1, 0]},
            {"bufferView": 1, "componentType": 5126, "count": 2, "type": "SCALAR", "min": [0], "max": [1]},
            {"bufferView": 2, "componentType": 5126, "count": 2, "type": "VEC3"},
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
        "scene": 0,
        "animations": [
            {
                "samplers": [{"input": 1, "output": 2}],
                "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}],
            }
        ],
    }
    file = tmp_path_factory.mktemp("models") / "moves.gltf"
    file.write_text(json.dumps(model))
    return file


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path)).astype(int)


def test_a_model_is_framed_and_reported(model: Path, tmp_path: Path) -> None:
    found = taixu_json("render", model, "--out", tmp_path / "a.png", "--size", "96x54")
    assert found["out"] == str(tmp_path / "a.png")
    assert found["size"] == [96, 54]
    assert found["triangles"] == 2
    assert found["seconds"] > 0
    assert found["gpu"]
    picture = pixels(tmp_path / "a.png")
    assert picture.shape[:2] == (54, 96)
    red = (picture[..., 0] > picture[..., 1] * 1.5) & (picture[..., 0] > picture[..., 2] * 1.5)
    assert 0.15 < red.mean() < 0.8
    assert not red[[0, -1]].any()
    assert not red[:, [0, -1]].any()


def test_transparent_backgrounds_exposure_and_cameras(model: Path, tmp_path: Path) -> None:
    common = ["--size", "64x36", "--samples", "2", "--eye", "0,0,-4"]
    front = ["--size", "64x36", "--samples", "2", "--eye", "0,0,4", "--background", "transparent"]
    taixu_json("render", model, "--out", tmp_path / "a.png", *front)
    taixu_json("render", model, "--out", tmp_path / "b.png", *front, "--exposure", "-2")
    taixu_json("render", model, "--out", tmp_path / "c.png", *common, "--background", "#204060")
    dim, bright = pixels(tmp_path / "b.png"), pixels(tmp_path / "a.png")
    assert bright[18, 32, 3] == 255
    assert bright[0, 0].tolist() == [0, 0, 0, 0]
    assert dim[18, 32, 0] < bright[18, 32, 0] - 20
    np.testing.assert_allclose(pixels(tmp_path / "c.png")[0, 0, :3], [0x20, 0x40, 0x60], atol=2)


def test_exr_is_linear_premultiplied_float(model: Path, tmp_path: Path) -> None:
    words = ["--size", "32x18", "--samples", "1", "--eye", "0,0,4", "--background", "transparent"]
    assert main(["render", str(model), "--out", str(tmp_path / "a.exr"), *words]) == 0
    found = read_exr(tmp_path / "a.exr")
    assert found.dtype == np.float32
    assert found.shape == (18, 32, 4)
    assert found[9, 16, 3] == pytest.approx(1.0)
    np.testing.assert_array_equal(found[0, 0], 0.0)


def test_a_sky_lights_the_model(model: Path, tmp_path: Path) -> None:
    from taixu.assets.image import write_image

    sky = np.zeros((16, 32, 3), np.float32)
    sky[..., 1] = 1.0
    write_image(tmp_path / "green.hdr", sky)
    words = ["--size", "32x18", "--samples", "1", "--eye", "0,0,4", "--env", str(tmp_path / "green.hdr")]
    assert main(["render", str(model), "--out", str(tmp_path / "a.png"), *words]) == 0
    picture = pixels(tmp_path / "a.png")
    assert picture[0, 0, 1] > 150
    assert picture[0, 0, 0] < 60


def test_films_of_models_turn_around_them(model: Path, tmp_path: Path) -> None:
    import av

    found = taixu_json("render", model, "--out", tmp_path / "a.mp4", "--size", "64x36", "--seconds", "0.3")
    assert found["out"] == str(tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 9
    assert np.abs(frames[0].astype(int) - frames[-1]).max() > 20


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--out", "a.tga"], 2, ".png, .exr or .mp4"),
        (["--out", "a.png", "--target", "0,0,0"], 2, "--eye"),
        (["--out", "a.png", "--eye", "1,2,3", "--target", "1,2,3"], 2, "same point"),
        (["--out", "a.png", "--fov", "180"], 2, "below 180"),
        (["--out", "a.png", "--time", "-1"], 2, "begin at 0"),
        (["--out", "a.png", "--camera", "nobody"], 1, "no camera 'nobody'"),
        (["--out", "a.png", "--env", "missing.hdr"], 1, "missing.hdr"),
        (["--out", "a.png", "--background", "beige"], 2, "#88aaff"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    model: Path, tmp_path: Path, words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(tmp_path / word) if word.startswith("a.") else word for word in words]
    assert main(["render", str(model), "--size", "8x8", *words]) == status
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_late_moment_of_a_clip_is_reached_at_once(animated: Path, tmp_path: Path) -> None:
    """The clip lasts a second and repeats: a year of it looks as its first round does."""
    words = ["--size", "32x18", "--samples", "1", "--eye", "0,0,6"]
    for name, time in (("a", "0.5"), ("b", "1.5"), ("c", "31536000.5")):
        assert main(["render", str(animated), "--out", str(tmp_path / f"{name}.png"), "--time", time, *words]) == 0
    shown = pixels(tmp_path / "a.png")
    assert main(["render", str(animated), "--out", str(tmp_path / "d.png"), "--time", "0.1", *words]) == 0
    assert np.abs(pixels(tmp_path / "d.png") - shown).mean() > 2
    for name in "bc":
        assert np.abs(pixels(tmp_path / f"{name}.png") - shown).mean() < 1


def test_layers_are_written_beside_a_picture(model: Path, tmp_path: Path) -> None:
    words = ["--size", "32x18", "--samples", "1", "--eye", "0,0,4", "--outputs", "depth,ids"]
    found = taixu_json("render", model, "--out", tmp_path / "a.png", *words)
    assert sorted(Path(file).name for file in found["outputs"]) == ["a.depth.exr", "a.ids.png", "a.json"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.depth.exr", "a.ids.png", "a.json", "a.png"]
    depth = read_exr(tmp_path / "a.depth.exr")[..., 0]
    assert depth[9, 16] == pytest.approx(4.0, abs=1e-3)
    told = json.loads((tmp_path / "a.json").read_text())
    (thing,) = told["things"]
    assert thing["name"] == "square" and thing["pixels"] == int((pixels(tmp_path / "a.ids.png") == 1).sum()) > 50
    assert told["camera"]["world_from_camera"][2][3] == 4.0


def test_frames_of_a_folder_show_what_moves(animated: Path, tmp_path: Path) -> None:
    words = ["--size", "32x18", "--quality", "low", "--eye", "0,0,6", "--time", "0.5", "--outputs", "motion", "--frames", "2"]
    for name in ("a", "b"):
        taixu_json("render", animated, "--out", tmp_path / name, *words)
    names = sorted(str(file.relative_to(tmp_path / "a")) for file in (tmp_path / "a").rglob("*") if file.is_file())
    stems = [f"{number:06d}" for number in (0, 1)]
    kinds = (("color", "png"), ("frames", "json"), ("motion", "exr"))
    assert names == sorted(["annotations.json", *(f"{kind}/{stem}.{end}" for kind, end in kinds for stem in stems)])
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    focal = 9 / np.tan(np.pi / 8)
    for stem in stems:  # four metres a second, six metres away
        moved = read_exr(tmp_path / "a" / "motion" / f"{stem}.exr")[..., 0]
        assert moved.min() == pytest.approx(-4 / 30 * focal / 6, rel=0.05)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--out", "a.mp4", "--outputs", "depth"], "--outputs wants --out X.png or X.exr"),
        (["--out", "a.png", "--frames", "3"], "--frames is for --outputs"),
        (["--out", "a.png", "--outputs", "depth", "--frames", "3"], "--frames 3 wants a folder"),
        (["--out", "a.png", "--outputs", "depht"], "there is no output 'depht'; there are hdr, depth,"),
    ],
)
def test_layers_that_cannot_be_are_refused(
    model: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(model), *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_tier_draws_a_still_as_a_window_does(model: Path, tmp_path: Path) -> None:
    from taixu.cli.layers import NAMES
    from taixu.cli.render import TIERS
    from taixu.render.datasets import LAYERS
    from taixu.render.quality import TIERS as ALL

    assert (*ALL,) == TIERS and (*LAYERS,) == NAMES
    for name in ("low", "high"):
        words = ["--size", "64x36", "--eye", "2,1,3", "--background", "#204060", "--quality", name]
        taixu_json("render", model, "--out", tmp_path / f"{name}.png", *words)
    low, high = (pixels(tmp_path / f"{name}.png")[..., :3] for name in ("low", "high"))
    shades = [len(np.unique(picture[..., 0])) for picture in (low, high)]
    assert shades[1] > shades[0]  # edges of several samples are of colours between
    assert np.abs(low - high).mean() < 8.0
