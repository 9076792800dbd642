"""Steps of the state graphs of a crowd."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.crowd import Crowd
from taixu.animation.motion.gait import Going
from taixu.animation.motion.graph import StateGraph

__all__ = ["step_layer"]


def step_layer(
    crowd: Crowd, graph: StateGraph, layer: int, rows: NDArray[np.intp], *, pace: Going, acts: NDArray[Any], secs: float
) -> None:
    """Bring people of some rows into the states of a layer that follow, by how they go and what they are to do (`acts` [n])."""
    parameters = {
        "speed": pace.speed[rows], "turning": pace.turning[rows], "secs": crowd.since[layer, rows], "act": acts[rows],
    }  # fmt: skip
    states = crowd.states[layer, rows]
    following, fades = graph.step(layer, states, parameters)
    crowd.fades_left[layer, rows] -= secs
    crowd.former[layer, rows[crowd.fades_left[layer, rows] <= 0.0]] = -1
    moved = following != states
    if moved.any():
        who = rows[moved]
        crowd.former[layer, who], crowd.states[layer, who] = states[moved], following[moved]
        crowd.fades[layer, who] = crowd.fades_left[layer, who] = np.maximum(fades[moved], 1e-3)
        crowd.since[layer, who] = 0.0
