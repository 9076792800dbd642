"""The project's files as creators see them: what there is, what uses what, moving and bringing in.

Nothing here draws; the panel, the view and scripts share it. Looking through a project happens in the background
(`AssetIndex`), and every change of files is an operation that can be undone.
"""

from __future__ import annotations

from taixu_editor.assets.bringing import Import, copy_into
from taixu_editor.assets.index import Asset, AssetIndex, scan_assets
from taixu_editor.assets.kinds import ASSET_KINDS, asset_kind
from taixu_editor.assets.operations import ASSET_OPERATIONS
from taixu_editor.assets.usage import find_uses

__all__ = [
    "ASSET_KINDS",
    "ASSET_OPERATIONS",
    "Asset",
    "AssetIndex",
    "Import",
    "asset_kind",
    "copy_into",
    "find_uses",
    "scan_assets",
]
