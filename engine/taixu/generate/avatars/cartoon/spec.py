"""What a cartoon character is like: every choice as a number or a word, with a range; JSON outside."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any

from taixu.errors import UsageError
from taixu.generate.avatars.reading import read_choices

__all__ = ["CartoonSpec", "cartoon_json", "check_cartoon", "read_cartoon"]

_UNIT = {"minimum": 0.0, "maximum": 1.0}
_MOST_ACCESSORIES = 8
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def _share(default: float, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc, **_UNIT})


def _word(default: str, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True)
class CartoonSpec:
    """A cartoon character's choices. Shares go from 0 to 1; a half is the usual. Colours are #rrggbb."""

    name: str = _word("", "What it is called.")
    height_m: float = field(default=1.15, metadata={"doc": "From soles to crown.", "unit": "m", "minimum": 0.3, "maximum": 2.2})
    head_size: float = _share(0.5, "Of the head against the body.")
    body_width: float = _share(0.5, "From thin to round.")
    limb_length: float = _share(0.5, "Of arms and legs.")
    body: str = _word("child", "Kind of body.")
    head: str = _word("round", "Kind of head.")
    hands: str = _word("mittens", "Kind of hands.")
    skin: str = _word("#f2c49b", "Of skin, fur or shell.")
    skin2: str = _word("", "Of belly, muzzle and inside of ears; empty for a lighter one.")
    eyes: str = _word("shiny", "Style of eyes.")
    eye_size: float = _share(0.5, "Of the eyes.")
    eye_space: float = _share(0.5, "Between the eyes.")
    eye_color: str = _word("#4a2f1c", "Of the irises.")
    brows: str = _word("soft", "Style of eyebrows; empty for none.")
    mouth: str = _word("smile", "Style of mouth.")
    nose: str = _word("button", "Nose, muzzle or beak; empty for none.")
    nose_color: str = _word("", "Of an animal's nose or a beak; empty for its own.")
    blush: float = _share(0.6, "Of the cheeks.")
    ears: str = _word("human", "Kind of ears or horns; empty for none.")
    tail: str = _word("", "Kind of tail; empty for none.")
    hair: str = _word("", "Style of hair; empty for none.")
    hair_color: str = _word("#5a3a22", "Of hair and brows.")
    hat: str = _word("", "Hat or helmet; empty for none.")
    hat_color: str = _word("", "Of the hat; empty for its own.")
    outfit: str = _word("t-shirt and shorts", "What is worn; empty for nothing.")
    color: str = _word("", "First colour of the outfit; empty for its own.")
    color2: str = _word("", "Second colour.")
    color3: str = _word("", "Third colour: shoes and trimmings.")
    accessories: tuple[str, ...] = field(default=(), metadata={"doc": "Scarf, glasses, wings and more, by name."})
    accent: str = _word("", "Of accessories; empty for their own.")
    outline: float = _share(0.5, "Width of the drawn outline; 0 for none.")


def read_cartoon(values: Mapping[str, Any] | str) -> CartoonSpec:
    """A specification from JSON, or from what JSON holds.

    Raises
    ------
    UsageError
        When something in it is not as it should be, in one sentence.
    """
    spec: CartoonSpec = read_choices(CartoonSpec, values, "cartoon")
    check_cartoon(spec)
    return spec


def check_cartoon(spec: CartoonSpec) -> None:
    """See that names are known and colours are colours.

    Raises
    ------
    UsageError
        With what would be right.
    """
    from taixu.generate.avatars.cartoon.parts import KINDS, part_names

    for name, value in asdict(spec).items():
        is_color = "color" in name or name in ("skin", "skin2", "accent")
        if is_color and (value or name in ("skin", "eye_color", "hair_color")) and not _COLOR.fullmatch(value):
            raise UsageError(f"a cartoon's {name} is {value[:20]!r}; colours are written #rrggbb")
    for kind in KINDS:
        value = getattr(spec, "accessories" if kind == "accessory" else kind)
        for name in value if isinstance(value, tuple) else (value,):
            known = part_names(kind)
            if name not in known and (name or kind in ("body", "head", "hands", "eyes", "mouth")):
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known[:40])}"
                raise UsageError(f"there is no {kind} {name[:40]!r} of a cartoon; {hint}")
    if len(spec.accessories) > _MOST_ACCESSORIES:
        raise UsageError(f"a cartoon has {len(spec.accessories)} accessories, and may have {_MOST_ACCESSORIES}")
    if len(spec.name) > 100:
        raise UsageError("a cartoon's name has more than 100 letters")


def cartoon_json(spec: CartoonSpec) -> str:
    """JSON that `read_cartoon` reads; what is as usual is left out."""
    usual = asdict(CartoonSpec())
    kept = {name: value for name, value in asdict(spec).items() if value != usual[name]}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, indent=1)
