"""Which function reads which file: by suffix, named as ``module:function`` so that worker processes find it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taixu.assets.model import ModelData
from taixu.errors import TaixuError, UsageError

__all__ = ["Importer", "Importers", "import_model"]

_GLTF = "taixu.assets.gltf:read_gltf"
_TRIMESH = "taixu.assets.trimesh_reader:read_trimesh"
_MODELS = {
    **dict.fromkeys((".gltf", ".glb", ".vrm", ".vrma"), _GLTF),
    **dict.fromkeys((".obj", ".ply", ".stl", ".off", ".xyz"), _TRIMESH),
    ".3mf": "taixu.assets.threemf:read_3mf",
    ".bvh": "taixu.assets.bvh:read_bvh",
    ".dae": "taixu.assets.collada:read_dae",
    **dict.fromkeys((".las", ".laz"), "taixu.assets.geodata.point_cloud:read_point_model"),
    ".ifc": "taixu.assets.geodata.ifc:read_ifc_model",
    ".urdf": "taixu.assets.urdf_model:read_urdf_model",
}
_PICTURES = (
    ".png", ".jpg", ".jpeg", ".webp", ".tga", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".dds", ".avif", ".hdr",
    ".exr", ".ktx2",
)
_SOUNDS = (".wav", ".ogg", ".mp3", ".flac", ".opus", ".m4a", ".aac")


@dataclass(frozen=True, slots=True)
class Importer:
    """A function that reads files of a suffix: ``function(path) -> data``.

    Attributes
    ----------
    suffix
        In lower case, with its dot.
    kind
        What it makes: ``model`` (`ModelData`), ``image`` (array), ``audio`` (`AudioClip`), ``lut`` (`CubeLut`), or a plugin's own.
    name
        ``module:function``; empty for one that cannot be named.
    isolated
        Run in a worker process, where a file that crashes it does no harm and long work leaves the frame alone.
        What checks every byte by itself and is quick runs in a thread instead, and starts sooner.
    """

    suffix: str
    kind: str
    name: str
    isolated: bool = True
    function: Callable[..., Any] | None = None

    def find(self) -> Callable[..., Any]:
        """The function itself."""
        if self.function is not None:
            return self.function
        module, _, attribute = self.name.partition(":")
        found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
        return found


class Importers:
    """The importers of one app; plugins add theirs."""

    def __init__(self) -> None:
        self._by_suffix: dict[tuple[str, str], Importer] = {}
        for suffix, name in _MODELS.items():
            self.register(suffix, name, isolated=name != _GLTF)
        for suffix in _PICTURES:
            self.register(suffix, "taixu.assets.image:read_image", kind="image", isolated=False)
        for suffix in _SOUNDS:
            self.register(suffix, "taixu.assets.audio_clip:read_audio", kind="audio", isolated=False)
        self.register(".cube", "taixu.assets.cube_lut:read_cube", kind="lut", isolated=False)

    def register(
        self, suffix: str, function: str | Callable[[Path], Any], *, kind: str = "model", isolated: bool = True,
    ) -> None:
        """Read files of a suffix with a function; a later one takes the place of an earlier one.

        Parameters
        ----------
        suffix
            Such as ``.abc``.
        function
            ``module:function``, or a function.
        isolated
            Run it in a worker process, so that a file that crashes it does no harm; only what stands at the top of
            a module can.
        """
        suffix = suffix.lower()
        if not suffix.startswith(".") or len(suffix) < 2:
            raise UsageError(f"{suffix!r} is no suffix; it begins with a dot")
        if isinstance(function, str):
            importer = Importer(suffix, kind, function, isolated)
        else:
            name = getattr(function, "__qualname__", "<")
            named = "<" not in name and getattr(function, "__module__", "__main__") != "__main__"
            path = f"{function.__module__}:{name}" if named else ""
            importer = Importer(suffix, kind, path, isolated and named, function)
        self._by_suffix[suffix, kind] = importer

    def fork(self, world: object) -> Importers:
        """A forked world shares the importers."""
        return self

    def suffixes(self, kind: str = "model") -> list[str]:
        """The suffixes that are read as a kind."""
        return sorted(suffix for suffix, of in self._by_suffix if of == kind)

    def find(self, path: str | Path, kind: str = "model") -> Importer:
        """The importer of a file.

        Raises
        ------
        TaixuError
            When nobody reads such files as that kind.
        """
        suffix = Path(path).suffix.lower()
        found = self._by_suffix.get((suffix, kind))
        if found is None:
            known = ", ".join(self.suffixes(kind)) or "nothing"
            raise TaixuError(f"{path}: files {suffix or 'without a suffix'} are not read as {kind} ({known} are)")
        return found


def import_model(path: str | Path, importers: Importers | None = None) -> ModelData:
    """Read a model file of any format, here and now.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    found = (importers or Importers()).find(path)
    model = found.find()(Path(path))
    if not isinstance(model, ModelData):
        raise TaixuError(f"{path}: its importer {found.name!r} made {type(model).__name__} of it, and no model")
    return model
