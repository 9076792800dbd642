"""What the gate sees on a model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes_in_gltf import ball, model_of

from taixu.generate.gate import Budget, inspect_model
from taixu.generate.gate.topology import edges_of, label_pieces, rims_of, turned_faces, volume_of


def codes(model: object, **budget: int) -> dict[str, int]:
    return {each.code: each.count for each in inspect_model(model, Budget(**budget)).problems}  # type: ignore[arg-type]


def test_a_whole_ball_has_no_fault_but_its_facets() -> None:
    positions, faces = ball()
    report = inspect_model(model_of(positions, faces))
    assert report.is_closed
    assert report.triangles == len(faces)
    assert report.size_m == pytest.approx((2.0, 2.0, 2.0), abs=0.02)
    assert [each.code for each in report.problems] == ["normals"]
    assert report.repairs == ()


def test_a_hole_is_told_by_its_edges() -> None:
    positions, faces = ball()
    assert codes(model_of(positions, np.delete(faces, 7, axis=0)))["holes"] == 3


def test_turned_triangles_are_those_that_were_turned() -> None:
    positions, faces = ball()
    faces[[3, 9, 200]] = faces[[3, 9, 200]][:, ::-1]
    report = inspect_model(model_of(positions, faces))
    assert {each.code: each.count for each in report.problems}["winding"] == 3
    assert report.worst == "error"
    assert report.repairs == ("winding",)


def test_a_ball_that_is_inside_out_is_told() -> None:
    positions, faces = ball()
    assert codes(model_of(positions, faces[:, ::-1]))["inside out"] == len(faces)


def test_a_room_within_a_house_may_face_inwards() -> None:
    positions, faces = ball()
    both = model_of(np.concatenate([positions, positions * 0.5]), np.concatenate([faces, faces[:, ::-1] + len(positions)]))
    assert "inside out" not in codes(both)


def test_doubles_slivers_specks_and_crowded_edges() -> None:
    positions, faces = ball()
    speck = positions[:4] * 1e-4 + 3.0
    count = len(positions)
    more = np.concatenate([
        faces, faces[5:6], [[0, 0, 1]], np.array([[0, 1, 2], [0, 3, 1], [1, 3, 2], [0, 2, 3]]) + count,
        [[faces[8, 0], faces[8, 1], count + 4]],
    ])  # fmt: skip
    found = codes(model_of(np.concatenate([positions, speck, [[0.0, 0.0, 4.0]]]), more))
    assert found["doubles"] == 1
    assert found["slivers"] == 1
    assert found["crumbs"] == 1
    assert found["crowded"] == 1


def test_size_pivot_and_cost() -> None:
    positions, faces = ball()
    assert "size" in codes(model_of(positions * 1e-4, faces))
    assert "size" in codes(model_of(positions * 1e4, faces))
    assert "pivot" in codes(model_of(positions + np.array((50.0, 0.0, 0.0)), faces))
    assert codes(model_of(positions, faces), triangles=100)["triangles"] == len(faces)


def test_places_that_are_no_numbers_are_an_error() -> None:
    positions, faces = ball()
    positions[4] = np.nan
    with np.errstate(all="ignore"):
        assert codes(model_of(positions, faces))["numbers"] == 1


def test_nothing_is_said_to_be_nothing() -> None:
    assert "nothing" in codes(model_of(np.zeros((0, 3)), np.zeros((0, 3), int)))


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_any_mixture_of_turns_is_undone(seed: int, share: float) -> None:
    positions, faces = ball(1)
    turned = np.random.default_rng(seed).random(len(faces)) < share
    faces[turned] = faces[turned][:, ::-1]
    straight = turned_faces(faces, edges_of(faces))
    faces[straight] = faces[straight][:, ::-1]
    volume = volume_of(positions, faces).sum() / 6
    assert abs(volume) == pytest.approx(abs(volume_of(*ball(1)).sum() / 6))


@given(st.lists(st.integers(0, 79), max_size=40))
def test_rims_go_along_all_open_edges_once(gone: list[int]) -> None:
    _, faces = ball(1)
    faces = np.delete(faces, gone, axis=0)
    edges = edges_of(faces)
    rims = rims_of(faces, edges)
    assert sum(len(rim) for rim in rims) == int(edges.open.sum())
    assert len(np.unique(label_pieces(faces, 42))) >= (1 if len(faces) else 0)
