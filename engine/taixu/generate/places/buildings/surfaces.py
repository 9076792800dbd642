"""What buildings and streets are made of: names that become materials, with pictures from the families of materials.

``brick`` is a surface of `surfaces.toml`; ``plaster#e8dcc0`` the same in a colour. Pictures are made once for a `Palette`, which
is handed on from building to building, so that a village of fifty houses shares thirty pictures.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.assets.model import Material, ModelData

__all__ = ["Palette", "read_surfaces", "shared_palette"]

_FILE = Path(__file__).with_name("surfaces.toml")
_PALE = 0.72
"""Mean of pictures that are tinted."""


def read_surfaces() -> dict[str, dict[str, Any]]:
    """All surfaces by name."""
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


@dataclass
class Palette:
    """Surfaces by name, with their pictures, made when they are first asked for.

    Attributes
    ----------
    picture_px
        Edge of the pictures; 0 has none, only mean colours (for tests and for what is far away).
    """

    picture_px: int = 256
    known: dict[str, dict[str, Any]] = field(default_factory=read_surfaces)
    extra: dict[str, tuple[Any, float]] = field(default_factory=dict)
    _pictures: dict[str, dict[str, Any]] = field(default_factory=dict)

    def check(self, name: str) -> str:
        """Itself, where it is a surface.

        Raises
        ------
        TaixuError
            Where it is none.
        """
        if name.startswith("flat_"):
            return "flat_" + self.check(name[5:])
        base, _, tint = name.partition("#")
        if base not in self.known and base not in self.extra:
            raise TaixuError(f"no surface is called {base[:40]!r}; there are {', '.join(sorted(self.known))}")
        if tint and (len(tint) != 6 or any(letter not in "0123456789abcdefABCDEF" for letter in tint)):
            raise TaixuError(f"the surface {name[:40]!r}: a colour is # and six digits")
        return name

    def size_of(self, name: str) -> float:
        """How many metres a surface's picture covers; 1 where it has none."""
        base = name.partition("#")[0]
        if base in self.extra:
            return self.extra[base][1]
        if name.startswith("flat_"):
            return 1.0
        if not self.picture_px or "family" not in self.known[base]:
            return 1.0
        size: float = self._maps(base)["size_m"]
        return size

    def colors_of(self, name: str) -> Any:
        """The surface's picture as linear colours [n, n, 3] (one pixel where it has none), and its metres."""
        self.check(name)
        base, _, tint = name.partition("#")
        facts = self.known[base]
        color = np.array(_linear(tint or str(facts.get("color", "#ffffff")).lstrip("#")))
        if "family" not in facts or not self.picture_px:
            return np.full((1, 1, 3), color), 1.0
        maps = self._maps(base)
        return maps["linear"] * (color if tint else 1.0), maps["size_m"]

    def index_in(self, model: ModelData) -> Any:
        """A function from a surface's name to its material's number in a model and the metres of its picture."""
        taken: dict[str, tuple[int, float]] = {}
        images: dict[str, int] = {}

        def index(name: str) -> tuple[int, float]:
            if name not in taken:
                model.materials.append(self._material(self.check(name), model, images))
                taken[name] = (len(model.materials) - 1, self.size_of(name))
            return taken[name]

        return index

    def _material(self, name: str, model: ModelData, images: dict[str, int]) -> Material:
        from taixu.assets.model import Image, Material, Texture, TextureRef

        if name.startswith("flat_"):
            pixels, _ = self.colors_of(name[5:])
            mean = [float(value) for value in np.asarray(pixels).reshape(-1, 3).mean(0)]
            return Material(name=name, base_color=(mean[0], mean[1], mean[2], 1.0), metallic=0.0, roughness=0.9)
        base, _, tint = name.partition("#")

        def picture(kind: str, data: bytes) -> TextureRef:
            key = f"{base}_{kind}"
            if key not in images:
                model.images.append(Image(name=key, data=data, mime="image/png"))
                model.textures.append(Texture(image=len(model.images) - 1))
                images[key] = len(model.textures) - 1
            return TextureRef(texture=images[key])

        if base in self.extra:
            from taixu.assets.image import encode_png

            drawn = self._pictures.setdefault(base, {})
            if drawn.get("of") is not self.extra[base][0]:
                drawn.update(of=self.extra[base][0], color=encode_png(self.extra[base][0], level=3))
            return Material(name=name, base_color_texture=picture("color", drawn["color"]), metallic=0.0, roughness=0.8)
        facts = self.known[base]
        color = _linear(tint or str(facts.get("color", "#ffffff")).lstrip("#"))
        alpha = float(facts.get("alpha", 1.0))
        made = Material(
            name=name, base_color=(*color, alpha), metallic=float(facts.get("metallic", 0.0)),
            roughness=float(facts.get("roughness", 0.9)), alpha_mode="BLEND" if alpha < 1 else "OPAQUE", double_sided=alpha < 1,
        )  # fmt: skip
        if "emission" in facts:
            made.emissive, made.emissive_strength = color, float(facts["emission"])
        if "family" in facts and self.picture_px:
            maps = self._maps(base)
            made.base_color = (*(color if tint else (1.0, 1.0, 1.0)), 1.0)
            made.base_color_texture = picture("color", maps["color"])
            made.metallic_roughness_texture = picture("rough", maps["rough"])
            made.normal_texture = picture("normal", maps["normal"])
            made.metallic, made.roughness = 1.0, 1.0
        elif "family" in facts and not tint:
            made.base_color = (*_linear("9a9086"), 1.0)
        return made

    def _maps(self, base: str) -> dict[str, Any]:
        if base not in self._pictures:
            self._pictures[base] = _thatch(self.picture_px) if base == "thatch" else _made(self.known[base], self.picture_px)
        return self._pictures[base]


