"""Assets: files turned into plain data.

Decoders (`taixu.assets.gltf` and its neighbours) turn files into the dataclasses of `taixu.assets.model`;
each later layer registers how it makes entities, bodies or sounds of them. Nothing here draws, and nothing
here trusts a file.
"""

from __future__ import annotations

__all__: list[str] = []
