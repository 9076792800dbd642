"""What leaves the editor: pictures, films, GLB files, and whole projects to hand on.

All of it is done by operations with parameters, so scripts and agents do it too; the dialogs of a window only ask.
"""

from __future__ import annotations

from taixu_editor.export.film import Film
from taixu_editor.export.glb import export_model
from taixu_editor.export.operations import EXPORT_OPERATIONS
from taixu_editor.export.packing import pack_project, unpack_project
from taixu_editor.export.standalone import write_standalone

__all__ = ["EXPORT_OPERATIONS", "Film", "export_model", "pack_project", "unpack_project", "write_standalone"]
