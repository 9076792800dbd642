"""Questions before something is written: where to, how large, from where. What is answered becomes an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from imgui_bundle import imgui

from taixu.app import Job, Jobs
from taixu.edit import Nothing, Operation, Session
from taixu.errors import TaixuError
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.export.film import Film
from taixu_editor.export.licences import ask_licences, used_files
from taixu_editor.export.operations import FilmParameters, make_film
from taixu_editor.export.packing import ENDING, pack_project
from taixu_editor.export.standalone import module_name, write_standalone
from taixu_editor.interface import icon
from taixu_editor.widgets import Form, specs_of_dataclass

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["FilmDialog", "PictureDialog", "WriteDialog", "export_operations"]

_STEP_SECS = 0.02


@dataclass
class PictureAnswers:
    """What a picture's dialog asks."""

    file: str = "picture.png"
    width: int = field(default=1920, metadata={"minimum": 16, "maximum": 8192, "label": "Width"})
    height: int = field(default=1080, metadata={"minimum": 16, "maximum": 8192})
    samples: int = field(default=8, metadata={"minimum": 1, "maximum": 256, "label": "Samples a pixel"})
    transparent: bool = field(default=False, metadata={"label": "Transparent background"})
    seen_from: Literal["view", "main camera"] = field(default="view", metadata={"label": "Seen from"})


@dataclass
class FilmAnswers:
    """What a film's dialog asks."""

    file: str = "film.mp4"
    width: int = field(default=1280, metadata={"minimum": 16, "maximum": 4096, "label": "Width"})
    height: int = field(default=720, metadata={"minimum": 16, "maximum": 4096})
    seconds: float = field(default=4.0, metadata={"minimum": 0.1, "maximum": 3600.0, "label": "Duration", "unit": "s"})
    fps: int = field(default=30, metadata={"minimum": 1, "maximum": 120, "label": "Pictures a second"})
    played: bool = field(default=True, metadata={"label": "Let the world run"})
    seen_from: Literal["main camera", "path", "view"] = field(default="main camera", metadata={"label": "Seen from"})


class _AnswersDialog(Dialog):
    """A form, and a button that does it."""

    width: ClassVar[float] = 32.0
    answers_enter: ClassVar[bool] = False

    def __init__(self, window: EditorWindow, answers: Any) -> None:
        super().__init__(window)
        root = window.host.session.project.root
        self.answers = replace(answers, file=str(root / "out" / answers.file)) if hasattr(answers, "file") else answers
        self.form = Form(window, self.title)
        self.problem = ""

    def draw_form(self) -> None:
        """A row for each answer."""
        self.form.begin()
        for spec in specs_of_dataclass(type(self.answers)):
            edit = self.form.row(replace(spec, default=None), getattr(self.answers, spec.name))
            if edit is not None and edit.kind == "set":
                setattr(self.answers, spec.name, edit.value)
        imgui.push_text_wrap_pos()
        imgui.text_colored(self.window.theme.bad, self.problem or " ")
        imgui.pop_text_wrap_pos()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do it; what goes wrong is said here."""
        try:
            act()
        except TaixuError as error:
            self.problem = str(error)
            return False
        return True

    def written(self, path: object) -> None:
        """Say that it is there."""
        self.window.shell.toasts.say(self.t("Written: {name}", name=Path(str(path)).name), "success")


class PictureDialog(_AnswersDialog):
    """A picture of the world."""

    title: ClassVar[str] = "Picture of the world"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window, PictureAnswers())

    def draw(self) -> None:
        """The form."""
        self.draw_form()
        self.buttons([Choice("Write", self._write), Choice("Cancel", self.cancel)])

    def _write(self) -> None:
        a, camera = self.answers, self.window.shell.camera
        more: dict[str, Any] = {}
        if a.seen_from == "view" and camera is not None:
            more = {"eye": [float(v) for v in camera.eye], "target": [float(v) for v in camera.pivot]}

        def write() -> None:
            self.written(self.window.host.do(
                "export.picture", path=a.file, size=[a.width, a.height], samples=a.samples, transparent=a.transparent, **more
            ))  # fmt: skip

        if self.attempt(write):
            self.close()


class FilmDialog(_AnswersDialog):
    """A film of the world: asked for, then drawn a little in each frame."""

    title: ClassVar[str] = "Film of the world"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window, FilmAnswers())
        self.looks: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
        self.film: Film | None = None

    def draw(self) -> None:
        """The form, or how far it is."""
        if self.film is not None:
            self._draw_progress(self.film)
            return
        self.draw_form()
        if self.answers.seen_from == "path":
            if imgui.button(f"{icon('camera')}  {self.t('Add the view to the path')}###add look"):
                self.add_look()
            imgui.same_line()
            imgui.text_disabled(self.t("{count} places", count=len(self.looks)))
        needs = self.t("the path needs two places") if self.answers.seen_from == "path" and len(self.looks) < 2 else ""
        self.buttons([Choice("Film", self._begin, needs), Choice("Cancel", self.cancel)])

    def add_look(self) -> None:
        """Where the view is now is the path's next place."""
        camera = self.window.shell.camera
        if camera is not None:
            self.looks.append((tuple(float(v) for v in camera.eye), tuple(float(v) for v in camera.pivot)))

    def cancel(self) -> None:
        """Nothing is left behind."""
        if self.film is not None:
            self.film.cancel()
        self.close()

    def _begin(self) -> None:
        a = self.answers
        looks: Any = tuple(self.looks) if a.seen_from == "path" else ()
        if a.seen_from == "view":
            self.looks.clear()
            self.add_look()
            looks = tuple(self.looks)
        parameters = FilmParameters(a.file, (a.width, a.height), a.seconds, a.fps, a.played, "", looks)

        def begin() -> None:
            self.film = make_film(self.window.host, parameters)

        self.attempt(begin)

    def _draw_progress(self, film: Film) -> None:
        unit = imgui.get_font_size()
        imgui.text_unformatted(film.path.name)
        imgui.progress_bar(film.done / film.count, (-1, unit * 1.2), f"{film.done} / {film.count}")
        self.buttons([Choice("Cancel", self.cancel)])
        begun = perf_counter()
        while self.is_open and not film.is_done and perf_counter() - begun < _STEP_SECS:
            if not self.attempt(film.step):
                self.film = None
                return
        if film.is_done and self.is_open:
            self.written(film.path)
            self.close()


