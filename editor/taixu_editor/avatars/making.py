"""What a worker does for the avatar studio: it knows what there is, draws people by chance, and makes models to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from taixu.assets.model import ModelData
from taixu.assets.texture import Image

__all__ = ["catalogue", "draw", "make_look"]

_LOOK_PX, _HEAD_PX = 256, 512
"""The longest sides of a look's pictures."""


def catalogue() -> dict[str, dict[str, Any]]:
    """By kind: names of ``parts`` by field, ``sliders``, and ``presets``."""
    from taixu.generate.avatars.cartoon.parts import KINDS
    from taixu.generate.avatars.cartoon.parts import part_names as cartoon_names
    from taixu.generate.avatars.cartoon.presets import CARTOONS
    from taixu.generate.avatars.parts import part_names
    from taixu.generate.avatars.presets import PRESETS
    from taixu.generate.avatars.shape import slider_names

    human = {name: part_names(name) for name in ("hair", "beard", "brows", "outfit", "shoes", "held")}
    cartoon = {name: cartoon_names(name) for name in KINDS if name != "accessory"}
    return {
        "human": {"parts": {**human, "accessories": part_names("accessory")}, "sliders": slider_names(), "presets": tuple(PRESETS)},
        "cartoon": {
            "parts": {**cartoon, "accessories": cartoon_names("accessory")}, "sliders": (), "presets": tuple(CARTOONS),
        },
    }  # fmt: skip


def draw(kind: str, words: str, preset: str, seed: int, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """All choices of somebody of whom some are given: those go before what the words mean, and these before the preset's.

    Parameters
    ----------
    kind
        "human", "cartoon", or empty for what the words mean.
    given
        Choices by kind.

    Returns
    -------
    dict
        ``kind``, ``preset`` and ``values``: a whole specification as JSON has it.
    """
    from taixu.generate.avatars.cartoon.chance import drawn_cartoon
    from taixu.generate.avatars.cartoon.words import is_cartoon, meant_by_cartoon_words
    from taixu.generate.avatars.chance import drawn
    from taixu.generate.avatars.presets import PRESETS
    from taixu.generate.avatars.words import meant_by_words
    from taixu.generate.request import Request

    kind = kind or ("cartoon" if is_cartoon(words) else "human")
    random = Request(words, seed, None, Path()).random("avatar")
    if kind == "cartoon":
        meant = meant_by_cartoon_words(words)
        preset = preset or str(meant.pop("preset", ""))
        spec: Any = drawn_cartoon(random, {**meant, **given.get(kind, {}), "preset": preset})
    else:
        meant = meant_by_words(words)
        preset = preset or str(meant.pop("preset", ""))
        style = str(meant.pop("style", "everyday"))
        mine = given.get(kind, {})
        sliders = {**meant.get("sliders", {}), **mine.get("sliders", {})}
        spec = drawn(random, {**PRESETS.get(preset, {}), **meant, **mine, "sliders": sliders}, style=style)
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(spec).items()}
    return {"kind": kind, "preset": preset, "values": values}


def make_look(kind: str, values: Mapping[str, Any]) -> ModelData:
    """The model of a specification, in its finest form alone.

    Raises
    ------
    UsageError
        When a choice is none.
    """
    from taixu.assets.tangents import add_tangents

    if kind == "cartoon":
        from taixu.generate.avatars.cartoon.making import make_cartoon
        from taixu.generate.avatars.cartoon.spec import read_cartoon

        model = make_cartoon(read_cartoon(values))
    else:
        from taixu.generate.avatars.making import make_avatar
        from taixu.generate.avatars.spec import read_spec

        model = make_avatar(read_spec(values))
    for node in model.nodes:  # a small picture would show a coarser form, which has no face to move
        node.extensions.pop("MSFT_lod", None)
    add_tangents(model)
    for image in model.images:
        _shrink(image)
    return model


def _shrink(image: Image) -> None:
    """Pictures that fit a small view: the window has to unpack them."""
    import io

    from PIL import Image as Pictures

    if image.data is None or not image.mime.endswith("png"):
        return
    side = _HEAD_PX if "head" in image.name else _LOOK_PX
    with Pictures.open(io.BytesIO(bytes(image.data))) as picture:
        if max(picture.size) <= side:
            return
        picture.thumbnail((side, side))
        written = io.BytesIO()
        picture.save(written, "PNG", compress_level=1)
    image.data = written.getvalue()
