"""How still pictures stand and how clean what moves leaves them, with each kind of antialiasing: wires, a far fence and steel under
a still and a creeping camera, and a box that moves before them, all against means of many frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, inf, log10, sin
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result

if TYPE_CHECKING:
    from taixu.render import Renderer, View, ViewCamera

__all__ = ["MODES", "Yard", "defaults", "measure", "table"]

defaults = Options(n=1, frames=12, size=(480, 270))

MODES: dict[str, tuple[int, dict[str, Any]]] = {
    "none": (1, {}),
    "fxaa": (1, {"antialias": "fxaa"}),
    "msaa 4": (4, {}),
    "msaa 8": (8, {}),
    "temporal": (1, {"antialias": "temporal"}),
    "temporal 0.67": (1, {"antialias": "temporal", "drawn_scale": 0.67}),
}
"""Samples per pixel and settings of each."""

_WARM = 20
"""Frames before one is looked at: what gathers has gathered."""
_REFERENCE_SAMPLES = 24
_SEQUENCE_SAMPLES = 8
"""Of a reference for each frame of the creeping camera."""
_STEP_M = 0.0012
_BOX_M = 0.06
"""In a frame."""
_BOX_FROM_M = -2.0
_SETTINGS = {"shadow_texels": 512}
_LUMA = np.array([0.2126, 0.7152, 0.0722])

Picture = NDArray[np.float64]


class Yard:
    """A fence far away, wires before the sky, balls and cubes of steel, and a red box that may move."""

    def __init__(self) -> None:
        from taixu.app import App, Stage
        from taixu.assets.model import Material, ModelData
        from taixu.scene import Environment, MeshInstance, Transform
        from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
        from taixu.scene.plugin import ScenePlugin
        from taixu.scene.shapes import shape_mesh

        self.app = App()
        self.app.add_plugin(ScenePlugin())
        world = self.world = self.app.world
        meshes, materials = world.resource(MeshLibrary), world.resource(MaterialLibrary)

        def put(kind: str, size: tuple[float, float, float], look: dict[str, Any], places: Any, turns: Any = (0, 0, 0, 1)) -> int:
            number = materials.put(("yard", len(materials)), LibraryMaterial(Material(**look), ModelData()))
            mesh = add_mesh(meshes, ("yard", number), shape_mesh(kind, size), material=number)
            places = np.asarray(places, np.float32).reshape(3, -1)
            columns = {Transform: {"translation": places, "rotation": turns}, MeshInstance: {"mesh": mesh}}
            return int(world.spawn_batch(places.shape[1], columns)[0])

        dark = {"base_color": (0.04, 0.04, 0.05, 1.0), "metallic": 0.0, "roughness": 0.6}
        steel = {"base_color": (0.9, 0.86, 0.8, 1.0), "metallic": 1.0, "roughness": 0.15}
        put("box", (200, 0.2, 200), {"base_color": (0.35, 0.4, 0.3, 1.0), "metallic": 0.0, "roughness": 0.9}, (0, -0.1, 0))
        put("box", (0.03, 1.2, 0.03), dark, [np.linspace(-18, 18, 120), np.full(120, 0.6), np.full(120, -10.0)])
        put("box", (40, 0.02, 0.02), dark, [[0, 0, 0], [0.3, 0.7, 1.1], [-10, -10, -10]])
        for n in range(5):
            put("box", (30, 0.012, 0.012), dark, (0, 2.2 + 0.25 * n, -4), (0, 0, sin(0.04 * (n + 1)), cos(0.04 * (n + 1))))
        chance = np.random.default_rng(3)
        put("sphere", (0.5, 0.5, 0.5), steel, [chance.uniform(-4, 4, 24), np.full(24, 0.25), chance.uniform(-6, 2, 24)])
        turns = chance.normal(size=(4, 60))
        put("box", (0.25, 0.25, 0.25), steel, [chance.uniform(-6, 6, 60), np.full(60, 0.12), chance.uniform(-9, 1, 60)],
            turns / np.linalg.norm(turns, axis=0))  # fmt: skip
        red = {"base_color": (0.7, 0.08, 0.05, 1.0), "metallic": 0.0, "roughness": 0.5}
        self.box = put("box", (0.8, 0.8, 0.8), red, (_BOX_FROM_M, 0.8, 1))
        world.spawn(Environment(sun_direction=(-0.3, 0.6, 0.6)))
        self.app.run_stage(Stage.PROPAGATE)

    def move_box(self, x: float) -> None:
        """Let the box stand somewhere else."""
        from taixu.app import Stage
        from taixu.scene import Transform

        self.world.set(self.box, Transform, translation=(x, 0.8, 1.0))
        self.app.run_stage(Stage.PROPAGATE)

    def camera(self, moved_m: float = 0.0) -> ViewCamera:
        """At the height of eyes, so far aside."""
        from taixu.render import ViewCamera

        return ViewCamera.looking((0.3 + moved_m, 1.6, 7), (moved_m, 1.0, -2), fov_y_rad=0.8)


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield a result for each kind, as soon as it is known; differences are in steps of 8 bits.

    `flicker` is how much the luminance of a pixel changes from frame to frame while nothing moves. `shimmer`: how much more or less
    it changes than a reference's while the camera creeps. `ghost`: how far pixels that the box or its shadow has just left are from
    the reference. Of each there is the mean and the 99th hundredth. `psnr_db` is against the reference, still; `creeping_db` while
    the camera creeps. `ratio` says how many times nearer it is then, in root mean squares, than a picture without antialiasing.
    """
    from taixu.gpu import create_device
    from taixu.render import Renderer

    device = create_device()
    renderer, yard = Renderer(device), Yard()
    references = _References(renderer, yard, options)
    base: float | None = None
    for name in MODES:
        times, figures = _still(renderer, yard, name, references, options)
        figures |= _creeping(renderer, yard, name, references, options) | _ghosts(renderer, yard, name, references, options)
        base = figures["creeping_db"] if base is None else base
        ratio = round(10 ** ((figures["creeping_db"] - base) / 20), 2)
        about: dict[str, Any] = {"gpu": device.capabilities.name, "size": f"{options.size[0]}x{options.size[1]}", "ratio": ratio}
        about |= {key: round(value, 3) for key, value in figures.items()}
        yield result(f"stability, {name}", times, n=options.n, **about)
    yard.app.close()
    renderer.release()
    device.release()


