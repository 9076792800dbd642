"""What words mean to the material generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.errors import TaixuError
from taixu.generate.graph import Graph
from taixu.generate.materials import families, family_named
from taixu.generate.materials.generator import MaterialParameters, sliders_of
from taixu.generate.materials.words import family_scores, parameters_of_words, variant_meant


def read_prompts(file: str) -> list[tuple[str, str]]:
    """Prompts and the families that they mean."""
    lines = (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()
    pairs = (line.rsplit(" | ", 1) for line in lines if line and not line.startswith("#"))
    return [(prompt, family) for prompt, family in pairs]


ASKED = read_prompts("material_prompts.txt")
VARIED = read_prompts("material_prompts_variants.txt")
LOOKS = {
    "herringbone brick floor, freshly laid": "herringbone",
    "人字纹青砖地面": "herringbone",
    "white painted brick wall of a loft": "painted",
    "green glazed chinese temple roof": "glazed",
    "徽派建筑的小青瓦": "grey chinese",
    "weathered cedar shake roof": "wooden shakes",
    "grey driftwood decking": "driftwood",
    "深色胡桃木人字拼地板": "walnut herringbone",
    "charred cedar boards, shou sugi ban": "charred",
    "white birch bark with black lenticels": "birch",
    "松树皮，裂得很深": "pine",
    "铁路道砟": "railway ballast",
    "fan pattern cobblestones in a european square": "fan arcs",
    "black volcanic beach sand": "black volcanic",
    "月球表面的沙尘": "lunar",
    "parched late summer meadow": "dry",
    "高尔夫球场的短草": "pitch",
    "old dirty snow at the roadside in march": "dirty",
    "glacier ice, deep blue": "glacier",
    "thin black ice over a pond": "black ice",
    "考尔顿耐候钢": "corten",
    "black anodized brushed aluminium panel": "black anodised",
    "tarnished old gilding on a picture frame": "old gilding",
    "nero marquina": "nero marquina",
    "深绿色大花绿大理石": "verde",
    "calacatta gold countertop": "calacatta",
    "baltic brown granite kitchen top": "baltic brown",
    "芝麻白花岗岩": "grey salt",
    "board formed concrete": "board formed",
    "清水混凝土，带模板孔": "fair faced",
    "venetian terrazzo with big pastel chips": "venetian",
    "worn cognac club chair leather": "cognac",
    "鳄鱼皮手袋": "crocodile",
    "stonewashed acid jeans": "stonewashed",
    "chunky cable knit jumper in cream": "cable",
    "crumpled parcel paper": "crumpled",
    "泛黄的古书羊皮纸": "parchment",
    "blue and white azulejo": "azulejo",
    "青花瓷": "porcelain",
    "cooled pahoehoe with glowing cracks": "pahoehoe",
    "stormy deep sea": "stormy",
    "desert digital camo": "desert",
}
"""Looks that the prompts of the second file mean."""


@pytest.mark.parametrize("kept_apart", [True, False])
def test_nine_of_ten_prompts_mean_the_right_family(kept_apart: bool) -> None:
    asked = ASKED[0 if kept_apart else 1 :: 2]
    assert len(ASKED) >= 200
    wrong = [(prompt, family) for prompt, family in asked if next(iter(family_scores(prompt)), "") != family]
    assert len(wrong) <= 0.1 * len(asked), wrong


def test_prompts_of_variants_mean_their_families_and_looks() -> None:
    assert len(VARIED) >= 60
    wrong = [(prompt, family) for prompt, family in VARIED if next(iter(family_scores(prompt)), "") != family]
    assert len(wrong) <= 0.1 * len(VARIED), wrong
    asked = dict(VARIED)
    found = {prompt: variant_meant(asked[prompt], prompt) for prompt in LOOKS}
    missed = {prompt: look for prompt, look in found.items() if look != LOOKS[prompt]}
    assert len(missed) <= 0.1 * len(LOOKS), missed


def test_every_variant_is_meant_by_its_own_words() -> None:
    for name, family in families().items():
        for variant in family.variants.values():
            latin = " ".join(word.rstrip("!") for word in variant.words if word.isascii())
            chinese = "、".join(word.rstrip("!") for word in variant.words if not word.isascii())
            for said in (latin, chinese):
                assert said and variant_meant(name, said) == variant.name, f"{name}: {said!r} means {variant_meant(name, said)!r}"


def test_what_contradicts_itself_has_a_meaning() -> None:
    assert "wetness" not in parameters_of_words("wet sand, no: dry sand")
    assert parameters_of_words("dry sand, now wet")["wetness"] > 0.5
    assert "wear" not in parameters_of_words("an old brick wall, made new")
    assert "moss" not in parameters_of_words("old bricks without moss")
    assert "moss" not in parameters_of_words("没有青苔的红砖墙")
    both = parameters_of_words("black white marble")
    assert both == parameters_of_words("black white marble")
    assert both["family"] == "marble"
    assert parameters_of_words("ice lava")["family"] in ("ice", "lava")
    assert parameters_of_words("bricks " * 200_000)["family"] == "bricks"


def test_moods_are_years() -> None:
    assert parameters_of_words("haunted house wallpaper")["dirt"] > 0.3
    assert parameters_of_words("post-apocalyptic concrete")["wear"] > 0.5
    assert parameters_of_words("末日废墟的混凝土墙")["wear"] > 0.5
    assert parameters_of_words("dewy grass")["wetness"] > 0.3


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


@pytest.mark.parametrize(("prompt", "_family"), ASKED + VARIED)
def test_what_is_meant_can_be_made(prompt: str, _family: str) -> None:
    meant = parameters_of_words(prompt)
    sliders = sliders_of(meant["family"], meant.get("sliders", ""))
    family_named(meant["family"]).build(Graph(), variant=meant.get("variant", ""), **sliders)
    MaterialParameters(**meant)


def test_misspelt_words_are_forgiven() -> None:
    assert parameters_of_words("cobblestne")["family"] == "cobbles"
    assert parameters_of_words("marbel")["family"] == "marble"


@pytest.mark.parametrize("prompt", ["", "    ", "qqq zzz", "!!!", "обычный текст", "\0\0", "x" * 1_000_000])
def test_what_means_nothing_is_said_in_a_sentence(prompt: str) -> None:
    with pytest.raises(TaixuError, match="no word names a material") as refused:
        parameters_of_words(prompt)
    assert "\n" not in str(refused.value)
