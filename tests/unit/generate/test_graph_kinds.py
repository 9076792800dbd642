"""Every kind of nodes: the same by numpy and on the device, the same twice, and without a seam."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.generate.graph import Graph, evaluate, node_kinds

SIZE = 96


def graph_of(name: str, **parameters: Any) -> Graph:
    """A graph with one node of a kind; what it reads is noise."""
    kind = node_kinds()[name]
    graph = Graph(seed=3)
    noise = graph.add("noise", "noise.layers", octaves=3)
    given: dict[str, Any] = dict.fromkeys(kind.inputs, noise)
    if getattr(kind.cls, "has_free_inputs", False):
        given = {"a": noise, "formula": "vec(a, 1 - a, sqrt(a))" if name.startswith("color") else "smoothstep(0.2, 0.8, a)"}
    made = graph.add("it", name, **given, **parameters)
    graph.put_out(**{output: getattr(made, output) for output in kind.outputs})
    return graph


@pytest.mark.parametrize("name", sorted(node_kinds()))
def test_numpy_and_shaders_agree(name: str) -> None:
    by_numpy = evaluate(graph_of(name), SIZE)
    by_shader = evaluate(graph_of(name), SIZE, device=shared_device())
    for output, picture in by_numpy.items():
        apart = np.abs(picture - by_shader[output]) > 1e-3
        assert apart.mean() < 1e-3, f"{output}: {apart.mean():.2%} of the pixels differ"
        assert float(picture.std()) > 1e-4, f"{output} is the same everywhere"


@pytest.mark.parametrize("name", sorted(node_kinds()))
def test_what_is_made_is_made_again(name: str) -> None:
    first, second = evaluate(graph_of(name), 64), evaluate(graph_of(name), 64)
    for output in first:
        assert first[output].tobytes() == second[output].tobytes()


@pytest.mark.parametrize("name", sorted(node_kinds()))
def test_edges_fit_each_other(name: str) -> None:
    """The step over the edge is no larger than steps within, at a size at which pixels are near each other."""
    for output, picture in evaluate(graph_of(name), 512).items():
        if output in {"x", "y", "along", "number", "is_warp", "pad"} or name == "noise.grain":
            continue  # they jump from thing to thing
        for axis in (0, 1):
            inside = np.abs(np.diff(picture, axis=axis)).reshape(-1)
            first, last = np.take(picture, 0, axis=axis), np.take(picture, -1, axis=axis)
            seam = np.abs(first - last)
            assert np.quantile(seam, 0.95) <= np.quantile(inside, 0.99) * 1.5 + 1e-3, f"{output} has a seam along axis {axis}"


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 0.37])
def test_bricks_of_any_rows_repeat(shift: float) -> None:
    made = evaluate(graph_of("pattern.bricks", rows=7, columns=3, shift=shift, gap=0.1), 420)
    edge = made["edge"]
    np.testing.assert_allclose(edge[0], edge[-1], atol=0.02)
    np.testing.assert_allclose(edge[:, 0], edge[:, -1], atol=0.05)
    assert edge.max() > 0.3
