"""What an avatar is like: every choice as a number or a word, with a range; JSON outside."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any

from taixu.errors import UsageError
from taixu.generate.avatars.reading import read_choices

__all__ = ["AvatarSpec", "linear_color", "read_spec", "spec_json"]

_UNIT = {"minimum": 0.0, "maximum": 1.0}
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def _share(default: float, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc, **_UNIT})


def _color(default: str, doc: str) -> Any:
    return field(default=default, metadata={"doc": f"{doc}, #rrggbb."})


@dataclass(frozen=True)
class AvatarSpec:
    """An avatar's choices. Shares go from 0 to 1; where nothing else is said, a half is the average."""

    name: str = field(default="", metadata={"doc": "What it is called."})
    masculinity: float = _share(0.5, "From female to male.")
    age_years: float = field(default=28.0, metadata={"doc": "Age.", "unit": "years", "minimum": 4.0, "maximum": 95.0})
    muscle: float = _share(0.5, "From slack to muscular.")
    weight: float = _share(0.5, "From thin to fat.")
    height: float = _share(0.5, "From short to tall.")
    proportions: float = _share(0.7, "From unusual to ideal.")
    chest: float = _share(0.5, "Size of a woman's chest.")
    firmness: float = _share(0.5, "Of a woman's chest.")
    african: float = _share(0.34, "African ancestors, as a part of all.")
    asian: float = _share(0.33, "Asian ancestors.")
    caucasian: float = _share(0.33, "Caucasian ancestors.")
    sliders: Mapping[str, float] = field(
        default_factory=dict, metadata={"doc": "Parts of face and body by name, from -1 to 1: nose_hump, eye_scale, chin_width ..."}
    )
    skin_tone: float = _share(0.3, "From porcelain to the darkest.")
    undertone: float = field(default=0.0, metadata={"doc": "From cool (pink) to warm (golden).", "minimum": -1.0, "maximum": 1.0})
    flush: float = _share(0.5, "Red of cheeks, nose and ears.")
    freckles: float = _share(0.0, "Freckles.")
    stubble: float = _share(0.0, "Shadow of a shaven beard.")
    wrinkles: float = field(
        default=-1.0, metadata={"doc": "Lines of the skin; below 0, as the age has them.", "minimum": -1.0, "maximum": 1.0}
    )
    lipstick: float = _share(0.0, "How much of the lips' colour is paint.")
    lipstick_color: str = _color("#a8323e", "Of that paint")
    eye_shadow: float = _share(0.0, "Paint about the eyes.")
    eye_shadow_color: str = _color("#5a3f52", "Of that paint")
    eye_color: str = _color("#5b3d24", "Of the irises")
    hair: str = field(default="short", metadata={"doc": "Style of hair; empty for none."})
    hair_color: str = _color("#3b2a1e", "Of hair")
    grey: float = _share(0.0, "How much of the hair is grey.")
    brows: str = field(default="natural", metadata={"doc": "Style of eyebrows; empty for none."})
    beard: str = field(default="", metadata={"doc": "Style of beard; empty for none."})
    beard_color: str = field(default="", metadata={"doc": "Of the beard, #rrggbb; empty for that of the hair."})
    lashes: float = _share(0.5, "Length of lashes.")
    outfit: str = field(default="t-shirt and jeans", metadata={"doc": "What is worn."})
    color: str = field(default="", metadata={"doc": "First colour of the outfit, #rrggbb; empty for its own."})
    color2: str = field(default="", metadata={"doc": "Second colour."})
    color3: str = field(default="", metadata={"doc": "Third colour."})
    shoes: str = field(default="sneakers", metadata={"doc": "Shoes; empty for bare feet."})
    shoe_color: str = field(default="", metadata={"doc": "Of the shoes, #rrggbb; empty for their own."})
    accessories: tuple[str, ...] = field(default=(), metadata={"doc": "Glasses, hats, jewellery and more, by name."})
    held: str = field(default="", metadata={"doc": "What is in the right hand: umbrella, cup, bag and more; empty for nothing."})
    variation: int = field(default=0, metadata={"doc": "Which of many small differences.", "minimum": 0, "maximum": 2**53})
    asymmetry: float = _share(0.4, "How far the face's sides differ.")


def read_spec(values: Mapping[str, Any] | str) -> AvatarSpec:
    """A specification from JSON, or from what JSON holds.

    Raises
    ------
    UsageError
        When something in it is not as it should be, in one sentence.
    """
    spec: AvatarSpec = read_choices(AvatarSpec, values, "avatar")
    check_spec(spec)
    return spec


def check_spec(spec: AvatarSpec) -> None:
    """See that names are known and colours are colours.

    Raises
    ------
    UsageError
        With what would be right.
    """
    from taixu.generate.avatars.parts import part_names

    for name, value in asdict(spec).items():
        if (name.endswith("color") or name in ("color2", "color3")) and value and not _COLOR.fullmatch(value):
            raise UsageError(f"an avatar's {name} is {value[:20]!r}; colours are written #rrggbb")
    for kind, names in (("hair", (spec.hair,)), ("brows", (spec.brows,)), ("beard", (spec.beard,)), ("outfit", (spec.outfit,)),
                        ("shoes", (spec.shoes,)), ("accessory", spec.accessories), ("held", (spec.held,))):  # fmt: skip
        for name in names:
            _need_known(name, kind, part_names(kind))
    if len(spec.accessories) > 12:
        raise UsageError(f"an avatar has {len(spec.accessories)} accessories, and may have 12")
    from taixu.generate.avatars.shape import slider_names

    for name, amount in spec.sliders.items():
        _need_known(name, "slider", slider_names())
        if not -1.0 <= amount <= 1.0:
            raise UsageError(f"an avatar's slider {name} is {amount:g}; sliders go from -1 to 1")
    if len(spec.name) > 100:
        raise UsageError("an avatar's name has more than 100 letters")


def _need_known(name: str, kind: str, known: tuple[str, ...]) -> None:
    if name and name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known[:40])}"
        raise UsageError(f"there is no {kind} {name[:40]!r}; {hint}")


def spec_json(spec: AvatarSpec) -> str:
    """JSON that `read_spec` reads; what is as usual is left out."""
    usual = asdict(AvatarSpec())
    kept = {name: value for name, value in asdict(spec).items() if value != usual[name]}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, indent=1)


def linear_color(text: str) -> tuple[float, float, float]:
    """``#rrggbb`` (sRGB) as linear numbers (IEC 61966-2-1)."""
    r, g, b = (
        shown / 12.92 if shown <= 0.04045 else ((shown + 0.055) / 1.055) ** 2.4
        for shown in (int(text[at : at + 2], 16) / 255.0 for at in (1, 3, 5))
    )
    return (r, g, b)
