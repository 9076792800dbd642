"""Worlds opened by path: the project around them tells every part of the engine where its files are."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from taixu.app import Components, Jobs
from taixu.assets import AssetDatabase, Importers, data_path
from taixu.audio import AudioMixer
from taixu.ecs import World
from taixu.edit import Migrations, PrefabLibrary, Project, open_project, read_world, write_world
from taixu.errors import MachineError, TaixuError
from taixu.scene import MaterialLibrary, MeshLibrary
from taixu.scene.models import ModelState, wait_for_models
from taixu.scene.shape_meshes import ShapeState
from taixu.script import ScriptHost

if TYPE_CHECKING:
    from taixu.app import App

__all__ = ["ProjectPlugin", "enter_project", "is_trusted", "open_world", "save_world"]

_log = logging.getLogger(__name__)


class ProjectPlugin:
    """Background jobs, the asset database, and what else follows the project that is open.

    Parameters
    ----------
    watch
        Pick up edits on disk while the world runs.
    """

    def __init__(self, *, watch: bool = False) -> None:
        self._watch = watch

    def build(self, app: App) -> None:
        """Add resources and the system that takes in what has been loaded."""
        from taixu.app import Stage

        jobs = Jobs()
        app.on_close(jobs.close)
        for resource in (jobs, Importers(), _Watching(self._watch)):
            app.insert_resource(resource)
        enter_project(app.world, Project(Path.cwd(), has_manifest=False), trust=False)
        app.add_system(Stage.APPLY, _take_in, before=("place_models",))


class _Watching:
    def __init__(self, watch: bool) -> None:
        self.watch = watch

    def fork(self, world: World) -> _Watching:
        return self


def _take_in(world: World) -> None:
    world.resource(Jobs).poll()
    world.resource(AssetDatabase).poll()


def is_trusted(path: Path) -> bool:
    """Whether a project may run its scripts without being asked: those that ship with Taixu may."""
    try:
        samples = data_path("samples").resolve()
    except MachineError:
        return False
    return path.resolve().is_relative_to(samples)


def enter_project(world: World, project: Project, *, trust: bool, watch: bool | None = None) -> AssetDatabase:
    """Make a world find its assets, prefabs and scripts in a project's folder.

    `watch` says whether edited assets are read again; by default as the plugin was told.
    """
    is_watched = world.resource(_Watching).watch if watch is None else watch
    world.resource(Components).declare(project.components)
    assets = AssetDatabase(project.root, jobs=world.resource(Jobs), importers=world.resource(Importers), watch=is_watched)
    world.insert_resource(project)
    world.insert_resource(assets)
    # Numbers in the libraries are found by path: another project's files are other files.
    world.insert_resource(MeshLibrary())
    world.insert_resource(MaterialLibrary())
    world.insert_resource(ModelState(assets))
    world.insert_resource(ShapeState(project.file))
    world.resource(PrefabLibrary).read = project.read_asset
    world.resource(ScriptHost).open(project.root, trusted=trust)
    world.resource(AudioMixer).clips.root = project.root
    world.insert_resource(project.actions)
    return assets


def open_world(app: App, path: Path, *, trust: bool) -> Project:
    """Open a project folder or a world file in place of the app's world.

    Raises
    ------
    TaixuError
        When it cannot be read; the world is as it was then.
    """
    project, file = open_project(path)
    world = app.world
    before, project_before = world.snapshot(), world.resource(Project)
    trusted_before = world.resource(ScriptHost).trusted
    libraries = world.resource(MeshLibrary), world.resource(MaterialLibrary)
    world.despawn(np.concatenate([np.empty(0, np.uint64), *(table.entities for table in world.tables)]))

    def resolve(asset: str, content_hash: str) -> str | None:
        try:
            return project.path_of(world.resource(AssetDatabase).resolve(asset, content_hash))
        except TaixuError:
            return None

    try:
        enter_project(world, project, trust=trust)
        doubts = read_world(
            file, world, app.components, migrations=world.resource(Migrations), resolve_asset=resolve
        )
    except TaixuError:
        enter_project(world, project_before, trust=trusted_before)
        for library in libraries:
            world.insert_resource(library)
        world.restore(before)
        raise
    for doubt in doubts:
        _log.warning("%s: %s", file, doubt)
    wait_for_models(world)
    return project


def save_world(world: World, path: Path) -> None:
    """Write a world, whole or not at all, with the hashes of the assets it refers to."""
    write_world(path, world, hash_asset=world.resource(Project).hash_asset)
