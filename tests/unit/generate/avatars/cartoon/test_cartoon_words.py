"""What words mean to cartoons, and which words mean a cartoon at all."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from taixu.generate.avatars.cartoon.chance import STYLES, cartoon_crowd, drawn_cartoon
from taixu.generate.avatars.cartoon.colors import rgb
from taixu.generate.avatars.cartoon.presets import CARTOONS
from taixu.generate.avatars.cartoon.spec import CartoonSpec, cartoon_json, read_cartoon
from taixu.generate.avatars.cartoon.words import is_cartoon, meant_by_cartoon_words
from taixu.generate.avatars.generator import AvatarGenerator

_HERE = Path(__file__).parent
_LINES = [line.split(" | ") for line in (_HERE / "cartoon_prompts.txt").read_text("utf-8").splitlines()
          if line and not line.startswith("#")]  # fmt: skip
_HUES = {"red": 0, "green": 1, "blue": 2}


def _holds(said: dict[str, object], spec: CartoonSpec, demand: str) -> bool:
    for sign in ("=", ">", "<"):
        name, found, value = demand.partition(sign)
        if not found:
            continue
        if name == "preset":
            return said["preset"] == value
        if name == "accessory":
            return any(value in each for each in spec.accessories)
        have = getattr(spec, name)
        if sign in "<>":
            return bool(have > float(value) if sign == ">" else have < float(value))
        return int(np.argmax(rgb(have))) == _HUES[value] if value in _HUES else value in have
    raise AssertionError(demand)


@pytest.mark.parametrize(("prompt", "demands"), _LINES, ids=[line[0] for line in _LINES])
def test_words_mean_what_people_mean(prompt: str, demands: str) -> None:
    assert is_cartoon(prompt)
    said = meant_by_cartoon_words(prompt)
    spec = drawn_cartoon(np.random.Generator(np.random.PCG64(1)), said)
    for demand in re.findall(r"\S+?[=<>].*?(?= \S+[=<>]|$)", demands):
        assert _holds(said, spec, demand), (demand, said)


def test_people_stay_people() -> None:
    prompts = (_HERE.parent / "avatar_prompts.txt").read_text("utf-8").splitlines()
    assert not any(is_cartoon(line.split(" | ")[0]) for line in prompts)
    for prompt in ("a woman with a dog", "she looks like a ghost", "a knight", "穿红裙子的女人牵着狗"):
        assert not is_cartoon(prompt)
        assert AvatarGenerator().read_words(prompt).get("kind") != "cartoon"
    assert AvatarGenerator().read_words("a cartoon knight")["kind"] == "cartoon"


def test_a_longer_crowd_begins_with_the_shorter_one_and_nobody_is_twice_the_same() -> None:
    for style in STYLES:
        crowd = cartoon_crowd(30, seed=5, style=style)
        assert crowd[:4] == cartoon_crowd(4, seed=5, style=style)
        assert len({cartoon_json(each).split('"name"')[0] for each in crowd}) == 30
    assert crowd != cartoon_crowd(30, seed=6, style=style)


def test_specifications_survive_json() -> None:
    for spec in (*cartoon_crowd(6, seed=3), CartoonSpec(), *(read_cartoon(dict(each)) for each in CARTOONS.values())):
        assert read_cartoon(cartoon_json(spec)) == spec
