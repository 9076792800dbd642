"""What meshes, skins and nodes have to agree on, so that nobody reads past a palette of joints or a list of weights."""

from __future__ import annotations

import numpy as np

from taixu.assets.gltf.findings import GltfError, Report
from taixu.assets.gltf.limits import Budget
from taixu.assets.mesh import Primitive
from taixu.assets.model import ModelData

__all__ = ["agree_on_joints", "agree_on_weights"]


def agree_on_joints(model: ModelData, budget: Budget, report: Report) -> None:
    """Make sure that every mesh only uses joints that the skins it is drawn with have.

    Joints past the end that weigh nothing (exporters leave such) become joint 0.

    Raises
    ------
    GltfError
        A vertex follows a joint that its skin has not.
    """
    fewest: dict[int, int] = {}
    for node in model.nodes:
        if node.mesh is not None and node.skin is not None:
            count = len(model.skins[node.skin].joints)
            fewest[node.mesh] = min(count, fewest.get(node.mesh, count))
    for mesh, count in fewest.items():
        for index, primitive in enumerate(model.meshes[mesh].primitives):
            with report.object():
                where = f"/meshes/{mesh}/primitives/{index}/attributes"
                if not budget.spend(_joint_bytes(primitive)):
                    raise GltfError(where, "there are more skinned vertices than a file of this size may have")
                _limit_joints(primitive, count, where=where)


def _joint_bytes(primitive: Primitive) -> int:
    return sum(values.nbytes for name, values in primitive.attributes.items() if name.startswith("JOINTS_"))


def _limit_joints(primitive: Primitive, count: int, *, where: str) -> None:
    for name in [name for name in primitive.attributes if name.startswith("JOINTS_")]:
        joints = primitive.attributes[name]
        past = joints >= count
        if not past.any():
            continue
        weights = primitive.attributes.get(name.replace("JOINTS", "WEIGHTS"))
        if weights is not None and (weights[past] != 0.0).any():
            message = f"a vertex follows joint {joints.max()}, but its skin has {count}; export the model again"
            raise GltfError(f"{where}/{name}", message)
        primitive.attributes[name] = np.where(past, joints.dtype.type(0), joints)


def agree_on_weights(model: ModelData, report: Report) -> None:
    """Give every node with morph weights as many as its mesh has targets."""
    for index, node in enumerate(model.nodes):
        if node.weights is None:
            continue
        parts = model.meshes[node.mesh].primitives if node.mesh is not None else []
        count = max((len(part.targets) for part in parts), default=0)
        if len(node.weights) != count:
            report.error(f"/nodes/{index}/weights", f"there are {len(node.weights)} for {count} morph targets")
            padded = np.zeros(count, np.float32)
            kept = node.weights[:count]
            padded[: len(kept)] = kept
            node.weights = padded if count else None
