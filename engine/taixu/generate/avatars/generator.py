"""The avatar generator: words, choices and a seed to a VRM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, field, fields, make_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from taixu.errors import UsageError
from taixu.generate.avatars.cartoon.chance import STYLES as CARTOON_STYLES
from taixu.generate.avatars.cartoon.chance import drawn_cartoon
from taixu.generate.avatars.cartoon.presets import CARTOONS
from taixu.generate.avatars.cartoon.spec import CartoonSpec
from taixu.generate.avatars.cartoon.words import is_cartoon, meant_by_cartoon_words
from taixu.generate.avatars.chance import STYLES, drawn
from taixu.generate.avatars.presets import PRESETS
from taixu.generate.avatars.spec import AvatarSpec
from taixu.generate.avatars.words import meant_by_words
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.request import Request

if TYPE_CHECKING:
    from taixu.assets.model import ModelData

__all__ = ["AvatarGenerator", "AvatarParameters"]

_HINTS = {**get_type_hints(CartoonSpec), **get_type_hints(AvatarSpec)}
_FIELDS = {each.name: each for each in (*fields(CartoonSpec), *fields(AvatarSpec))}
_OF_PEOPLE, _OF_CARTOONS = ({each.name for each in fields(spec)} for spec in (AvatarSpec, CartoonSpec))

AvatarParameters = make_dataclass(
    "AvatarParameters",
    [
        ("kind", str, field(default="", metadata={"doc": "Human or cartoon; empty for what the words mean.",
                                                  "choices": ("", "human", "cartoon")})),
        ("style", str, field(default="everyday", metadata={"doc": "What is worn where nothing is said; or who cartoons are.",
                                                           "choices": (*STYLES, *CARTOON_STYLES)})),
        ("preset", str, field(default="", metadata={"doc": "Somebody to begin with.", "choices": ("", *PRESETS, *CARTOONS)})),
        *((name, _HINTS[name] | None, field(default=None, metadata=each.metadata)) for name, each in _FIELDS.items()),
    ],
    frozen=True, namespace={"__doc__": "Parameters of an avatar; what is left out is drawn by the seed."},
)  # fmt: skip
"""An `AvatarSpec` or a `CartoonSpec` whose choices may all be left open."""
AvatarParameters.__module__ = __name__


class AvatarGenerator(Generator):
    """People, without weights."""

    name, makes, suffix, version = "avatar", "avatar", ".vrm", 5
    summary = "people and cartoons with a skeleton, a moving face, hair and clothes, as VRM 1.0"
    parameters = AvatarParameters

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """What a prompt says of a person, or of a cartoon."""
        return {"kind": "cartoon", **meant_by_cartoon_words(prompt)} if is_cartoon(prompt) else meant_by_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One VRM 1.0, which is a GLB, too."""
        from taixu.assets.gltf import write_glb

        wanted = {name: value for name, value in asdict(request.parameters).items() if value is not None}
        kind, style, preset = wanted.pop("kind"), wanted.pop("style"), wanted.pop("preset")
        kind = kind or ("cartoon" if style in CARTOON_STYLES or preset in CARTOONS else "human")
        wanted, preset = _for_kind(kind, request.prompt, wanted, preset)
        random = request.random("avatar")
        spec: AvatarSpec | CartoonSpec
        if kind == "cartoon":
            spec = drawn_cartoon(random, {**wanted, "preset": preset}, style=style if style in CARTOON_STYLES else "cartoon")
        else:
            spec = drawn(random, {**PRESETS.get(preset, {}), **wanted}, style=style)
        progress(0.2, "body, hair and clothes")
        model = _made(spec)
        progress(0.8, "writing")
        path = request.path(".vrm")
        write_glb(model, path)
        return [Made(path,
                     said={"spec": {name: list(value) if isinstance(value, tuple) else value for name,
                                    value in asdict(spec).items()}})]


def _made(spec: AvatarSpec | CartoonSpec) -> ModelData:
    if isinstance(spec, CartoonSpec):
        from taixu.generate.avatars.cartoon.making import make_cartoon

        return make_cartoon(spec)
    from taixu.generate.avatars.making import make_avatar

    return make_avatar(spec)


def _for_kind(kind: str, prompt: str, wanted: dict[str, Any], preset: str) -> tuple[dict[str, Any], str]:
    """Choices that a kind has, and its preset, where the prompt alone would have meant the other kind.

    Raises
    ------
    UsageError
        Something was chosen that this kind has not.
    """
    is_cartoons = is_cartoon(prompt)
    if is_cartoons != (kind == "cartoon"):
        theirs, mine = (meant_by_cartoon_words, meant_by_words) if is_cartoons else (meant_by_words, meant_by_cartoon_words)
        other, own = theirs(prompt), mine(prompt)
        preset = own.pop("preset", "") if preset in ("", other.get("preset", "")) else preset
        wanted = {**own, **{name: value for name, value in wanted.items() if other.get(name) != value}}
    known, all_presets = (_OF_CARTOONS, CARTOONS) if kind == "cartoon" else (_OF_PEOPLE, PRESETS)
    if preset and preset not in all_presets:
        raise UsageError(f"the preset {preset!r} is no {kind}; there are {', '.join(all_presets)}")
    for name in wanted:
        if name not in known:
            raise UsageError(f"a {kind} avatar has no {name}; it is of the other kind, so leave it out or set kind")
    return wanted, preset
