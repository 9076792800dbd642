"""``taixu generate script``: what was written is checked, tried in the box and shown before it is anywhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.generate import Generations, Generator, Order, Result

__all__ = ["free_folder", "run_script", "world_names", "world_of"]

_SHOWN_LINES = 200
_MOST_NAMES = 400


def world_of(out: Path | None, named: Path | None) -> Path | None:
    """The world that a mod is tried in: the one that is named, else the project's that it goes into."""
    if named is not None:
        if not named.exists():
            raise UsageError(f"--world: there is no {named}")
        return named
    start = (out or Path()).absolute()
    return next((folder for folder in (start, *start.parents) if (folder / "taixu.toml").is_file()), None)


def world_names(world: Path | None) -> str:
    """What the entities of a world are called, as the generator's parameter holds it."""
    from taixu.defaults import App
    from taixu.scene import Name

    if world is None:
        return ""
    with App.headless(trust=False) as app:
        app.open(world, trust=False, mods=False)
        columns = app.world
        names = dict.fromkeys(columns.get(int(entity), Name).text for entity in columns.query(Name).entities)
    return "|".join([name for name in names if name and "|" not in name and len(name) <= 60][:_MOST_NAMES])


def free_folder(prompt: str, project: Path | None) -> Path:
    """A folder for a mod that is not taken: in the project's ``mods``, where there is one."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in prompt.lower())
    words = plain.split()
    stem = "_".join(words[:5])[:40] or "mod"
    above = Path() if project is None or not project.is_dir() else project / "mods"
    for number in range(1, 10_000):
        folder = above / f"{stem}{'' if number == 1 else f'_{number}'}"
        if not folder.exists():
            return folder
    raise UsageError(f"there are too many mods called {stem}; say with --out where it shall go")


def run_script(args: argparse.Namespace, generations: Generations, generator: Generator, order: Order) -> int:
    """Write a mod, try it, show what changes, and only then lay its files; status 1 where it does not stand the trial."""
    from taixu.defaults.mod_trials import try_mod
    from taixu.mods.authoring.difference import difference, read_files

    console = args.console
    world = world_of(args.out, args.world)
    out = args.out or free_folder(args.prompt, world_of(None, None))
    with console.progress(generator.name, 2) as bar:
        result = _result(generations, order, None, args, bar.show)
        files = {file.name: file.read_text("utf-8") for file in result.files}
        trial = try_mod(files, world, seed=order.seed)
        bar.step()
    said = dict(result.provenances[0].settings)
    lines = difference(read_files(out, dict.fromkeys(files, "")) if out.is_dir() else {}, files)
    _show(console, said, lines, str(trial))
    for line in trial.log[-20:]:
        console.show(f"  {line}")
    # Without a box nothing can be tried, and nothing would run either: the files are worth having all the same.
    stands = not trial.fault and not trial.traps
    written = _result(generations, order, out, args, lambda fraction, text: None).files if stands else ()
    for file in written:
        console.show(str(out / file.name))
    if not stands:
        console.say("nothing was written: it does not run")
    console.answer({
        "out": [str(out / file.name) for file in written], "seconds": round(result.seconds, 4), "seed": order.seed,
        "generator": result.generator, "parameters": result.parameters, "cached": result.is_cached, "result": result.key,
        "id": said.get("id", ""), "understood": said.get("understood", []), "not_understood": said.get("not_understood", []),
        "doubts": said.get("doubts", []), "difference": lines, "trial": _facts(trial),
    })  # fmt: skip
    return 0 if stands else TaixuError.exit_status


def _facts(trial: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(trial)


def _result(generations: Generations, order: Order, out: Path | None, args: argparse.Namespace, progress: Any) -> Result:
    made = generations.submit(order, out=out, sign=not args.no_sign, detached=args.detached, progress=progress)
    try:
        return generations.result(made)
    except BaseException:
        made.cancel()
        generations.wait(made, timeout_secs=10.0)
        raise


def _show(console: Any, said: dict[str, Any], lines: list[str], trial: str) -> None:
    for text in said.get("understood", []):
        console.show(f"it does: {text}")
    for text in said.get("not_understood", []):
        console.say(f"not understood, and left out: {text}")
    for text in said.get("doubts", []):
        console.say(f"note: {text}")
    for line in lines[:_SHOWN_LINES]:
        console.show(line)
    if len(lines) > _SHOWN_LINES:
        console.show(f"... and {len(lines) - _SHOWN_LINES} more lines")
    console.show(trial)
