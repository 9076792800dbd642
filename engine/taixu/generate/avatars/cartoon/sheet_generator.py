"""Contact sheets of cartoons by a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from taixu.generate.avatars.cartoon.chance import STYLES, cartoon_crowd
from taixu.generate.avatars.cartoon.presets import CARTOONS
from taixu.generate.avatars.cartoon.spec import read_cartoon
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.request import Request

__all__ = ["CartoonSheetGenerator", "CartoonSheetParameters"]


@dataclass(frozen=True)
class CartoonSheetParameters:
    """What a contact sheet of cartoons shows."""

    count: int = field(default=len(CARTOONS), metadata={"doc": "Characters.", "minimum": 1, "maximum": 200})
    style: str = field(default="cartoon", metadata={"doc": "Of those that are drawn by chance.", "choices": tuple(STYLES)})
    presets: bool = field(default=True, metadata={"doc": "Those that have names come first."})
    height_px: int = field(default=220, metadata={"doc": "Of each picture.", "minimum": 64, "maximum": 512})


class CartoonSheetGenerator(Generator):
    """Cartoons from front and back, walking, sitting, and their faces."""

    name, makes, suffix = "cartoon-sheet", "cartoon-sheet", ".png"
    summary = "a picture of many cartoons: front, back, two poses, face and five moods"
    parameters = CartoonSheetParameters

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One PNG."""
        from taixu.generate.avatars.cartoon.sheets import cartoon_sheet

        wanted: CartoonSheetParameters = request.parameters
        named = list(CARTOONS)[: wanted.count] if wanted.presets else []
        specs = [read_cartoon({**CARTOONS[name], "name": name}) for name in named]
        specs += cartoon_crowd(wanted.count - len(named), seed=request.seed, style=wanted.style)
        pixels = cartoon_sheet(specs, height_px=wanted.height_px,
                               progress=lambda done: progress(done / len(specs), f"{done} of {len(specs)}"))  # fmt: skip
        return [request.save_picture(pixels)]