class WriteDialog(Dialog):
    """Something long that a thread writes, with its progress."""

    width: ClassVar[float] = 28.0

    def __init__(self, window: EditorWindow, heading: str, write: Callable[[Callable[[float], bool]], Path]) -> None:
        super().__init__(window)
        self._heading, self._share, self._stopped = heading, 0.0, False
        self._job = window.host.session.world.resource(Jobs).submit_io(write, (self._tell,), label=heading, then=self._arrive)

    def heading(self) -> str:
        """As it was given."""
        return self._heading

    def draw(self) -> None:
        """How far it is."""
        imgui.progress_bar(self._share, (-1, imgui.get_font_size() * 1.2))
        self.buttons([Choice("Cancel", self.cancel)])

    def cancel(self) -> None:
        """Nothing is left behind."""
        self._stopped = True
        self.close()

    def _tell(self, share: float) -> bool:
        self._share = share
        return not self._stopped

    def _arrive(self, job: Job) -> None:
        self.close()
        if job.error is not None:
            if not self._stopped:
                self.window.shell.say_error(str(job.error))
        else:
            self.window.shell.toasts.say(self.t("Written: {name}", name=Path(str(job.result)).name), "success")


def export_operations(window: EditorWindow) -> tuple[Operation, ...]:
    """Operations that open the dialogs."""

    def plain(id: str, title: str, act: Callable[[], object], **more: Any) -> Operation:
        def run(host: Host, parameters: Nothing) -> None:
            act()

        return Operation(id, title, run=run, **more)

    def no_world(session: Session) -> str:
        return "" if session.worlds else "no world is open"

    def no_project(session: Session) -> str:
        return "" if session.worlds and session.project.has_manifest else "no project is open"

    def show(dialog: Dialog) -> None:
        window.shell.dialogs.open(dialog)

    return (
        plain("world.screenshot", "Picture...", lambda: show(PictureDialog(window)), blocked=no_world),
        plain("world.film", "Film...", lambda: show(FilmDialog(window)), blocked=no_world),
        plain("world.export", "Export GLB...", lambda: _export(window), blocked=no_world),
        plain("project.pack", "Pack project...", lambda: _pack(window), blocked=no_project),
        plain("project.folder", "Folder that runs...", lambda: _folder(window), blocked=no_project),
    )


def _ask_file(window: EditorWindow, heading: str, ending: str, name: str, act: Callable[[Path], object]) -> None:
    from taixu_editor.file_dialog import FileDialog

    start = window.host.session.project.root.parent / name
    window.shell.dialogs.open(
        FileDialog(window, heading, endings=(ending,) if ending else (), start=start, act=act, saves=True, verb="Write")
    )


def _export(window: EditorWindow) -> None:
    chosen = list(window.host.session.current.selection)

    def act(path: Path) -> None:
        window.host.do("export.model", path=str(path), entities=chosen, accept_licences=True)
        window.shell.toasts.say(window.t("Written: {name}", name=path.name), "success")

    heading = window.t("Export the selection as GLB") if chosen else window.t("Export the world as GLB")
    name = f"{window.shell.world_name() or 'world'}.glb"
    session = window.host.session
    entities = np.array([session.entity(text) for text in chosen], np.uint64) if chosen else None
    ask_licences(window, used_files(session.world, entities), lambda: _ask_file(window, heading, ".glb", name, act))


def _saved(window: EditorWindow, act: Callable[[], object]) -> None:
    """What is written is what was saved, and its licences have been asked."""
    window.shell.after_saving(lambda: ask_licences(window, None, act))


def _pack(window: EditorWindow) -> None:
    root = window.host.session.project.root

    def act(path: Path) -> None:
        heading = window.t("Packing the project")
        window.shell.dialogs.open(WriteDialog(window, heading, lambda tell: pack_project(root, path, progress=tell)))

    _saved(window, lambda: _ask_file(window, window.t("Pack the project into"), ENDING, f"{root.name}{ENDING}", act))


def _folder(window: EditorWindow) -> None:
    project = window.host.session.project

    def act(path: Path) -> None:
        heading = window.t("Writing the folder")
        write = lambda tell: write_standalone(project.root, path, title=project.name, progress=tell)  # noqa: E731
        window.shell.dialogs.open(WriteDialog(window, heading, write))

    name = f"{module_name(project.name or project.root.name)}_game"
    _saved(window, lambda: _ask_file(window, window.t("Write a folder that runs by itself"), "", name, act))
