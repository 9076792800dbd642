"""What ships in `assets`: remade byte for byte, recorded, signed, small, and usable in a project."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from taixu.assets import data_path
from taixu.assets.image import read_image
from taixu.assets.sidecar import read_sidecar
from taixu.errors import UsageError
from taixu.generate import licence_findings
from taixu.generate.provenance import body_of, provenance_of, read_record
from taixu.generate.provenance.marking import find_mark
from taixu.generate.starter import add_starter, material_fields, starter_asset, starter_assets

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = data_path("assets") / "library"
MADE = sorted(path for path in LIBRARY.rglob("*") if path.is_file() and path.suffix != ".c2pa")
THINGS = [path for path in MADE if not path.name.endswith(".asset.toml")]


def test_make_assets_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "assets" / "_build"), "--out", str(tmp_path / "made"), "--no-sign"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr
    made = sorted(path for path in (tmp_path / "made").rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path / "made") for path in made] == [path.relative_to(LIBRARY) for path in MADE]
    different = [ours.name for ours, theirs in zip(made, MADE, strict=True) if ours.read_bytes() != theirs.read_bytes()]
    if different and (sys.platform, platform.machine()) != ("linux", "x86_64"):  # other sines, another zlib: alike to the eye
        for ours, theirs in zip(made, MADE, strict=True):
            if ours.suffix == ".jpg":
                assert np.abs(read_image(ours).astype(int) - read_image(theirs)).max() <= 4, ours.name
        return
    if (sys.platform, platform.machine()) == ("linux", "x86_64"):
        people = sorted((tmp_path / "avatars").glob("*"))  # none where the package index cannot be reached
        different += [path.name for path in people if path.read_bytes() != (LIBRARY.parent / "avatars" / path.name).read_bytes()]
    assert different == [], "run `make assets`, look at what changed, and commit it"


def test_making_again_leaves_what_is_there_signatures_too(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "assets" / "_build"))
    try:
        from library import take_over
    finally:
        sys.path.pop(0)
    made, out = tmp_path / "made", tmp_path / "out"
    for name in ("coin.wav", "coin.wav.asset.toml"):
        made.mkdir(exist_ok=True)
        (made / name).write_bytes((LIBRARY / "sounds" / name).read_bytes())
    (out / "old").mkdir(parents=True)
    (out / "old" / "rest.wav").write_bytes(b"x")
    said = list(take_over(made, out, sign=True))
    assert said == ["gone     old/rest.wav", "written  coin.wav", "written  coin.wav.asset.toml", "signed   coin.wav"]
    assert sorted(path.name for path in out.iterdir()) == ["coin.wav", "coin.wav.asset.toml", "coin.wav.c2pa"]
    assert list(take_over(made, out, sign=True)) == []
    (out / "coin.wav.c2pa").write_bytes((LIBRARY / "sounds" / "jump.wav.c2pa").read_bytes())  # of another file
    assert list(take_over(made, out, sign=True)) == ["signed   coin.wav"]


@pytest.mark.parametrize("path", THINGS, ids=lambda path: path.name)
def test_each_says_where_it_came_from_and_is_signed(path: Path) -> None:
    sidecar, record = read_sidecar(path), read_record(path)
    assert sidecar is not None and sidecar.licence == "CC0-1.0" and sidecar.provenance.created == ""
    made = sidecar.provenance
    assert made.generator in ("material", "sound") and made.prompt and made.seed is not None and made.body == body_of(path)
    if path.suffix == ".json":  # a graph has no place for a record, and C2PA none for its signature
        return
    assert record is not None and record["content"] == made.content and record["prompt"] == made.prompt
    assert path.with_name(f"{path.name}.c2pa").is_file()
    pytest.importorskip("c2pa")
    from taixu.generate.provenance.signing import read_signature

    signature = read_signature(path)
    assert signature is not None and signature.is_valid and signature.is_detached and signature.source_type == "algorithmicMedia"


def test_a_signature_does_not_hold_for_another_file(tmp_path: Path) -> None:
    pytest.importorskip("c2pa")
    from taixu.generate.provenance.signing import read_signature

    for name in ("coin.wav", "coin.wav.c2pa"):
        (tmp_path / name).write_bytes((LIBRARY / "sounds" / name).read_bytes())
    file = tmp_path / "coin.wav"
    data = bytearray(file.read_bytes())
    data[3000] ^= 1
    file.write_bytes(data)
    signature = read_signature(file)
    assert signature is not None and not signature.is_valid


def test_colours_are_marked_and_their_marks_survive_the_jpeg() -> None:
    colours = [path for path in THINGS if path.name.endswith("_base_color.jpg")]
    found = {path.name: find_mark(path) for path in colours}
    assert len(colours) >= 10 and found == {path.name: provenance_of(path).content[:8] for path in colours}


def test_it_is_small_and_free() -> None:
    assert sum(path.stat().st_size for path in LIBRARY.rglob("*") if path.is_file()) < 5_000_000
    assert licence_findings(THINGS) == []


def test_a_material_goes_into_a_project_with_all_that_stands_beside(tmp_path: Path) -> None:
    names = [each.name for each in starter_assets()]
    assert len(set(names)) == len(names) >= 14
    paths = add_starter(starter_asset("bricks"), tmp_path)
    assert "assets/materials/bricks/bricks_base_color.jpg" in paths
    assert (tmp_path / "assets/materials/bricks/bricks_normal.jpg.c2pa").is_file()
    fields = material_fields(tmp_path, paths)
    assert fields["metallic_roughness_texture"] == fields["occlusion_texture"] == "assets/materials/bricks/bricks_orm.jpg"
    assert fields["base_color_texture"].endswith("_base_color.jpg") and fields["normal_texture"].endswith("_normal.jpg")
    (tmp_path / paths[0]).write_bytes(b"mine")
    assert add_starter(starter_asset("bricks"), tmp_path) == paths and (tmp_path / paths[0]).read_bytes() == b"mine"
    with pytest.raises(UsageError, match="there is no starter asset 'brick'; there are bricks, "):
        starter_asset("brick")


def test_what_was_asked_for_as_jpeg_is_made_again_as_jpeg(tmp_path: Path) -> None:
    from taixu.app import Jobs
    from taixu.generate import Generations, Generators, Lineage, plan_remake

    paths = add_starter(starter_asset("plaster"), tmp_path)
    lineage = Lineage.read(tmp_path)
    assert lineage.stale() == [] and not any(lineage.is_edited(path) for path in paths)
    with Jobs(workers=1) as jobs:
        generations = Generations(jobs, generators=Generators(plugins=False), guards=())
        steps = plan_remake(lineage, generations, paths[0])
    assert [step.out.name for step in steps] == ["plaster.jpg"] and set(paths) == set(steps[0].paths)
