"""Contact sheets by a command: a crowd, or those that have names, as one picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from taixu.generate.avatars.cartoon.chance import STYLES as CARTOON_STYLES
from taixu.generate.avatars.cartoon.chance import cartoon_crowd
from taixu.generate.avatars.cartoon.presets import CARTOONS
from taixu.generate.avatars.cartoon.spec import read_cartoon
from taixu.generate.avatars.chance import STYLES, crowd, drawn
from taixu.generate.avatars.presets import PRESETS
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.request import Request

if TYPE_CHECKING:
    from taixu.assets.model import ModelData

__all__ = ["AvatarSheetGenerator", "CartoonSheetGenerator", "CartoonSheetParameters", "SheetParameters"]


@dataclass(frozen=True)
class SheetParameters:
    """What a contact sheet shows."""

    count: int = field(default=40, metadata={"doc": "People.", "minimum": 1, "maximum": 200})
    style: str = field(default="everyday", metadata={"doc": "What they wear.", "choices": tuple(STYLES)})
    presets: bool = field(default=False, metadata={"doc": "Those that have names come first."})
    height_px: int = field(default=320, metadata={"doc": "Of each picture.", "minimum": 64, "maximum": 1024})


@dataclass(frozen=True)
class CartoonSheetParameters(SheetParameters):
    """What a contact sheet of cartoons shows."""

    count: int = field(default=len(CARTOONS), metadata={"doc": "Characters.", "minimum": 1, "maximum": 200})
    style: str = field(default="cartoon", metadata={"doc": "Of those that are drawn by chance.", "choices": tuple(CARTOON_STYLES)})
    presets: bool = field(default=True, metadata={"doc": "Those that have names come first."})
    height_px: int = field(default=220, metadata={"doc": "Of each picture.", "minimum": 64, "maximum": 512})


class AvatarSheetGenerator(Generator):
    """People from front and back, their faces and their moods."""

    name, makes, suffix, version = "avatar-sheet", "avatar-sheet", ".png", 4
    summary = "a picture of many people: front, back, face and five moods, two in a row"
    parameters = SheetParameters
    poses: ClassVar[tuple[tuple[str, str, float], ...]] = (("stand", "", 0.35), ("stand", "", np.pi - 0.35))
    """Pose, mood and from where, before the faces."""
    abreast = 2

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One PNG."""
        from taixu.generate.avatars.sheets import FACES, Look, sheet

        wanted: SheetParameters = request.parameters
        looks = (*(Look(turn, pose, mood) for pose, mood, turn in self.poses), *FACES)
        pixels = sheet(self.models(request, wanted), looks, height_px=wanted.height_px, abreast=self.abreast,
                       progress=lambda done: progress(done / wanted.count, f"{done} of {wanted.count}"))  # fmt: skip
        return [request.save_picture(pixels)]

    def models(self, request: Request, wanted: SheetParameters) -> Iterable[ModelData]:
        """Whoever is shown, made one by one."""
        from taixu.generate.avatars.making import make_avatar

        named = list(PRESETS)[: wanted.count] if wanted.presets else []
        specs = [drawn(request.random("sheet", name), {**PRESETS[name], "name": name}, style=wanted.style) for name in named]
        return map(make_avatar, [*specs, *crowd(wanted.count - len(named), seed=request.seed, style=wanted.style)])


class CartoonSheetGenerator(AvatarSheetGenerator):
    """Cartoons from front and back, walking, sitting, and their faces."""

    name, makes = "cartoon-sheet", "cartoon-sheet"
    summary = "a picture of many cartoons: front, back, two poses, face and five moods"
    parameters = CartoonSheetParameters
    poses = (("stand", "", 0.35), ("stand", "", np.pi - 0.45), ("walk", "happy", 0.9), ("sit", "", 0.7))

    def models(self, request: Request, wanted: SheetParameters) -> Iterable[ModelData]:
        """See above."""
        from taixu.generate.avatars.cartoon.making import make_cartoon

        named = list(CARTOONS)[: wanted.count] if wanted.presets else []
        specs = [read_cartoon({**CARTOONS[name], "name": name}) for name in named]
        return map(make_cartoon, [*specs, *cartoon_crowd(wanted.count - len(named), seed=request.seed, style=wanted.style)])
