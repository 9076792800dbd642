"""What words mean to the material generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.errors import TaixuError
from taixu.generate.materials import families
from taixu.generate.materials.generator import MaterialParameters, sliders_of
from taixu.generate.materials.words import family_scores, parameters_of_words

ASKED = [
    tuple(line.rsplit(" | ", 1))
    for line in (Path(__file__).parent / "material_prompts.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("kept_apart", [True, False])
def test_nine_of_ten_prompts_mean_the_right_family(kept_apart: bool) -> None:
    asked = ASKED[0 if kept_apart else 1 :: 2]
    assert len(ASKED) >= 200
    wrong = [(prompt, family) for prompt, family in asked if next(iter(family_scores(prompt)), "") != family]
    assert len(wrong) <= 0.1 * len(asked), wrong


def test_every_family_has_words_and_is_asked_for() -> None:
    asked = {family for _, family in ASKED}
    assert asked == set(families())


def test_colours_years_and_metals_are_understood() -> None:
    bricks = parameters_of_words("mossy old red bricks with white mortar")
    assert bricks["family"] == "bricks"
    assert bricks["moss"] > 0.3
    assert bricks["wear"] > 0
    sliders = sliders_of("bricks", bricks["sliders"])
    red, green, _ = sliders["color"]
    assert red > 2 * green
    assert min(sliders["mortar"]) > 0.6
    iron = parameters_of_words("锈蚀的蓝色铁板")
    assert iron["family"] == "painted metal"
    r, _, b = sliders_of("painted metal", iron["sliders"])["color"]
    assert b > 2 * r
    assert sliders_of("painted metal", iron["sliders"])["metal"] == "iron"
    assert parameters_of_words("wet cobbles in the rain")["wetness"] > 0.5
    assert "metal=brass" in parameters_of_words("hammered brass")["sliders"]
    dark, pale = (parameters_of_words(f"{word} oak planks")["sliders"] for word in ("dark", "pale"))
    assert max(sliders_of("planks", dark)["color"]) < max(sliders_of("planks", pale)["color"])


@pytest.mark.parametrize(("prompt", "_family"), ASKED)
def test_what_is_meant_can_be_made(prompt: str, _family: str) -> None:
    meant = parameters_of_words(prompt)
    sliders_of(meant["family"], meant.get("sliders", ""))
    MaterialParameters(**meant)


def test_misspelt_words_are_forgiven() -> None:
    assert parameters_of_words("cobblestne")["family"] == "cobbles"
    assert parameters_of_words("marbel")["family"] == "marble"


@pytest.mark.parametrize("prompt", ["", "    ", "qqq zzz", "!!!", "обычный текст", "\0\0", "x" * 1_000_000])
def test_what_means_nothing_is_said_in_a_sentence(prompt: str) -> None:
    with pytest.raises(TaixuError, match="no word names a material") as refused:
        parameters_of_words(prompt)
    assert "\n" not in str(refused.value)
