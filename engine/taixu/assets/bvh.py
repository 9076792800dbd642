"""BVH: motion capture as text. A skeleton of nodes and one animation; what is hostile is refused in a sentence.

There is no specification: this reads what Biovision's files and those after them say. Angles are degrees in the order of the
channels, each turn about an axis of the joint. Offsets have no unit: whoever uses the motion measures the body.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Animation, Channel, ModelData, Node, Scene
from taixu.errors import TaixuError

__all__ = ["read_bvh"]

_MOST_BYTES = 256 << 20
_MOST_JOINTS = 2000
_MOST_FRAMES = 2_000_000
_DEEPEST = 500
_CHANNELS = {f"{axis}{kind}": (kind, "XYZ".index(axis)) for axis in "XYZ" for kind in ("position", "rotation")}


@dataclass(slots=True)
class _Joint:
    node: int
    first: int
    channels: list[tuple[str, int]] = field(default_factory=list)


def read_bvh(path: str | Path) -> ModelData:
    """Read a ``.bvh`` file.

    Returns
    -------
    ModelData
        Nodes by the joints' names, and one animation; no meshes.

    Raises
    ------
    TaixuError
        One sentence that says where in the file what is wrong.
    """
    file = Path(path)
    try:
        if not file.is_file():
            raise TaixuError(f"{file}: there is no such file")
        if file.stat().st_size > _MOST_BYTES:
            raise TaixuError(f"{file}: it is larger than the {_MOST_BYTES:,} bytes allowed; cut the recording")
        text = file.read_text("utf-8", "replace")
    except OSError as error:
        raise TaixuError(f"{file}: it cannot be read ({error.strerror})") from None
    head, found, motion = text.partition("MOTION")
    if not found:
        raise TaixuError(f"{file}: it has no MOTION part, so it is no BVH or was cut off")
    model = ModelData(name=file.stem, path=file)
    joints = _read_hierarchy(head, model, file)
    values, frame_secs = _read_motion(motion, sum(len(joint.channels) for joint in joints), file)
    model.animations = [_animation(model, joints, values, frame_secs)]
    model.scenes, model.scene = [Scene(nodes=model.roots())], 0
    return model


def _read_hierarchy(text: str, model: ModelData, file: Path) -> list[_Joint]:
    words = text.split()
    if not words or words[0].upper() != "HIERARCHY":
        raise TaixuError(f"{file}: it does not begin with HIERARCHY, so it is no BVH")
    joints: list[_Joint] = []
    above: list[int] = []
    place, columns = 1, 0
    pending: int | None = None

    def fail(what: str) -> TaixuError:
        return TaixuError(f"{file}: word {place + 1} of its HIERARCHY: {what}")

    def numbers(count: int) -> list[float]:
        try:
            found = [float(word) for word in words[place + 1 : place + 1 + count]]
        except ValueError:
            raise fail("there must be numbers") from None
        if len(found) < count or not all(math.isfinite(value) and abs(value) < 1e9 for value in found):
            raise fail(f"there must be {count} finite numbers")
        return found

    while place < len(words):
        word = words[place].upper()
        if word in ("ROOT", "JOINT", "END"):
            name: list[str] = []
            following = place + 1
            while following < len(words) and words[following] != "{":
                name.append(words[following])
                following += 1
                if len(name) > 50:
                    raise fail("a joint's '{' is missing")
            if word == "JOINT" and not above:
                raise fail("a joint hangs on nothing")
            if len(model.nodes) >= _MOST_JOINTS or len(above) >= _DEEPEST:
                raise fail(f"there are more than {_MOST_JOINTS:,} joints, or {_DEEPEST} below each other")
            node = Node(name=" ".join(name)[:200] if word != "END" else f"{model.nodes[above[-1]].name} end" if above else "end")
            node.parent = above[-1] if above else None
            pending = len(model.nodes)
            if node.parent is not None:
                model.nodes[node.parent].children.append(pending)
            model.nodes.append(node)
            if word != "END":
                joints.append(_Joint(pending, columns))
            place = following
        elif word == "{":
            if pending is None:
                raise fail("a '{' without a joint")
            above.append(pending)
            pending = None
            place += 1
        elif word == "}":
            if not above:
                raise fail("a '}' too many")
            above.pop()
            place += 1
        elif word == "OFFSET" and above:
            model.nodes[above[-1]].translation[:] = numbers(3)
            place += 4
        elif word == "CHANNELS" and above and joints and joints[-1].node == above[-1] and not joints[-1].channels:
            count = int(numbers(1)[0])
            named = [one.capitalize() for one in words[place + 2 : place + 2 + max(count, 0)]]
            if not 0 <= count <= 6 or len(named) < count or any(one not in _CHANNELS for one in named):
                raise fail("its channels must be at most six of Xposition ... Zrotation")
            joints[-1].channels = [_CHANNELS[one] for one in named]
            columns += count
            place += 2 + count
        else:
            raise fail(f"'{words[place][:40]}' means nothing here")
    if above or not joints:
        raise TaixuError(f"{file}: its HIERARCHY ends in the middle of a joint; the file was cut off")
    return joints


def _read_motion(text: str, columns: int, file: Path) -> tuple[NDArray[np.float32], float]:
    parts = text.split(None, 6)
    try:
        if [part.lower() for part in parts[:1] + parts[2:4]] != ["frames:", "frame", "time:"]:
            raise ValueError
        frames, frame_secs = int(parts[1]), float(parts[4])
    except (ValueError, IndexError):
        raise TaixuError(f"{file}: its MOTION must begin with 'Frames:' and 'Frame Time:'") from None
    if not 1 <= frames <= _MOST_FRAMES or not 1e-5 <= frame_secs <= 60.0:
        raise TaixuError(f"{file}: {frames:,} frames of {frame_secs:g} s are not between 1 and {_MOST_FRAMES:,} of sane length")
    start = text.lower().index("time:") + len("time:")
    rest = text[start:].lstrip().split(None, 1)
    body = rest[1] if len(rest) > 1 else ""
    try:
        values = np.array(body.split(), np.float32)
    except ValueError:
        raise TaixuError(f"{file}: its MOTION holds something that is no number") from None
    if values.size < frames * columns:
        need = f"{frames:,} frames of {columns} channels need {frames * columns:,} numbers"
        raise TaixuError(f"{file}: {need}, but there are {values.size:,}")
    values = values[: frames * columns].reshape(frames, columns)
    if not np.isfinite(values).all() or float(np.abs(values).max(initial=0.0)) > 1e9:
        raise TaixuError(f"{file}: its MOTION holds a number that is not finite")
    return values, frame_secs


def _animation(model: ModelData, joints: list[_Joint], values: NDArray[np.float32], frame_secs: float) -> Animation:
    times = (np.arange(len(values)) * frame_secs).astype(np.float32)
    animation = Animation(name=model.name)
    for joint in joints:
        moved = np.tile(model.nodes[joint.node].translation.astype(np.float32), (len(values), 1))
        turned = np.zeros((len(values), 4))
        turned[:, 3] = 1.0
        has_place = has_turn = False
        for number, (kind, axis) in enumerate(joint.channels):
            column = values[:, joint.first + number]
            if kind == "position":
                moved[:, axis] = column
                has_place = True
            else:
                turned, has_turn = _after(turned, axis, np.radians(column.astype(np.float64))), True
        if has_place:
            animation.channels.append(Channel(joint.node, "translation", times, moved))
        if has_turn:
            animation.channels.append(Channel(joint.node, "rotation", times, turned.astype(np.float32)))
    return animation


def _after(turned: NDArray[np.float64], axis: int, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turns [k, 4], each after one more about an axis of its own."""
    other = np.zeros_like(turned)
    other[:, axis], other[:, 3] = np.sin(angles / 2), np.cos(angles / 2)
    ax, ay, az, aw = turned.T
    bx, by, bz, bw = other.T
    return np.stack([
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    ], axis=1)  # fmt: skip
