"""Contact sheets by a command: a crowd, or those that have names, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from taixu.generate.avatars.chance import STYLES, crowd, drawn
from taixu.generate.avatars.presets import PRESETS
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.request import Request

__all__ = ["AvatarSheetGenerator", "SheetParameters"]


@dataclass(frozen=True)
class SheetParameters:
    """What a contact sheet shows."""

    count: int = field(default=40, metadata={"doc": "People, a row each.", "minimum": 1, "maximum": 200})
    style: str = field(default="everyday", metadata={"doc": "What they wear.", "choices": tuple(STYLES)})
    presets: bool = field(default=False, metadata={"doc": "Those that have names come first."})
    height_px: int = field(default=320, metadata={"doc": "Of each picture.", "minimum": 64, "maximum": 1024})


class AvatarSheetGenerator(Generator):
    """People from front and back, their faces and their moods."""

    name, makes, suffix = "avatar-sheet", "avatar-sheet", ".png"
    summary = "a picture of many people: front, back, face and five moods, a row each"
    parameters = SheetParameters

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One PNG."""
        from taixu.generate.avatars.making import make_avatar
        from taixu.generate.avatars.sheets import sheet

        wanted: SheetParameters = request.parameters
        named = list(PRESETS)[: wanted.count] if wanted.presets else []
        specs = [drawn(request.random("sheet", name), {**PRESETS[name], "name": name}, style=wanted.style) for name in named]
        specs += crowd(wanted.count - len(named), seed=request.seed, style=wanted.style)
        pixels = sheet((make_avatar(spec) for spec in specs), height_px=wanted.height_px,
                       progress=lambda done: progress(done / len(specs), f"{done} of {len(specs)}"))  # fmt: skip
        return [request.save_picture(pixels)]
