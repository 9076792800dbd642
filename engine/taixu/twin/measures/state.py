"""What measures remember, as bytes: beside a recording, so that they go on where they were when the twin starts again.

Arrays by entity index are told by stable id, for indices are others' then. A state is of the measures that it was made of: what has
been declared anew since begins anew.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.twin.measures.engine import Measures
from taixu.twin.measures.followers import follower_of
from taixu.twin.measures.measure import Measure
from taixu.twin.memory.room import parse_json
from taixu.twin.rules.histories import HISTORIES, Portion

__all__ = ["MeasuresState", "read_state", "restore_state", "state_of"]

_VERSION = 1
_MAX_BYTES = 1 << 30
_MAX_HEAD = 64 << 20


@dataclass(slots=True)
class MeasuresState:
    """What measures remembered at a time.

    Attributes
    ----------
    head
        Plain JSON.
    arrays
        By name; those by entity are as long as ``ids``, in their last dimension.
    """

    head: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    @property
    def now_ns(self) -> int:
        """When that was."""
        return int(self.head["now_ns"])

    def to_bytes(self) -> bytes:
        """As a file."""
        file = io.BytesIO()
        np.savez(file, head=np.frombuffer(json.dumps(self.head).encode(), np.uint8), **self.arrays)  # type: ignore[arg-type]
        return file.getvalue()


def state_of(measures: Measures, world: World) -> MeasuresState:
    """What measures of a world remember just now."""
    entities = np.concatenate([np.empty(0, np.uint64), *[table.entities for table in world.tables if table.count]])
    indices = indices_of(entities)
    arrays: dict[str, NDArray[Any]] = {"ids": world.stable_ids(entities)}
    histories: list[Any] = []
    for (text, node), history in measures.senses.histories.items():
        kind = type(history)
        number = len(histories)
        for name, values in history.taken(indices).items():
            arrays[f"h{number}.{name}"] = values
        scalars = {name: np.asarray(getattr(history, name)).tolist() for name in kind.scalars}
        histories.append([text, node, kind.__name__, scalars])
    followers = {}
    for number, (measure, follower) in enumerate(measures.followed()):
        said, own = follower.state(indices)
        arrays |= {f"f{number}.{name}": values for name, values in own.items()}
        followers[measure.name] = [number, _definition(measure), said]
    return MeasuresState(
        {"version": _VERSION, "now_ns": measures.senses.now_ns, "histories": histories, "followers": followers}, arrays
    )


def read_state(data: bytes) -> MeasuresState:
    """What `MeasuresState.to_bytes` gave.

    Raises
    ------
    TaixuError
        When it is something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if any(each.compress_type != zipfile.ZIP_STORED for each in packed.infolist()) or len(data) > _MAX_BYTES:
                raise ValueError("size")
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        head = parse_json(arrays.pop("head").tobytes()[:_MAX_HEAD])
        if not isinstance(head, dict) or head.get("version") != _VERSION or not isinstance(head["now_ns"], int):
            raise ValueError("version")
        state = MeasuresState(head, arrays)
        if arrays["ids"].dtype != np.uint64 or arrays["ids"].ndim != 1:
            raise ValueError("ids")
        return state
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, NotImplementedError, MemoryError):
        raise TaixuError("what measures remembered is damaged; they begin anew") from None


def restore_state(measures: Measures, world: World, state: MeasuresState, *, after_pause: bool = False) -> None:
    """Have measures remember what they did. Who is not there yet is where he was when he comes.

    Parameters
    ----------
    after_pause
        Between then and now nobody looked: that counts neither way where it is asked for how much of the time something was so.

    Raises
    ------
    TaixuError
        When the state does not fit itself.
    """
    ids = state.arrays["ids"]
    handles = world.find_all(ids)
    here = np.flatnonzero(handles != 0)
    indices = indices_of(handles[here])
    try:
        for number, (text, node, kind, scalars) in enumerate(state.head["histories"]):
            history = HISTORIES[kind]()
            history.put(indices, {name: state.arrays[f"h{number}.{name}"][..., here] for name in history.columns})
            for name in history.scalars:
                value = scalars[name]
                setattr(history, name, np.array(value, np.int64) if isinstance(value, list) else int(value))
            if after_pause and isinstance(history, Portion):
                history.pause()
            measures.senses.histories[str(text), int(node)] = history
        declared = {measure.name: measure for measure in measures.measures}
        for name, (number, definition, said) in state.head["followers"].items():
            measure = declared.get(name)
            if measure is None or _definition(measure) != definition:
                continue
            follower = follower_of(measure, now_ns=state.now_ns)
            prefix = f"f{number}."
            own = {key[len(prefix) :]: values for key, values in state.arrays.items() if key.startswith(prefix)}
            follower.restore(said, own, ids=ids, here=here, indices=indices)
            measures.follow(measure, follower)
        measures.go_on(world)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError):
        raise TaixuError("what measures remembered does not fit; they begin anew") from None


def _definition(measure: Measure) -> str:
    """What a measure was declared as, as far as what it remembers depends on it."""
    takt, passages = measure.takt, measure.passages
    parts: list[Any] = [measure.by, measure.where.text if measure.where is not None else "", list(measure.zones)]
    if takt is not None:
        parts += ["takt", takt.when.text if takt.when is not None else "", takt.over_secs, takt.settle_secs]
    if passages is not None:
        parts += ["passages", passages.settle_secs]
    return json.dumps(parts)
