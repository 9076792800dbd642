"""VRM: people in glTF files. VRM 0 and 1.0 are read into `ModelData.avatar`, VRM 1.0 is written.

The glTF reader and writer call this for every model; nobody needs to know whether a file is a VRM. What VRM 0 says is brought
to VRM 1.0's terms when it is read, front included, so that nothing behind this package knows that there were two.
"""

from __future__ import annotations

from taixu.assets.vrm.reader import read_avatar
from taixu.assets.vrm.writer import avatar_json, constraint_json

__all__ = ["avatar_json", "constraint_json", "read_avatar"]
