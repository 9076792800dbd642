"""``taixu generate``: content from words, with where it came from recorded in and beside every file."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.cli import options
from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.generate import Generation, Generator, Order, Result

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

_MOST_SHOWN = 24

summary = "Makes a texture, a material, a sound and more from words; `taixu generators` lists what can be made."
usage = 'KIND "PROMPT" [options]  |  --again PATH [options]'
example = 'taixu generate sound "a high bright coin" --seed 7 --out coin.wav'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is made, of what, and where it goes."""
    parser.add_argument("kind", metavar="KIND", nargs="?", default="", help="what to make, or the name of a generator")
    parser.add_argument(
        "prompt", metavar="PROMPT", nargs="?", default="", help="words, in English or Chinese; at most 4,000 letters"
    )
    parser.add_argument("--seed", type=options.seed, metavar="N", help="the same seed makes the same; by chance, and told")
    parser.add_argument("--out", type=Path, metavar="PATH", help="the file, or what names begin with; named after the words")
    parser.add_argument("--model", default="", metavar="MODEL", help="weights: a folder or a file, for generators that use some")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a parameter; may be given often")
    parser.add_argument(
        "--from", action="append", default=[], dest="parents", type=Path, metavar="FILE", help="make it from this; often"
    )
    parser.add_argument(
        "--again", type=Path, metavar="PATH", help="make a file and what hangs below anew; in a folder, what is stale"
    )
    parser.add_argument("--world", type=Path, metavar="WORLD", help="of a script: what it is written for and tried in")
    parser.add_argument("--no-sign", action="store_true", help="leave out the signature (C2PA)")
    parser.add_argument("--detached", action="store_true", help="put the signature beside, as NAME.c2pa")


def run(args: argparse.Namespace) -> int:
    """Make it in a worker process; Ctrl-C ends that, and leaves nothing."""
    from taixu.app import Jobs

    if args.again is not None:
        return _run_again(args)
    if not args.kind:
        raise UsageError("say what to make; `taixu generators` lists what can be made")
    with Jobs(workers=1) as jobs:
        jobs.submit("taixu.generate.warming:warm", (args.kind, args.prompt), label="reading ahead")
        from taixu.generate import Generations, Order  # while the worker begins

        generations = Generations(jobs)
        generator = generations.generators.find(args.kind, model=args.model, parents=args.parents)
        seed = secrets.randbits(32) if args.seed is None else args.seed
        settings = _settings(generator, args.set)
        if generator.makes == "script":
            from taixu.cli.generate_script import run_script, world_names, world_of

            settings.setdefault("names", world_names(world_of(args.out, args.world)))
            order = Order(generator.name, args.prompt, seed, settings, args.model, tuple(args.parents))
            return run_script(args, generations, generator, order)
        order = Order(generator.name, args.prompt, seed, settings, args.model, tuple(args.parents))
        out = _free_name(args.prompt, generator) if args.out is None else args.out
        with args.console.progress(generator.name, 1) as bar:
            made = generations.submit(order, out=out, sign=not args.no_sign, detached=args.detached, progress=bar.show)
            result = _finished(generations, made)
    _tell(args.console, order, result, out if generator.makes_folder else out.parent)
    return 0


def _run_again(args: argparse.Namespace) -> int:
    """Make again what a file, or a project, has become out of date with; what a hand has changed stays."""
    from taixu.app import Jobs
    from taixu.generate import Generations, remake

    path = args.again.absolute()
    if args.kind or args.set or args.parents or args.out or args.seed is not None:
        raise UsageError("--again takes words, seed and parameters from what stands beside the file; leave them out")
    if not path.exists():
        raise TaixuError(f"{args.again}: there is no such file")
    root = path if path.is_dir() else next((each for each in path.parents if (each / "taixu.toml").is_file()), path.parent)
    models = {name: args.model for name in (Path(args.model).name, args.model) if name}
    with Jobs(workers=1) as jobs:
        done = remake(root, Generations(jobs), None if path.is_dir() else path, sign=not args.no_sign, models=models)
    files = [str(file) for result in done.results for file in result.files]
    for file in files:
        args.console.show(file)
    for kept in done.kept:
        args.console.say(f"{kept}: was changed by hand, and is kept; delete it to have it made anew")
    args.console.answer({"out": files, "seconds": round(sum(each.seconds for each in done.results), 4), "kept": list(done.kept)})
    return 0


def _finished(generations: Any, made: Generation) -> Result:
    try:
        found: Result = generations.result(made)
    except BaseException:
        made.cancel()
        generations.wait(made, timeout_secs=10.0)
        raise
    return found


def _tell(console: Any, order: Order, result: Result, folder: Path) -> None:
    from taixu.generate import licence_findings

    files = [str(folder / file.name) for file in result.files]
    for file in files if len(files) <= _MOST_SHOWN else files[: _MOST_SHOWN // 2]:
        console.show(file)
    if len(files) > _MOST_SHOWN:  # a city is some hundreds; --json names them all
        console.say(f"and {len(files) - _MOST_SHOWN // 2:,} more files in {folder}")
    console.say(f"{order.generator}, seed {order.seed}" + (", from the cache" if result.is_cached else f", {result.seconds:.2f} s"))
    unknown = result.provenances[0].settings.get("not_understood", ())
    if unknown:
        console.say(f"not understood: {', '.join(map(str, unknown))}")
    missing = result.provenances[0].settings.get("not_made", "")
    if missing:
        console.say(f"not made: {missing}")
    for world in (each for each in files if each.endswith(".world.json")):
        console.say(f"taixu edit {world} opens it; taixu run {world} plays it")
    for said in dict.fromkeys(each.message for each in licence_findings(result.files[:1]) if each.severity == "warning"):
        console.say(said)
    console.answer({
        "out": files, "seconds": round(result.seconds, 4), "seed": order.seed,
        "generator": result.generator, "parameters": result.parameters, "cached": result.is_cached, "result": result.key,
        "content": [each.content for each in result.provenances],
    })  # fmt: skip


def _settings(generator: Generator, words: list[str]) -> dict[str, Any]:
    from taixu.generate.settings import read_settings

    return read_settings(generator, words)


def _free_name(prompt: str, generator: Generator) -> Path:
    """A name after the first words, in the working directory, that is not taken."""
    letters = "".join(letter if letter.isalnum() else "-" for letter in prompt.casefold())
    stem = "-".join(list(filter(None, letters.split("-")))[:5])[:48] or generator.name
    for number in range(1, 10_000):
        ending = "" if generator.makes_folder else generator.suffix
        name = Path(f"{stem}{'' if number == 1 else f'-{number}'}{ending}")
        if not name.exists():
            return name
    raise UsageError(f"there are too many files called {stem}; say with --out where it shall go")