def table(results: Sequence[dict[str, Any]]) -> str:
    """Kinds side by side."""
    keys = ("flicker", "flicker_p99", "shimmer", "shimmer_p99", "ghost", "ghost_p99", "psnr_db", "creeping_db", "frame_ms", "ratio")
    rows: list[tuple[str, ...]] = [("", *keys)]
    rows += [(str(found["name"]).removeprefix("stability, "), *(f"{found[key]:.2f}" for key in keys)) for found in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width)
                               in enumerate(zip(row, widths, strict=True))) for row in rows)  # fmt: skip


def _view(yard: Yard, name: str, options: Options) -> View:
    from taixu.render import View

    samples, settings = MODES[name]
    return View(yard.camera(), options.size, name=name, samples=samples, settings=_SETTINGS | settings)


def _warm(name: str) -> int:
    """Frames before one is looked at: what gathers has gathered; others have no past."""
    return _WARM if MODES[name][1].get("antialias") == "temporal" else 1


def _look(renderer: Renderer, view: View) -> Picture:
    return renderer.read(view)[..., :3].astype(np.float64)


class _References:
    """Means of many frames: still, of each frame of the creeping camera, and of the moving box (with what it has just left)."""

    def __init__(self, renderer: Renderer, yard: Yard, options: Options) -> None:
        self._renderer, self._yard, self._size = renderer, yard, options.size
        self.still = self._mean(_REFERENCE_SAMPLES)
        self.creeping = np.array([self._mean(_SEQUENCE_SAMPLES, _STEP_M * frame) for frame in range(options.frames)])
        last = _BOX_FROM_M + _BOX_M * (_WARM - 1)
        yard.move_box(last)
        self.moved = self._mean(_REFERENCE_SAMPLES)
        yard.move_box(last - 8 * _BOX_M)
        before = self._mean(_SEQUENCE_SAMPLES)
        yard.move_box(500.0)
        without = self._mean(_SEQUENCE_SAMPLES)
        yard.move_box(_BOX_FROM_M)
        self.left = (np.abs(before - without).max(-1) > 10) & (np.abs(self.moved - without).max(-1) < 3)

    def _mean(self, samples: int, moved_m: float = 0.0) -> Picture:
        from taixu.render import render_still

        settings = _SETTINGS | {"traced": False}
        return render_still(
            self._renderer, self._yard.world, self._yard.camera(moved_m), size=self._size, samples=samples, settings=settings
        ).pixels[..., :3].astype(np.float64)  # fmt: skip


def _still(
    renderer: Renderer, yard: Yard, name: str, references: _References, options: Options
) -> tuple[NDArray[np.float64], dict[str, float]]:
    view, times, lumas = _view(yard, name, options), [], []
    for frame in range(-_warm(name), options.frames):
        start = perf_counter()
        renderer.render(yard.world, [view], time_secs=(_WARM + frame) / 30)
        picture = _look(renderer, view)
        if frame >= 0:
            times.append((perf_counter() - start) * 1e3)
            lumas.append(picture @ _LUMA)
    view.release()
    return np.array(times), _spread("flicker", np.diff(lumas, axis=0)) | {"psnr_db": _psnr(picture, references.still)}


def _creeping(renderer: Renderer, yard: Yard, name: str, references: _References, options: Options) -> dict[str, float]:
    """While the camera moves aside by about a tenth of a pixel a frame."""
    view, pictures = _view(yard, name, options), []
    for frame in range(-_warm(name), options.frames):
        view.camera = yard.camera(_STEP_M * frame)
        renderer.render(yard.world, [view], time_secs=(_WARM + frame) / 30, delta_secs=1 / 30)
        if frame >= 0:
            pictures.append(_look(renderer, view))
    view.release()
    seen = np.array(pictures)
    wanted = np.diff(references.creeping @ _LUMA, axis=0)
    return _spread("shimmer", np.diff(seen @ _LUMA, axis=0) - wanted) | {"creeping_db": _psnr(seen, references.creeping)}


def _ghosts(renderer: Renderer, yard: Yard, name: str, references: _References, options: Options) -> dict[str, float]:
    """Behind a box that moves some pixels a frame."""
    view = _view(yard, name, options)
    for frame in range(_WARM - _warm(name), _WARM):
        yard.move_box(_BOX_FROM_M + _BOX_M * frame)
        renderer.render(yard.world, [view], time_secs=(_WARM + frame) / 30, delta_secs=1 / 30)
    picture = _look(renderer, view)
    view.release()
    yard.move_box(_BOX_FROM_M)
    return _spread("ghost", ((picture - references.moved) @ _LUMA)[references.left])


def _spread(name: str, off: NDArray[np.float64]) -> dict[str, float]:
    far = np.abs(off)
    return {name: float(far.mean()), f"{name}_p99": float(np.percentile(far, 99))}


def _psnr(a: Picture, b: Picture) -> float:
    squared = float(np.mean((a - b) ** 2))
    return 10 * log10(255**2 / squared) if squared else inf
