"""Tables of colours from .cube files: what they say, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.cube_lut import decode_cube, read_cube
from taixu.errors import TaixuError

CURVE = b"""\xef\xbb\xbf# a comment
TITLE "warm evening"
DOMAIN_MAX 2 2 2
LUT_1D_SIZE 3

0 0 0
# halfway
0.5 0.25 1e-1
1.0 1 .5
"""


def cube(size: int, *, rows: int | None = None, head: str = "") -> bytes:
    values = np.stack(np.meshgrid(*[np.linspace(0, 1, size)] * 3, indexing="ij"), -1)[..., ::-1].reshape(-1, 3)
    lines = [f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in values[:rows]]
    return f"{head}LUT_3D_SIZE {size}\n{chr(10).join(lines)}\n".encode()


def test_curves() -> None:
    lut = decode_cube(CURVE)
    assert lut.size == 3 and lut.high == (2.0, 2.0, 2.0) and lut.low == (0.0, 0.0, 0.0)
    np.testing.assert_allclose(lut.table[1], (0.5, 0.25, 0.1))


def test_red_goes_fastest(tmp_path: Path) -> None:
    (tmp_path / "plain.cube").write_bytes(cube(4))
    table = read_cube(tmp_path / "plain.cube").table
    assert table.shape == (4, 4, 4, 3)
    np.testing.assert_allclose(table[0, 0, 3], (1, 0, 0), atol=1e-6)
    np.testing.assert_allclose(table[3, 0, 0], (0, 0, 1), atol=1e-6)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "LUT_1D_SIZE or LUT_3D_SIZE"),
        (cube(2, head="LUT_1D_SIZE 4\n"), "either"),
        (b"LUT_3D_SIZE 2\nLUT_3D_SIZE 2\n", "twice"),
        (b"LUT_3D_SIZE 100000\n", "from 2 to 128"),
        (b"LUT_3D_SIZE " + b"9" * 5000 + b"\n", "from 2 to 128"),
        (b"LUT_3D_SIZE two\n", "whole number"),
        (b"DOMAIN_MIN 0 0\n", "three numbers"),
        (b"DOMAIN_MIN nan 0 0\n", "three numbers"),
        (b"DOMAIN_MIN 2 0 0\n" + cube(2), "above DOMAIN_MIN"),
        (b"BEGIN\n", "no word"),
        (cube(3, rows=26), "27 colours were announced, and there are 26"),
        (b"LUT_1D_SIZE 2\n0 0 0\n0 0 x\n", "colour 2"),
        (b"LUT_1D_SIZE 2\n0 0 0\n0 nan 0\n", "finite"),
        (b"LUT_1D_SIZE 2\n0 0 0\n1 1 1e99\n", "finite"),
        (bytes(range(256)), "no word"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        decode_cube(data)
