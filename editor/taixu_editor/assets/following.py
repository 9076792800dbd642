"""Open worlds follow files that other programs write: pictures and prefabs; models follow by the asset database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.assets import AssetDatabase
from taixu.ecs import World
from taixu.scene import Environment, MaterialLibrary
from taixu_editor.assets.index import AssetIndex
from taixu_editor.assets.kinds import asset_kind
from taixu_editor.assets.origins import Origins

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["AssetFollower", "reimport"]


class AssetFollower:
    """The files of the open project, looked at now and then, whichever panel is shown.

    Attributes
    ----------
    index
        What there is.
    origins
        What was made from what.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.index = AssetIndex(host)
        self.origins = Origins(host, self.index)

    def frame(self) -> None:
        """Look again when it is time, and let worlds follow what was written."""
        self.index.frame()
        self.origins.frame()
        changed = self.index.take_changed()
        if changed:
            _follow(self._host, changed)


def reimport(host: Host, path: str) -> None:
    """Read a file again, whether it seems to have changed or not: models, pictures and prefabs, in all open worlds."""
    _follow(host, [path], is_forced=True)
    for entry in host.session.worlds:
        if entry.app.world.has_resource(AssetDatabase):
            entry.app.world.resource(AssetDatabase).reload_file(path)


def _follow(host: Host, paths: Iterable[str], *, is_forced: bool = False) -> None:
    session, pictures = host.session, dict[Path, str]()
    for path in paths:
        kind = asset_kind(path)
        if kind == "prefab" and (is_forced or session.is_news(path)):
            session.prefab_changed(path, is_outside=True)
        elif kind in ("texture", "sky"):
            pictures[session.project.file(path)] = path
    for entry in session.worlds if pictures else ():
        _read_again(entry.app.world, pictures)


def _read_again(world: World, pictures: Mapping[Path, str]) -> None:
    """Materials that show pictures are put once more, and so are skies: what they show is known by file and time."""
    library = world.resource(MaterialLibrary)
    for number in range(len(library)):
        material = library[number]
        if any(image.path in pictures for image in material.model.images):
            library.replace(number, replace(material))
    paths = set(pictures.values())
    for table in world.query(Environment):
        for entity in table.entities.tolist():
            sky = world.get(entity, Environment).sky
            if sky in paths:
                world.set(entity, Environment, sky=sky)
