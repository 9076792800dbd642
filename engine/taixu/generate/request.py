"""What a generator is asked for, and how it writes what it made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.generate.generator import Made
from taixu.generate.model_facts import NO_MODEL, ModelFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from taixu.assets.audio_clip import AudioClip
    from taixu.assets.model import ModelData

__all__ = ["Request"]

_PNG_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes
    ----------
    prompt, seed
        Words, and a number of 64 bits.
    parameters
        Of the generator's own class: what the words mean, under what the user set.
    folder
        Where to write; empty, and the generator's alone.
    name
        What names of files begin with.
    model
        The weights.
    parents
        Files to make it from: a picture for a mesh.
    is_color
        Whether pictures without a role are colours, which are marked.
    """

    prompt: str
    seed: int
    parameters: Any
    folder: Path
    name: str = "made"
    model: ModelFacts = field(default=NO_MODEL)
    parents: tuple[Path, ...] = ()
    is_color: bool = False

    def random(self, *purpose: object) -> np.random.Generator:
        """Chance of its own for each purpose, the same for the same seed."""
        import numpy as np

        digest = hashlib.blake2b(repr((self.seed, *purpose)).encode(), digest_size=16).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))

    def path(self, suffix: str, role: str = "") -> Path:
        """Where a file belongs."""
        return self.folder / f"{self.name}{'_' if role else ''}{role}{suffix}"

    def save_picture(self, pixels: NDArray[Any], role: str = "") -> Made:
        """Write a PNG: uint8 or uint16 as they are, floats from 0 to 1 with eight bits, [h, w] or [h, w, c]. Colours are marked.

        Raises
        ------
        TaixuError
            When a number in it is none.
        """
        import numpy as np

        from taixu.assets.atomic import write_atomic
        from taixu.assets.image import encode_png
        from taixu.generate.provenance.content import hash_pixels
        from taixu.generate.provenance.marking import is_marked, mark_pixels

        if pixels.dtype.kind == "f":
            _need_finite(pixels, role or "picture")
            pixels = np.rint(np.clip(pixels, 0.0, 1.0) * 255.0).astype(np.uint8)
        file = self.path(".png", role)
        pixels = pixels[..., None] if pixels.ndim == 2 else pixels
        content = body = hash_pixels(pixels) if pixels.dtype == np.uint8 else ""  # what has more bits may be read as other numbers
        mark = ""
        if content and is_marked(role, is_color=self.is_color):
            pixels, mark = mark_pixels(pixels, content)
            body = hash_pixels(pixels)
        write_atomic(file, encode_png(pixels, level=_PNG_LEVEL))
        return Made(file, role, content, body, mark)

    def save_sound(self, clip: AudioClip, role: str = "") -> Made:
        """Write a WAV with 16 bits.

        Raises
        ------
        TaixuError
            When a number in it is none.
        """
        from taixu.assets.audio_clip import write_wav

        _need_finite(clip.samples, role or "sound")
        file = self.path(".wav", role)
        write_wav(file, clip)
        return Made(file, role)

    def save_model(self, model: ModelData, role: str = "") -> Made:
        """Write a GLB.

        Raises
        ------
        TaixuError
            When it is no model that glTF can hold, or a number in it is none.
        """
        from taixu.assets.gltf import write_gltf

        for mesh in model.meshes:
            for primitive in mesh.primitives:
                for name, values in primitive.attributes.items():
                    _need_finite(values, f"mesh's {name}")
        file = self.path(".glb", role)
        write_gltf(model, file)
        return Made(file, role)


def _need_finite(values: NDArray[Any], what: str) -> None:
    import numpy as np

    bad = int(values.size - np.count_nonzero(np.isfinite(values))) if values.dtype.kind == "f" else 0
    if bad:
        raise TaixuError(f"the {what} came out with {bad:,} numbers that are none; try another seed or other parameters")
