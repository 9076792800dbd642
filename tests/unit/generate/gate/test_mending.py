"""What the gate mends, and what it leaves as it was."""

from __future__ import annotations

import numpy as np
import pytest
from shapes_in_gltf import ball, model_of

from taixu.errors import TaixuError
from taixu.generate.gate import inspect_model
from taixu.generate.gate.mending import clean, fill_holes, place, smooth_normals, wind


def test_lids_close_what_was_open_and_stay_near_the_rim() -> None:
    positions, faces = ball()
    model, lids = fill_holes(model_of(positions, np.delete(faces, [0, 1, 5, 100, 300, 301], axis=0), NORMAL=np.float32(positions)))
    report = inspect_model(model)
    assert lids >= 3
    assert report.is_closed
    assert not {"winding", "inside out"} & {each.code for each in report.problems}
    (primitive,) = model.meshes[0].primitives
    assert np.allclose(np.linalg.norm(primitive.attributes["NORMAL"], axis=1), 1.0, atol=1e-5)
    assert float(np.linalg.norm(primitive.attributes["POSITION"], axis=1).max()) <= 1.001


def test_what_faces_wrongly_is_turned_and_nothing_else() -> None:
    positions, faces = ball()
    broken = faces.copy()
    broken[[3, 9, 200]] = broken[[3, 9, 200]][:, ::-1]
    model, count = wind(model_of(positions, broken))
    assert count == 3
    assert inspect_model(model).worst in (None, "hint")
    inside_out, count = wind(model_of(positions, faces[:, ::-1]))
    assert count == len(faces)
    (primitive,) = inside_out.meshes[0].primitives
    assert np.einsum("nc,nc->n", primitive.attributes["NORMAL"], primitive.attributes["POSITION"]).min() > 0.9


def test_cleaning_leaves_out_specks_doubles_and_slivers_alone() -> None:
    positions, faces = ball()
    count = len(positions)
    more = np.concatenate([faces, faces[5:6], [[0, 0, 1]], np.array([[0, 1, 2]]) + count])
    model, gone = clean(model_of(np.concatenate([positions, positions[:3] * 1e-4 + 3.0]), more))
    (primitive,) = model.meshes[0].primitives
    assert gone == 3
    assert len(primitive.triangles()) == len(faces)
    assert primitive.vertex_count == count
    assert clean(model)[1] == 0


def test_normals_are_given_to_who_has_none() -> None:
    model, count = smooth_normals(model_of(*ball()))
    (primitive,) = model.meshes[0].primitives
    assert count == 1
    assert np.einsum("nc,nc->n", primitive.attributes["NORMAL"], primitive.attributes["POSITION"]).min() > 0.99
    assert smooth_normals(model)[1] == 0


@pytest.mark.parametrize("pivot", ["bottom", "middle"])
def test_size_and_pivot(pivot: str) -> None:
    positions, faces = ball()
    report = inspect_model(place(model_of(positions * 30 + (7.0, 5.0, -90.0), faces), size_m=1.5, pivot=pivot))
    assert max(report.size_m) == pytest.approx(1.5, abs=1e-5)
    assert report.low_m[1] == pytest.approx(0.0 if pivot == "bottom" else -0.75, abs=0.01)
    assert report.low_m[0] == pytest.approx(-0.75, abs=0.01)


def test_a_pivot_that_there_is_not_is_refused() -> None:
    with pytest.raises(TaixuError, match="pivot is one of keep, bottom, middle"):
        place(model_of(*ball(1)), pivot="top")
