"""`VRMC_node_constraint`: nodes that follow the rotation of others, in an order in which each follows what is settled."""

from __future__ import annotations

from taixu.assets.gltf.fields import Fields
from taixu.assets.humanoid import Constraint, ConstraintKind
from taixu.assets.model import ModelData
from taixu.assets.vrm.lists import above

__all__ = ["AIM_AXES", "NAME", "read_constraints"]

NAME = "VRMC_node_constraint"
_MOST = 2000
AIM_AXES = ("PositiveX", "NegativeX", "PositiveY", "NegativeY", "PositiveZ", "NegativeZ")


def read_constraints(root: Fields, model: ModelData) -> list[Constraint]:
    """Read the constraints of all nodes; those that follow each other in a circle are left out."""
    found: dict[int, tuple[Constraint, Fields]] = {}
    if NAME not in root.schema.declared:
        return []
    for node, fields in enumerate(root.objects("nodes") if "nodes" in root else ()):
        extension = fields.extension(NAME)
        if extension is not None:
            if len(found) >= _MOST:
                raise extension.fail("", f"there are more than {_MOST:,} constraints; split the model")
            constraint = _read(extension, node)
            if constraint is not None:
                found[node] = constraint, extension
        model.nodes[node].extensions.pop(NAME, None)
    return _sorted(found, model)


def _read(fields: Fields, node: int) -> Constraint | None:
    holder = fields.object("constraint")
    kinds: tuple[ConstraintKind, ...] = ("roll", "aim", "rotation")
    named = [kind for kind in kinds if holder is not None and kind in holder]
    entry = holder.object(named[0]) if holder is not None and named else None
    if entry is None:
        raise fields.fail("constraint", "it is neither a roll, an aim nor a rotation constraint")
    axis = ""
    if named[0] == "roll":
        axis = entry.choice("rollAxis", ("X", "Y", "Z"), "X")
    elif named[0] == "aim":
        axis = entry.choice("aimAxis", AIM_AXES, AIM_AXES[0])
    source = entry.need("source", "nodes")
    if source == node:
        entry.report.error(entry.at("source"), "the node follows itself; the constraint is left out")
        return None
    return Constraint(node, source, named[0], axis, entry.number("weight", 1.0, minimum=0.0, maximum=1.0))


def _sorted(found: dict[int, tuple[Constraint, Fields]], model: ModelData) -> list[Constraint]:
    """Put what others wait for first: a constraint waits for those on its source, its own parents and its source's."""
    waiting = {
        node: {
            other
            for other in (constraint.source, *above(model, constraint.source), *above(model, node))
            if other in found and other != node
        }
        for node, (constraint, _) in found.items()
    }
    users: dict[int, list[int]] = {}
    for node, others in waiting.items():
        for other in others:
            users.setdefault(other, []).append(node)
    ready = [node for node, others in waiting.items() if not others]
    result: list[Constraint] = []
    for node in ready:  # grows as others become ready
        result.append(found[node][0])
        for user in users.get(node, ()):
            waiting[user].discard(node)
            if not waiting[user]:
                ready.append(user)
    for node in found.keys() - set(ready):
        fields = found[node][1]
        fields.report.error(fields.where, "it follows itself in a circle; the constraint is left out")
    return result
