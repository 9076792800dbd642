"""What can be said of a mod that exists as texts only: the checks of ``taixu mod check``, before a file of it is anywhere."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from taixu.assets.findings import Finding
from taixu.mods.packages.checking import check_mod

__all__ = ["errors_of", "findings_of"]


def findings_of(files: Mapping[str, str]) -> list[Finding]:
    """All findings about the files of a mod, by name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8", newline="\n")
        return check_mod(Path(folder), components=_components())


def errors_of(files: Mapping[str, str]) -> list[str]:
    """What has to be mended before a mod can be loaded, a line each."""
    return [str(found) for found in findings_of(files) if found.severity == "error"]


def _components() -> dict[str, list[str]]:
    """Fields by component, as worlds have them without plugins."""
    from taixu.animation import AnimationPlayer, PropertyAnimation
    from taixu.audio import AudioListener, AudioSource
    from taixu.ecs import component_type
    from taixu.physics import PHYSICS_COMPONENTS
    from taixu.scene import SHARED_COMPONENTS

    more = (AnimationPlayer, PropertyAnimation, AudioListener, AudioSource)
    every = [component_type(cls) for cls in (*SHARED_COMPONENTS, *PHYSICS_COMPONENTS, *more)]
    return {each.name: [field.name for field in each.fields] for each in every} | {"tags": ["names"], "script": ["path"]}
