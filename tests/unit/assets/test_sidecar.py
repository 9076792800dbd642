"""Sidecars keep every letter that nobody changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.assets.content_hash import content_hash, hash_bytes
from taixu.assets.sidecar import Provenance, Sidecar, read_sidecar, sidecar_path, write_sidecar
from taixu.errors import TaixuError

TEXT = """# made by hand
version = 1
source   = "https://example.org/chair.glb"   # the author's page
licence = 'CC-BY-4.0'
unknown = [1, 2,
  3]

[settings]
scale = 0.01

[provenance]
generator = "terrain"
seed = 7
parents = ["a", "b"]

[studio]
shot = 3
"""


def test_round_trip_to_the_letter(tmp_path: Path) -> None:
    asset = tmp_path / "chair.glb"
    sidecar_path(asset).write_text(TEXT)
    sidecar = read_sidecar(asset)
    assert sidecar is not None
    assert (sidecar.licence, sidecar.settings, sidecar.provenance.seed) == ("CC-BY-4.0", {"scale": 0.01}, 7)
    write_sidecar(asset, sidecar)
    assert sidecar_path(asset).read_text() == TEXT
    sidecar.licence = "CC0-1.0"
    sidecar.provenance.seed = 0
    sidecar.settings["scale"] = 0.01
    write_sidecar(asset, sidecar)
    changed = TEXT.replace("'CC-BY-4.0'", '"CC0-1.0"').replace("seed = 7", "seed = 0")
    assert sidecar_path(asset).read_text() == changed


def test_a_new_one(tmp_path: Path) -> None:
    made = Sidecar(
        importer="a:b", content_hash=hash_bytes(b"x"),
        provenance=Provenance("sky", prompt='a "red"\nsky', seed=3, parents=["x"], settings={"hours": [1, 2.5]}),
    )
    file = write_sidecar(tmp_path / "sky.hdr", made)
    assert file.name == "sky.hdr.asset.toml"
    assert read_sidecar(tmp_path / "sky.hdr") == made
    assert read_sidecar(file) == made
    assert read_sidecar(tmp_path / "none.hdr") is None


@pytest.mark.parametrize(("text", "reason"), [
    ("licence = 3", "licence is not a text"),
    ("[provenance]\nseed = true", r"provenance\.seed is not a whole number"),
    ("[provenance]\nparents = [1]", "parents is not a list of texts"),
    ("settings = 3", "settings is not a table"),
    ("version = 99", "update Taixu"),
    ("= =", "is no TOML"),
    ("a = 1\na = 2", "is no TOML"),
    ("a = " + "[" * 5000, "is no TOML"),
])
def test_bad_ones_are_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    sidecar_path(tmp_path / "a.png").write_text(text)
    with pytest.raises(TaixuError, match=reason) as caught:
        read_sidecar(tmp_path / "a.png")
    assert "\n" not in str(caught.value)


def test_hashes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"hello" * 1_000_000)
    assert content_hash(tmp_path / "a") == hash_bytes(b"hello" * 1_000_000)
    assert len(hash_bytes(b"")) == 32
    with pytest.raises(TaixuError, match="cannot be read"):
        content_hash(tmp_path / "b")
