"""Files of splats by their endings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.mesh import Primitive
from taixu.assets.model import ModelData
from taixu.assets.paths import read_bytes
from taixu.assets.splats.cloud import MOST_SPLATS, SplatCloud, tidy_cloud
from taixu.assets.splats.ply import decode_ply
from taixu.assets.splats.spz import decode_spz
from taixu.errors import TaixuError

__all__ = ["SPLAT_SUFFIXES", "read_splats"]

SPLAT_SUFFIXES = (".ply", ".spz", ".glb", ".gltf")
_MOST_BYTES = 2 << 30
_PREFIX = "KHR_gaussian_splatting:"


def read_splats(path: str | Path) -> SplatCloud:
    """Splats of a PLY, SPZ or glTF file (`KHR_gaussian_splatting`), y up.

    Raises
    ------
    TaixuError
        When it cannot be read, or holds none.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix in (".glb", ".gltf"):
        from taixu.assets.gltf import read_gltf

        return tidy_cloud(_of_model(read_gltf(file), file.name), name=file.name)
    if suffix not in SPLAT_SUFFIXES:
        raise TaixuError(f"{file.name}: what ends in {suffix or 'nothing'} holds no splats; {', '.join(SPLAT_SUFFIXES)} are read")
    decode = decode_ply if suffix == ".ply" else decode_spz
    return tidy_cloud(decode(read_bytes(file, max_bytes=_MOST_BYTES), name=file.name), name=file.name)


def _of_model(model: ModelData, name: str) -> SplatCloud:
    """All splats of a glTF, each where its node is; a node's scale must be the same along all axes."""
    clouds = []
    for number, node in enumerate(model.nodes):
        for part in model.meshes[node.mesh].primitives if node.mesh is not None else ():
            if f"{_PREFIX}ROTATION" in part.attributes:
                matrix, above = node.parent_from_local().astype(np.float64), model.nodes[number].parent
                while above is not None:
                    matrix, above = model.nodes[above].parent_from_local() @ matrix, model.nodes[above].parent
                clouds.append(_moved(_of_primitive(part, name), matrix, name))
    if not clouds:
        raise TaixuError(f"{name}: it holds no Gaussian splats")
    if sum(map(len, clouds)) > MOST_SPLATS:
        raise TaixuError(f"{name}: it has {sum(map(len, clouds)):,} splats, and at most {MOST_SPLATS:,} are read")
    k = max(cloud.harmonics.shape[1] for cloud in clouds)
    padded = [np.pad(cloud.harmonics, ((0, 0), (0, k - cloud.harmonics.shape[1]), (0, 0))) for cloud in clouds]
    return SplatCloud(
        np.concatenate([cloud.positions for cloud in clouds]), np.concatenate([cloud.scales for cloud in clouds]),
        np.concatenate([cloud.rotations for cloud in clouds]), np.concatenate([cloud.opacities for cloud in clouds]),
        np.concatenate(padded), is_linear=all(cloud.is_linear for cloud in clouds),
    )  # fmt: skip


def _of_primitive(part: Primitive, name: str) -> SplatCloud:
    attributes, about = part.attributes, part.extensions.get("KHR_gaussian_splatting")

    def column(key: str, width: int) -> NDArray[np.float32]:
        found = attributes.get(key)
        if found is None or found.size != len(attributes["POSITION"]) * width:
            raise TaixuError(f"{name}: its splats have no {key.removeprefix(_PREFIX).lower()} of {width} numbers each")
        whole = found.dtype.kind in "iu"  # normalised, as custom attributes keep their type
        return found.reshape(-1, width).astype(np.float32) / np.float32(np.iinfo(found.dtype).max if whole else 1)

    harmonics = [column(f"{_PREFIX}SH_DEGREE_0_COEF_0", 3)]
    for degree in (1, 2, 3):
        if f"{_PREFIX}SH_DEGREE_{degree}_COEF_0" not in attributes:
            break
        harmonics += [column(f"{_PREFIX}SH_DEGREE_{degree}_COEF_{number}", 3) for number in range(2 * degree + 1)]
    is_linear = isinstance(about, dict) and str(about.get("colorSpace", "")).startswith("lin")
    return SplatCloud(column("POSITION", 3), column(f"{_PREFIX}SCALE", 3), column(f"{_PREFIX}ROTATION", 4),
        column(f"{_PREFIX}OPACITY", 1)[:, 0], np.stack(harmonics, 1), is_linear)  # fmt: skip


def _moved(cloud: SplatCloud, matrix: NDArray[np.float64], name: str) -> SplatCloud:
    """Under a node; what depends on the direction of sight is turned only where there is no turn, as harmonics stay."""
    if np.allclose(matrix, np.eye(4)):
        return cloud
    from taixu.math.quaternion import from_matrix, multiply

    scale = float(np.cbrt(abs(np.linalg.det(matrix[:3, :3]))))
    turn = matrix[:3, :3] / max(scale, 1e-12)
    if not np.allclose(turn @ turn.T, np.eye(3), atol=1e-3) or np.linalg.det(turn) < 0:
        raise TaixuError(f"{name}: its splats lie below a node that mirrors them, or stretches them along one axis")
    if cloud.degree and not np.allclose(turn, np.eye(3), atol=1e-4):
        cloud = replace(cloud, harmonics=cloud.harmonics[:, :1])
    return replace(
        cloud, positions=(cloud.positions @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32),
        scales=cloud.scales * np.float32(scale),
        rotations=np.asarray(multiply(from_matrix(turn), cloud.rotations.T), np.float32).T,
    )  # fmt: skip
