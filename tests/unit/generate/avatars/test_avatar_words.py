"""What words mean to the avatar generator: the prompts were written first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.generate.avatars.chance import crowd, drawn
from taixu.generate.avatars.spec import AvatarSpec, linear_color
from taixu.generate.avatars.words import meant_by_words

_LINES = [line.split(" | ") for line in Path(__file__).with_name("avatar_prompts.txt").read_text("utf-8").splitlines()
          if line and not line.startswith("#")]  # fmt: skip
_HUES = {"red": 0, "green": 1, "blue": 2}


def _holds(spec: AvatarSpec, demand: str) -> bool:
    for sign in ("!=", ">", "<", "="):
        name, found, value = demand.partition(sign)
        if not found:
            continue
        if name == "accessory":
            return any(value in each for each in spec.accessories) is (sign == "=")
        have = getattr(spec, name)
        if sign in "<>":
            return have > float(value) if sign == ">" else have < float(value)
        if name.endswith("color"):
            color = linear_color(have)
            if value in _HUES:
                return int(np.argmax(color)) == _HUES[value]
            return max(color) < 0.05 if value == "black" else value != "yellow" or (color[2] < 0.5 * color[1])
        return value in have if value else not have
    return bool(getattr(spec, demand))


@pytest.mark.parametrize(("prompt", "demands"), _LINES, ids=[line[0] for line in _LINES])
def test_words_mean_what_people_mean(prompt: str, demands: str) -> None:
    said = meant_by_words(prompt)
    for seed in (1, 2):
        spec = drawn(np.random.default_rng(seed), said)
        for demand in demands.replace("pea coat", "pea_coat").replace("lab coat", "lab_coat").replace("leather jacket",
                                                                                                      "leather_jacket").split():
            assert _holds(spec, demand.replace("_coat", " coat").replace("_jacket", " jacket")), demand


def test_words_that_mean_nothing_leave_all_to_chance() -> None:
    assert meant_by_words("") == {}
    assert meant_by_words("qwzx " * 5000) == {}


def test_crowds_repeat_and_their_people_differ() -> None:
    some = crowd(12, seed=5)
    assert some == crowd(20, seed=5)[:12]
    assert some != crowd(12, seed=6)
    assert len({(each.hair, each.outfit, each.skin_tone) for each in some}) == 12
