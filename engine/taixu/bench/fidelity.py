"""How near pictures come to a path tracer's, beside other engines' on the same scenes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.bench.measure import Options, result
from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.render import Renderer
    from taixu.render.fidelity import Score

__all__ = ["OURS", "OUR_FRAMES", "OUR_PATHS", "REAL_TIME", "choose", "defaults", "find_scenarios", "measure", "summarize"]

defaults = Options(n=24)

OURS, OUR_FRAMES, OUR_PATHS = "taixu", "taixu-frames", "taixu-paths"
"""The rasteriser as it makes stills, with rays; as it draws frames of films and windows, without; and the path tracer."""
REAL_TIME = ("model-viewer", "filament", "babylon", "gltf-sample-viewer")
"""Those that draw in real time as we do; model-viewer is three.js."""
_SAMPLES = 16
_PATH_SAMPLES = 8
"""At twice the size: each pixel that is compared has four times as many."""


def find_scenarios(content: str = "") -> Path:
    """The folder of scenarios: ``fidelity`` in the folder of content that is given or that ``TAIXU_CONTENT`` names.

    Raises
    ------
    TaixuError
        Where there is none.
    """
    given = content or os.environ.get("TAIXU_CONTENT", "")
    if not given:
        raise TaixuError("fidelity: the scenes do not ship with Taixu; name their folder by --content or TAIXU_CONTENT")
    for folder in (Path(given) / "fidelity", Path(given)):
        if (folder / "scenarios.json").is_file():
            return folder
    raise TaixuError(f"{given}: there is no fidelity/scenarios.json in it; name the folder by --content or TAIXU_CONTENT")


def choose(scenarios: Sequence[dict[str, Any]], names: str) -> list[dict[str, Any]]:
    """The scenarios of these names (by comma, the collection's prefix may be left out); all where `names` is empty.

    Raises
    ------
    UsageError
        Where one is not among them.
    """
    if not names:
        return list(scenarios)
    by_name = {s["name"].split("-", 1)[-1].lower(): s for s in scenarios} | {s["name"].lower(): s for s in scenarios}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name.lower() not in by_name:
            raise UsageError(f"there is no scene {name!r}; there are {', '.join(s['name'] for s in scenarios)}")
    return [by_name[name.lower()] for name in wanted]


def measure(options: Options, *, paths: bool = True) -> Iterator[dict[str, Any]]:
    """Yield results for each scene, of the rasteriser with and without rays and (with `paths`) of the path tracer, and one for all;
    write contact sheets where a folder was named.
    """
    from taixu.gpu import create_device
    from taixu.render import Renderer
    from taixu.render.fidelity import read_scenarios

    folder = find_scenarios(options.content)
    samples, renderer = options.samples or _SAMPLES, Renderer(create_device())
    scores: list[Score] = []
    frames: list[Score] = []
    traced: list[Score] = []
    times_ms: list[float] = []
    for scenario in choose(read_scenarios(folder), options.scenes)[: options.n]:
        score, secs = _draw(renderer, scenario, folder, samples)
        scores.append(score)
        times_ms.append(secs * 1e3)
        yield result("fidelity", np.array(times_ms[-1:]), n=samples, size=_size(score), **_described(score, OURS))
        score, secs = _draw(renderer, scenario, folder, samples, rays=False)
        frames.append(score)
        yield result("fidelity", np.array([secs * 1e3]), n=samples, size=_size(score), **_described(score, OUR_FRAMES))
        if paths:
            count = options.samples or _PATH_SAMPLES
            score, secs = _draw(renderer, scenario, folder, count, paths=True)
            traced.append(score)
            yield result("fidelity", np.array([secs * 1e3]), n=count, size=_size(score), **_described_paths(score))
    sheets = {}
    if options.out:
        from taixu.bench.contact_sheet import save_contact_sheet

        for name, drawn in (("", scores), ("-frames", frames), ("-paths", traced)):
            if drawn:
                path = save_contact_sheet(Path(options.out) / f"fidelity{name}.png", drawn)
                sheets["sheet" + name.replace("-", "_")] = str(path)
    found = summarize(scores, traced, frames)
    yield result("fidelity", np.array(times_ms), n=samples, scene="median of trusted", **found, **sheets)


def summarize(scores: Sequence[Score], paths: Sequence[Score] = (), frames: Sequence[Score] = ()) -> dict[str, Any]:
    """Medians over the trusted scenes and ranks, ours and of every engine that drew them; of `frames` drawn without rays the
    medians; of `paths` with how many scenes lie below the median of the path tracers that drew them.
    """
    from taixu.render.fidelity import median_flip, median_psnr

    trusted = [score for score in scores if score.is_trusted]
    names = sorted({name for score in trusted for name in score.others_db})
    decibels = {OURS: [s.psnr_db for s in trusted]}
    decibels |= {name: [s.others_db[name] for s in trusted if name in s.others_db] for name in names}
    flips = {name: [s.others_flip[name] for s in trusted if name in s.others_flip] for name in names}
    medians = {name: round(float(np.median(values)), 2) for name, values in decibels.items() if values}
    behind = {s.name: round(_best_real_time(s) - s.psnr_db, 2) for s in trusted if _best_real_time(s) > 0}
    worst = max(behind, key=lambda name: behind[name], default="")
    return {
        "trusted": len(trusted),
        "psnr": round(median_psnr(scores), 2),
        "flip": round(median_flip(scores), 4),
        "rank": _rank(medians[OURS], [v for k, v in medians.items() if k in REAL_TIME]) if trusted else 0,
        "most_behind": {"scene": worst, "db": behind.get(worst, 0.0)},
        **({OUR_FRAMES: {"psnr": round(median_psnr(frames), 2), "flip": round(median_flip(frames), 4)}} if frames else {}),
        **({OUR_PATHS: _paths_in_all(paths)} if paths else {}),
        "peers": {
            name: {"psnr": medians[name], "flip": round(float(np.median(flips[name])), 4), "scenes": len(decibels[name])}
            for name in names
            if flips[name]
        },
    }


def _draw(
    renderer: Renderer, scenario: dict[str, Any], folder: Path, samples: int, *, paths: bool = False, rays: bool = True
) -> tuple[Score, float]:
    from taixu.assets.gltf import read_gltf
    from taixu.assets.image import read_image
    from taixu.defaults import App
    from taixu.render.fidelity import score_scenario
    from taixu.scene import Transform
    from taixu.scene.instantiate import spawn_model

    renderer.lighting.use_sky(np.asarray(read_image(folder / scenario["lighting"])[..., :3], np.float32))
    with App.headless() as app:
        spawn_model(app.world, app.world.spawn(Transform()), read_gltf(folder / scenario["model"]))
        app.settle()
        start = perf_counter()
        score = score_scenario(renderer, app.world, scenario, folder, samples=samples, paths=paths, rays=rays)
        return score, perf_counter() - start


def _described(score: Score, engine: str) -> dict[str, Any]:
    others = {name: {"psnr": score.others_db[name], "flip": score.others_flip.get(name)} for name in sorted(score.others_db)}
    return {
        "scene": score.name,
        "engine": engine,
        "trusted": score.is_trusted,
        "psnr": round(score.psnr_db, 2),
        "flip": round(score.flip, 4),
        "rank": _rank(score.psnr_db, _real_time(score.others_db)),
        "ahead_db": round(score.psnr_db - _best_real_time(score), 2) if _real_time(score.others_db) else None,
        "peers": others,
    }


def _described_paths(score: Score) -> dict[str, Any]:
    median = _median_path_tracer(score)
    return {
        "scene": score.name,
        "engine": OUR_PATHS,
        "trusted": score.is_trusted,
        "psnr": round(score.psnr_db, 2),
        "flip": round(score.flip, 4),
        "path_tracers_median": None if median is None else round(median, 2),
    }


def _paths_in_all(paths: Sequence[Score]) -> dict[str, Any]:
    from taixu.render.fidelity import median_flip, median_psnr

    return {
        "psnr": round(median_psnr(paths), 2),
        "flip": round(median_flip(paths), 4),
        "below_median": [s.name for s in paths if s.is_trusted and s.psnr_db < (_median_path_tracer(s) or 0.0)],
    }


def _median_path_tracer(score: Score) -> float | None:
    from taixu.render.fidelity import PATH_TRACERS

    known = [score.others_db[name] for name in PATH_TRACERS if name in score.others_db]
    return float(np.median(known)) if known else None


def _real_time(values: Mapping[str, float]) -> list[float]:
    return [values[name] for name in REAL_TIME if name in values]


def _best_real_time(score: Score) -> float:
    return max(_real_time(score.others_db), default=0.0)


def _rank(ours: float, others: Sequence[float]) -> int:
    """Our place among the engines that draw in real time, 1 for the nearest to the reference."""
    return 1 + sum(value > ours for value in others)


def _size(score: Score) -> str:
    return f"{score.picture.shape[1]}x{score.picture.shape[0]}"