@lru_cache(maxsize=4)
def shared_palette(picture_px: int) -> Palette:
    """The palette of this process with pictures of a size, for what is made piece by piece."""
    return Palette(picture_px)


def _made(facts: dict[str, Any], size: int) -> dict[str, Any]:
    from taixu.generate.materials.maps import material_maps

    made = material_maps(facts["family"], size, seed=7, variant=facts.get("variant", ""))
    maps = made.maps
    linear = np.asarray(maps["base_color"], np.float32)
    if facts.get("tinted"):
        grey = linear.mean(-1, keepdims=True)
        linear = np.clip(np.repeat(grey * (_PALE / max(float(grey.mean()), 1e-3)), 3, -1), 0, 1)
    return _encoded(linear, maps["roughness"], maps["metallic"], maps["normal"], made.size_m)


def _thatch(size: int) -> dict[str, Any]:
    """Straw in layers: fine streaks down the slope, a darker line where a layer ends. Repeats both ways."""
    random = np.random.Generator(np.random.PCG64(11))
    streaks = random.normal(size=(size, size)).astype(np.float32)
    spectrum = np.fft.rfft2(streaks)
    fy, fx = np.fft.fftfreq(size)[:, None] * size, np.fft.rfftfreq(size)[None] * size
    fine = np.fft.irfft2(spectrum * np.exp(-((fy / 7.0) ** 2)) * np.exp(-((fx / (0.3 * size)) ** 2)), (size, size))
    fine /= fine.std()
    rows = (np.arange(size)[:, None] / size * 3 + 0.02 * fine) % 1.0
    height = (np.clip(0.5 + 0.17 * fine, 0, 1) * (0.55 + 0.45 * rows)).astype(np.float32)
    linear = np.array(_linear("8a7148"), np.float32) * (0.45 + 0.9 * height[..., None]) * (0.8 + 0.2 * rows[..., None])
    dy, dx = np.roll(height, -1, 0) - np.roll(height, 1, 0), np.roll(height, -1, 1) - np.roll(height, 1, 1)
    normal = np.stack([-dx * 2.0, dy * 2.0, np.ones_like(dx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return _encoded(np.clip(linear, 0, 1), np.full((size, size), 0.97), np.zeros((size, size)), normal, 1.8)


def _encoded(linear: Any, rough: Any, metallic: Any, normal: Any, size_m: float) -> dict[str, Any]:
    from taixu.assets.image import encode_png

    shown = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    packed = np.stack([np.ones_like(rough), rough, metallic], -1)

    def png(values: Any) -> bytes:
        return encode_png(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8), level=4)

    return {"color": png(shown), "rough": png(packed), "normal": png(normal * 0.5 + 0.5), "size_m": float(size_m),
            "linear": np.asarray(linear, np.float32)}  # fmt: skip


def _linear(text: str) -> tuple[float, float, float]:
    from taixu.generate.materials.family import srgb

    return srgb("#" + text.lower())
