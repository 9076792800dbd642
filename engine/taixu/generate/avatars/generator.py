"""The avatar generator: words, choices and a seed to a VRM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, field, fields, make_dataclass
from typing import Any, get_type_hints

from taixu.generate.avatars.chance import STYLES, drawn
from taixu.generate.avatars.presets import PRESETS
from taixu.generate.avatars.spec import AvatarSpec
from taixu.generate.avatars.words import meant_by_words
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.request import Request

__all__ = ["AvatarGenerator", "AvatarParameters"]

_HINTS = get_type_hints(AvatarSpec)

AvatarParameters = make_dataclass(
    "AvatarParameters",
    [
        ("style", str,
         field(default="everyday", metadata={"doc": "What is worn where nothing is said.", "choices": tuple(STYLES)})),
        ("preset", str, field(default="", metadata={"doc": "Somebody to begin with.", "choices": ("", *PRESETS)})),
        *((each.name, _HINTS[each.name] | None, field(default=None, metadata=each.metadata)) for each in fields(AvatarSpec)),
    ],
    frozen=True, namespace={"__doc__": "Parameters of an avatar; what is left out is drawn by the seed."},
)  # fmt: skip
"""An `AvatarSpec` whose choices may all be left open."""
AvatarParameters.__module__ = __name__


class AvatarGenerator(Generator):
    """People, without weights."""

    name, makes, suffix = "avatar", "avatar", ".vrm"
    summary = "people with a skeleton, a moving face, hair and clothes, as VRM 1.0"
    parameters = AvatarParameters

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """What a prompt says of a person."""
        return meant_by_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One VRM 1.0, which is a GLB, too."""
        from taixu.assets.gltf import write_glb
        from taixu.generate.avatars.making import make_avatar

        wanted = {name: value for name, value in asdict(request.parameters).items() if value is not None}
        style, preset = wanted.pop("style"), wanted.pop("preset")
        spec = drawn(request.random("avatar"), {**PRESETS.get(preset, {}), **wanted}, style=style)
        progress(0.2, "body, hair and clothes")
        model = make_avatar(spec)
        progress(0.8, "writing")
        path = request.path(".vrm")
        write_glb(model, path)
        return [Made(path,
                     said={"spec": {name: list(value) if isinstance(value, tuple) else value for name,
                                    value in asdict(spec).items()}})]
