"""Whatever is chosen, an avatar is whole: finite numbers, feet on the ground, within its budgets, closed where a body is closed."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taixu.assets.gltf.writer import glb_bytes
from taixu.errors import UsageError
from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.parts import part_names
from taixu.generate.avatars.person import person_of
from taixu.generate.avatars.shape import slider_names
from taixu.generate.avatars.spec import read_spec

_SHARE = st.floats(0.0, 1.0)
_COLOR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def _part(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *part_names(kind)))


_SPECS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({
    "masculinity": _SHARE, "age_years": st.floats(4.0, 95.0), "muscle": _SHARE, "weight": _SHARE, "height": _SHARE, "chest": _SHARE,
    "proportions": _SHARE, "african": _SHARE, "asian": _SHARE, "caucasian": _SHARE, "skin_tone": _SHARE, "grey": _SHARE,
    "sliders": st.dictionaries(st.sampled_from(slider_names()), st.floats(-1.0, 1.0), max_size=12),
    "hair": _part("hair"), "brows": _part("brows"), "beard": _part("beard"), "outfit": st.sampled_from(part_names("outfit")),
    "shoes": _part("shoes"), "hair_color": _COLOR, "color": _COLOR, "variation": st.integers(0, 2**53),
    "accessories": st.lists(st.sampled_from(part_names("accessory")), max_size=4, unique=True).map(tuple),
})  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_SPECS)
def test_any_choices_give_a_whole_person(values: dict[str, Any]) -> None:
    model = make_avatar(read_spec(values))
    near = [mesh for mesh in model.meshes if not mesh.name.startswith("level")]
    points = []
    for mesh in model.meshes:
        for part in mesh.primitives:
            assert all(np.isfinite(each).all() for each in part.attributes.values())
            assert np.allclose(part.attributes["WEIGHTS_0"].sum(1), 1.0, atol=1e-4)
            points.append(part.attributes["POSITION"])
    places = np.concatenate(points)
    assert -0.03 < places[:, 1].min() < 0.02
    assert 0.6 < places[:, 1].max() < 3.2
    assert sum(len(part.indices) // 3 for mesh in near for part in mesh.primitives if part.indices is not None) <= 75_000
    assert len(glb_bytes(model)) <= 9_500_000


@settings(max_examples=6, deadline=None)
@given(_SPECS)
def test_a_bare_body_is_closed_but_for_its_eyes_and_mouth(values: dict[str, Any]) -> None:
    person = person_of(read_spec(values))
    quads = person.data.quads[person.data.group("body")]
    edges = np.sort(np.concatenate([quads[:, [at, (at + 1) % 4]] for at in range(4)]), 1)
    _, count = np.unique(edges, axis=0, return_counts=True)
    assert (count == 1).sum() < 60
    assert count.max() == 2


_NAMES = ("age_years", "weight", "hair", "sliders", "accessories", "hair_color", "variation", "name")
_ANYTHING = st.one_of(st.floats(allow_nan=True), st.text(max_size=12), st.none(), st.lists(st.integers(), max_size=3),
                      st.dictionaries(st.text(max_size=6), st.floats(), max_size=2))  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(_NAMES), _ANYTHING, min_size=1, max_size=3))
def test_impossible_choices_are_refused_in_one_sentence(values: dict[str, Any]) -> None:
    try:
        read_spec(values)
    except UsageError as refused:
        assert "\n" not in str(refused)
