"""Operations that write files out of a world or a project. They edit nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.edit import Operation
from taixu.edit.conditions import no_project, no_world
from taixu.errors import TaixuError, UsageError
from taixu_editor.export.film import Film
from taixu_editor.export.glb import export_model
from taixu_editor.export.licences import need_licences, used_files
from taixu_editor.export.packing import pack_project, unpack_project
from taixu_editor.export.standalone import write_standalone

if TYPE_CHECKING:
    from taixu.render import ViewCamera
    from taixu_editor.host import Host

__all__ = ["EXPORT_OPERATIONS", "FilmParameters", "PictureParameters"]

_LARGEST = 16_384
_ACCEPT = "go on where licences stand against passing it on"
_Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PictureParameters:
    """A picture of the world.

    The camera is the one of a name, or stands at ``eye`` and looks to ``target``; by default the main one.
    """

    path: str
    size: tuple[int, int] = (1920, 1080)
    samples: int = field(default=8, metadata={"doc": "frames that are averaged; from 16 on rays are sent"})
    transparent: bool = False
    camera: str = ""
    eye: _Vector | None = None
    target: _Vector | None = None


@dataclass(frozen=True, slots=True)
class FilmParameters:
    """A film: of the played world, or along a path of eyes and targets, or both."""

    path: str
    size: tuple[int, int] = (1280, 720)
    seconds: float = 4.0
    fps: int = 30
    played: bool = True
    camera: str = ""
    looks: tuple[tuple[_Vector, _Vector], ...] = field(default=(), metadata={"doc": "[eye, target] by and by"})


@dataclass(frozen=True, slots=True)
class ModelParameters:
    """Where to, and which entities (all, where none are named)."""

    path: str
    entities: tuple[str, ...] = ()
    accept_licences: bool = field(default=False, metadata={"doc": _ACCEPT})


@dataclass(frozen=True, slots=True)
class PassOnParameters:
    """Where the project is written to."""

    path: str
    accept_licences: bool = field(default=False, metadata={"doc": _ACCEPT})


@dataclass(frozen=True, slots=True)
class UnpackParameters:
    """A pack, and the new folder that it is unpacked into."""

    path: str
    folder: str


def _picture(host: Host, p: PictureParameters) -> str:
    path, (width, height) = Path(p.path), p.size
    if path.suffix.lower() not in (".png", ".exr"):
        raise UsageError(f"{path}: pictures are written as .png or .exr")
    if not (1 <= width <= _LARGEST and 1 <= height <= _LARGEST) or not 1 <= p.samples <= 4096:
        raise UsageError(f"a picture of {width} x {height} with {p.samples} samples cannot be drawn")
    from taixu.assets.atomic import atomic_path

    app: Any = host.session.current.app  # a whole one, of `taixu.defaults`
    app.settle()
    settings: dict[str, Any] = {"background": "transparent"} if p.transparent else {}
    picture = app.drawing.still(
        app.world, camera=_camera(app, p), size=p.size, samples=p.samples, linear=path.suffix.lower() == ".exr", settings=settings
    )
    with atomic_path(path) as temporary:
        try:
            picture.save(temporary)
        except OSError as error:
            raise TaixuError(f"{path}: cannot be written ({error.strerror or error})") from error
    return str(path)


def _camera(app: Any, p: PictureParameters) -> ViewCamera:
    from taixu.render import ViewCamera

    if p.eye is not None:
        target = p.target or (0.0, 0.0, 0.0)
        if target == p.eye:
            raise UsageError("eye and target are the same point; move one of them")
        return ViewCamera.looking(p.eye, target)
    camera: ViewCamera = app.drawing.camera(app.world, name=p.camera, aspect=p.size[0] / p.size[1])
    return camera


def make_film(host: Host, p: FilmParameters) -> Film:
    """A film as parameters say, not yet drawn."""
    if not 0 < p.seconds <= 3600 or not 1 <= p.fps <= 240:
        raise UsageError(f"a film of {p.seconds:g} seconds at {p.fps} pictures a second cannot be drawn")
    return Film(host, Path(p.path), size=p.size, seconds=p.seconds, fps=p.fps, looks=p.looks, is_played=p.played, camera=p.camera)


def _film(host: Host, p: FilmParameters) -> str:
    return str(make_film(host, p).run())


def _export(host: Host, p: ModelParameters) -> str:
    from taixu.assets.gltf.writer import write_gltf
    from taixu.generate.notices import copyright_line

    path, session = Path(p.path), host.session
    if path.suffix.lower() not in (".glb", ".gltf"):
        raise UsageError(f"{path}: worlds are exported as .glb or .gltf")
    app: Any = session.current.app  # a whole one, of `taixu.defaults`
    app.settle()
    chosen = np.array([session.entity(text) for text in p.entities], np.uint64) if p.entities else None
    root, used = session.project.root, used_files(session.world, chosen)
    need_licences(root, used, accepted=p.accept_licences)
    model = export_model(session.world, chosen, name=path.stem)
    said = copyright_line(root, used)
    if said:
        model.asset["copyright"] = said
    write_gltf(model, path)
    return str(path)


def _pack(host: Host, p: PassOnParameters) -> str:
    need_licences(host.session.project.root, None, accepted=p.accept_licences)
    return str(pack_project(host.session.project.root, Path(p.path)))


def _unpack(host: Host, p: UnpackParameters) -> str:
    return str(unpack_project(Path(p.path), Path(p.folder)))


def _standalone(host: Host, p: PassOnParameters) -> str:
    project = host.session.project
    need_licences(project.root, None, accepted=p.accept_licences)
    return str(write_standalone(project.root, Path(p.path), title=project.name))


EXPORT_OPERATIONS = (
    Operation("export.picture", "Write picture", run=_picture, parameters=PictureParameters, blocked=no_world),
    Operation("export.film", "Write film", run=_film, parameters=FilmParameters, blocked=no_world),
    Operation("export.model", "Write GLB", run=_export, parameters=ModelParameters, blocked=no_world),
    Operation("export.pack", "Pack into one file", run=_pack, parameters=PassOnParameters, blocked=no_project,
              doc="Writes the saved project into NAME.taixu.zip."),
    Operation("export.unpack", "Unpack a project", run=_unpack, parameters=UnpackParameters),
    Operation("export.folder", "Write a folder that runs", run=_standalone, parameters=PassOnParameters, blocked=no_project,
              doc="Writes the saved project into a folder for python -m."),
)  # fmt: skip
"""What leaves the editor."""
