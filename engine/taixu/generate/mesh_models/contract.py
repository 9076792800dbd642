"""What every model that makes meshes is asked for, and what becomes of what it gives."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from taixu.assets.model import ModelData
from taixu.errors import TaixuError, UsageError
from taixu.generate.diffusion.sources import diffusion_facts
from taixu.generate.diffusion.turns import taken_turn
from taixu.generate.gate.passing import GateWishes, pass_gate
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.mesh_models.subjects import read_subject
from taixu.generate.model_facts import ModelFacts
from taixu.generate.request import Request

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Asked", "MeshWishes", "ModelMeshGenerator"]

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
PACKAGES = ("torch", "diffusers", "transformers", "scipy", "fast_simplification", "xatlas")
"""What all of them need: to run, to cut pictures out, and to pass the gate."""
_MADE_BY = 0.7
"""The share of all work that is the model's."""


@dataclass(frozen=True)
class MeshWishes(GateWishes):
    """How a model works, and what the gate makes of its mesh."""

    holes: bool = field(default=True, metadata={"doc": "Close holes of up to 256 edges."})
    size_m: float = field(
        default=1.0, metadata={"doc": "Its largest extent; 0 keeps the model's.", "unit": "m", "minimum": 0.0, "maximum": 1e5}
    )
    pivot: str = field(default="bottom", metadata=dict(GateWishes.__dataclass_fields__["pivot"].metadata))
    triangles: int = field(
        default=20_000, metadata={"doc": "At the most; its look is then baked into one texture. 0 keeps all.", "minimum": 0,
                                  "maximum": 2_000_000}
    )  # fmt: skip
    steps: int = field(default=0, metadata={"doc": "0: as many as the model's makers take.", "minimum": 0, "maximum": 200})
    guidance: float = field(
        default=-1.0, metadata={"doc": "How closely to follow; -1: the model's own.", "minimum": -1.0, "maximum": 30.0}
    )
    resolution: int = field(
        default=0, metadata={"doc": "Of the grid that it is cut from; 0: the model's own.", "minimum": 0, "maximum": 1536}
    )
    cut: bool = field(default=True, metadata={"doc": "Take the picture's plain ground away."})
    device: str = field(default="auto", metadata={"doc": "What computes.", "choices": ("auto", "cuda", "mps", "cpu")})


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a model is asked for.

    Attributes
    ----------
    prompt
        Words; empty where pictures say it.
    views
        Pictures of the subject, RGBA, square, the subject in the middle and the rest clear: its front first, then its left, back
        and right side, as far as they were given.
    seed
        A number of 63 bits.
    wanted
        The parameters.
    model
        The weights; its path is a folder.
    """

    prompt: str
    views: tuple[Image, ...]
    seed: int
    wanted: MeshWishes
    model: ModelFacts


class ModelMeshGenerator(Generator):
    """Meshes by a model of the user's. Subclasses say what the model takes, and call it.

    Attributes
    ----------
    takes_words, most_views
        Whether words alone suffice, and how many pictures it can use.
    """

    makes, suffix = "mesh", ".glb"
    parameters = MeshWishes
    source_type = "trainedAlgorithmicMedia"
    takes_words: ClassVar[bool] = False
    most_views: ClassVar[int] = 1

    @abstractmethod
    def shape(self, asked: Asked, progress: Progress) -> ModelData:
        """Have the model make it: triangles in metres or in units of its own, Y up, facing +Z.

        Raises
        ------
        TaixuError
            When it cannot, in one sentence.
        """

    def find_model(self, name: str) -> ModelFacts:
        """A folder, or a name that the hub's cache has."""
        return diffusion_facts(name)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The mesh, with levels of detail where they are wanted; then its collider."""
        asked = self._asked(request)
        with taken_turn(progress):
            made = self.shape(asked, _share(progress))
        if not made.meshes:
            raise TaixuError(f"the model {request.model.name} made nothing that has a surface; try another seed or other words")
        return pass_gate(request, made, asked.wanted, progress, span=(_MADE_BY, 1.0))

    def _asked(self, request: Request) -> Asked:
        wanted: MeshWishes = request.parameters
        folder = request.model.path
        if folder is None or not folder.is_dir():
            raise UsageError(f"name the folder of a model for {self.name!r}, or its name on the hub: --model FOLDER")
        if not request.parents and not self.takes_words:
            raise UsageError(f"{self.name!r} makes meshes of pictures; give it one (--from PICTURE)")
        if not request.parents and not request.prompt.strip():
            raise UsageError("there are no words and no picture; say what the mesh shall be")
        if len(request.parents) > self.most_views:
            count = "one picture" if self.most_views == 1 else f"at most {self.most_views} pictures: front, left, back, right"
            raise UsageError(f"{request.parents[self.most_views].name}: is one too many; {self.name!r} takes {count}")
        views = tuple(read_subject(each, cut=wanted.cut) for each in request.parents)
        return Asked(request.prompt, views, request.seed & (1 << 63) - 1, wanted, request.model)


def _share(progress: Progress) -> Progress:
    def tell(fraction: float, text: str = "", preview: Any = None) -> None:
        progress(fraction * _MADE_BY, text, preview)

    return tell
