"""glTF 2.0, in and out: the native model format.

The reader is built in layers that trust nothing below them: the container weighs the JSON before parsing it,
`Fields` checks each property as it is taken, buffers and accessors check each range before a byte is looked
at, and a budget bounds what decoding may allocate. Above these, one module each reads meshes, materials,
nodes and animations into the dataclasses of `taixu.assets.model`. The same reading, with a tolerant report,
is what `taixu check` shows.
"""

from __future__ import annotations

from taixu.assets.gltf.check import check_gltf
from taixu.assets.gltf.findings import Finding, GltfError
from taixu.assets.gltf.limits import Limits
from taixu.assets.gltf.reader import read_gltf, read_gltf_bytes
from taixu.assets.gltf.writer import write_glb, write_gltf

__all__ = ["Finding", "GltfError", "Limits", "check_gltf", "read_gltf", "read_gltf_bytes", "write_glb", "write_gltf"]
