"""Clouds of splats for tests, and their files."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from taixu.assets.splats import SplatCloud
from taixu.assets.splats.cloud import COEFFICIENTS

__all__ = ["ply_bytes", "ring", "spz_bytes", "write_ply"]


def ring(count: int = 400, *, degree: int = 1, seed: int = 4) -> SplatCloud:
    """A ring of flat splats about the origin, 1 m wide, of colours around it, with harmonics by chance."""
    random = np.random.Generator(np.random.PCG64(seed))
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    places = np.stack([np.cos(turn), 0.25 * np.sin(3 * turn), np.sin(turn)], 1) + 0.02 * random.standard_normal((count, 3))
    rotations = random.standard_normal((count, 4))
    harmonics = np.zeros((count, COEFFICIENTS[degree], 3))
    harmonics[:, 0] = (np.stack([np.sin(turn + shift) for shift in (0, 2.1, 4.2)], 1)) * 1.5
    harmonics[:, 1:] = 0.2 * random.standard_normal(harmonics[:, 1:].shape)
    return SplatCloud(
        places.astype(np.float32), np.tile(np.array([[0.09, 0.05, 0.01]], np.float32), (count, 1)),
        (rotations / np.linalg.norm(rotations, axis=1, keepdims=True)).astype(np.float32),
        random.uniform(0.3, 0.95, count).astype(np.float32), harmonics.astype(np.float32),
    )  # fmt: skip


def ply_bytes(cloud: SplatCloud) -> bytes:
    """As training writes them, in the axes that the cloud has."""
    k = cloud.harmonics.shape[1] - 1
    names = [*"xyz", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2", *(f"f_rest_{n}" for n in range(3 * k)), "opacity"]
    names += ["scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"]
    rest = cloud.harmonics[:, 1:].transpose(0, 2, 1).reshape(len(cloud), -1)
    with np.errstate(divide="ignore"):
        logits = -np.log(1 / cloud.opacities - 1)
    turns = cloud.rotations[:, [3, 0, 1, 2]]
    normals = np.zeros((len(cloud), 3))
    columns = np.column_stack([cloud.positions, normals, cloud.harmonics[:, 0], rest, logits, np.log(cloud.scales), turns])
    head = "\n".join(["ply", "format binary_little_endian 1.0", f"element vertex {len(cloud)}",
        *(f"property float {name}" for name in names), "end_header", ""])  # fmt: skip
    return head.encode() + columns.astype("<f4").tobytes()


def write_ply(path: Path, cloud: SplatCloud) -> Path:
    """Write a PLY file."""
    path.write_bytes(ply_bytes(cloud))
    return path


def spz_bytes(cloud: SplatCloud, *, version: int = 2) -> bytes:
    """Quantised as SPZ has it, with 12 bits after the point."""
    n, k = len(cloud), cloud.harmonics.shape[1] - 1
    head = np.array([0x5053474E, version, n], "<u4").tobytes() + bytes([cloud.degree, 12, 0, 0])
    if version == 1:
        places = cloud.positions.astype("<f2").tobytes()
    else:
        fixed = np.rint(cloud.positions * 4096).astype("<i4")
        places = fixed.reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
    turned = cloud.rotations * np.where(cloud.rotations[:, 3:] < 0, -1, 1)
    if version == 3:
        turns = b"".join(_smallest_three(each) for each in cloud.rotations.astype(np.float64))
    else:
        turns = np.clip(np.rint((turned[:, :3] + 1) * 127.5), 0, 255).astype(np.uint8).tobytes()
    parts = (
        np.rint(cloud.opacities * 255), np.clip(np.rint((cloud.harmonics[:, 0] * 0.15 + 0.5) * 255), 0, 255),
        np.clip(np.rint((np.log(cloud.scales) + 10) * 16), 0, 255), None,
        np.clip(np.rint(cloud.harmonics[:, 1:].reshape(n, 3 * k) * 128 + 128), 0, 255),
    )  # fmt: skip
    body = b"".join(turns if part is None else part.astype(np.uint8).tobytes() for part in parts)
    return gzip.compress(head + places + body)


def _smallest_three(q: np.ndarray) -> bytes:
    largest = int(np.abs(q).argmax())
    q = q if q[largest] >= 0 else -q
    packed = largest
    for axis in range(4):
        if axis != largest:
            packed = packed << 10 | int(q[axis] < 0) << 9 | round(abs(float(q[axis])) * 2**0.5 * 511)
    return packed.to_bytes(4, "little")
