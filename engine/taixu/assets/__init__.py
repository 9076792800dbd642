"""Assets: files turned into plain data.

Decoders (`taixu.assets.gltf` and its neighbours) turn files into the dataclasses of `taixu.assets.model`, pictures
into arrays and sounds into clips; each later layer registers how it makes entities, bodies or sounds of them. Nothing
here draws, and nothing here trusts a file: sizes are weighed before memory is asked for, paths stay inside the
project's folder, and whatever is wrong becomes one sentence. `AssetDatabase` gives a project's files by path and
handle, loaded in the background and again when they are edited.

Importing this package costs next to nothing; a decoder's libraries come with its first file.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.assets.audio_clip import AudioClip
    from taixu.assets.database import AssetDatabase
    from taixu.assets.handle import Handle
    from taixu.assets.importers import Importers, import_model
    from taixu.assets.model import Material, Mesh, ModelData, Node, Primitive
    from taixu.assets.paths import data_path, safe_join
    from taixu.assets.sidecar import Sidecar, read_sidecar, write_sidecar
    from taixu.assets.video import VideoWriter

__all__ = [
    "AssetDatabase", "AudioClip", "Handle", "Importers", "Material", "Mesh", "ModelData", "Node", "Primitive",
    "Sidecar", "VideoWriter", "data_path", "import_model", "read_sidecar", "safe_join", "write_sidecar",
]

_HOMES = {
    "AssetDatabase": "database", "AudioClip": "audio_clip", "Handle": "handle", "Importers": "importers",
    "Material": "model", "Mesh": "model", "ModelData": "model", "Node": "model", "Primitive": "model",
    "Sidecar": "sidecar", "VideoWriter": "video", "data_path": "paths", "import_model": "importers",
    "read_sidecar": "sidecar", "safe_join": "paths", "write_sidecar": "sidecar",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"taixu.assets.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
