"""Tiles are kept under a hash of what they are made of; what lies on the disk is not believed blindly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from walking_worlds import block

from taixu.navigation import Area, MeshSettings
from taixu.navigation.tiles import find_tile, keep_tile, make_tile, tile_key

PIECES = [block((12.0, 1.0, 12.0), (4.0, -0.5, 4.0)), block((1.0, 2.0, 1.0), (4.0, 1.0, 4.0))]
SETTINGS = MeshSettings()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path))
    return tmp_path


def test_a_tile_comes_back_as_it_was_kept(cache: Path) -> None:
    key, tile = tile_key(PIECES, [], SETTINGS, 0, 0), make_tile(PIECES, [], SETTINGS, 0, 0)
    assert find_tile(key) is None
    keep_tile(key, tile)
    found = find_tile(key)
    assert found is not None and all(np.array_equal(getattr(found, n), getattr(tile, n)) for n in tile.__slots__)


def test_the_order_of_pieces_is_nothing_and_everything_else_is_something() -> None:
    key = tile_key(PIECES, [], SETTINGS, 0, 0)
    assert tile_key(PIECES[::-1], [], SETTINGS, 0, 0) == key
    pond = Area("water", 4.0, (0, 0, 0, 0, 0, 0, 1), (1, 1, 1))
    others = [
        tile_key(PIECES[:1], [], SETTINGS, 0, 0), tile_key(PIECES, [pond], SETTINGS, 0, 0), tile_key(PIECES, [], SETTINGS, 1, 0),
        tile_key(PIECES, [], MeshSettings(cell_m=0.2), 0, 0),
        tile_key([PIECES[0], block((1.0, 2.0, 1.0), (4.001, 1.0, 4.0))], [], SETTINGS, 0, 0),
    ]  # fmt: skip
    assert len({key, *others}) == 6
    one, two = make_tile(PIECES, [], SETTINGS, 0, 0), make_tile(PIECES[::-1], [], SETTINGS, 0, 0)
    assert np.array_equal(one.corners, two.corners) and np.array_equal(one.y, two.y)


def test_damaged_tiles_are_made_anew(cache: Path) -> None:
    key, tile = tile_key(PIECES, [], SETTINGS, 0, 0), make_tile(PIECES, [], SETTINGS, 0, 0)
    keep_tile(key, tile)
    file = next(cache.rglob("*.npz"))
    whole = file.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"PK\x03\x04" + whole[4:900], whole[:-40]):
        file.write_bytes(damaged)
        assert find_tile(key) is None
    with np.load(__import__("io").BytesIO(whole)) as kept:
        arrays = dict(kept)
    arrays["links"] = arrays["links"] + 10**6
    np.savez(file, **arrays)
    assert find_tile(key) is None
