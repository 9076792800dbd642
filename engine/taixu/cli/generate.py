"""``taixu generate``: content from words, with where it came from recorded in and beside every file."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.cli import options
from taixu.errors import UsageError

if TYPE_CHECKING:
    from taixu.generate import Generation, Generator, Order, Result

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Makes a texture, a material, a sound and more from words; `taixu generators` lists what can be made."
usage = 'KIND "PROMPT" [options]'
example = 'taixu generate sound "a high bright coin" --seed 7 --out coin.wav'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is made, of what, and where it goes."""
    parser.add_argument("kind", metavar="KIND", help="what to make, or the name of a generator")
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
    parser.add_argument("--no-sign", action="store_true", help="leave out the signature (C2PA)")
    parser.add_argument("--detached", action="store_true", help="put the signature beside, as NAME.c2pa")


def run(args: argparse.Namespace) -> int:
    """Make it in a worker process; Ctrl-C ends that, and leaves nothing."""
    from taixu.app import Jobs
    from taixu.generate import Generations, Order

    with Jobs(workers=1) as jobs:
        generations = Generations(jobs)
        generator = generations.generators.find(args.kind, model=args.model)
        seed = secrets.randbits(32) if args.seed is None else args.seed
        settings = _settings(generator, args.set)
        order = Order(generator.name, args.prompt, seed, settings, args.model, tuple(args.parents))
        out = _free_name(args.prompt, generator) if args.out is None else args.out
        with args.console.progress(generator.name, 1) as bar:
            made = generations.submit(order, out=out, sign=not args.no_sign, detached=args.detached, progress=bar.show)
            result = _finished(generations, made)
    _tell(args.console, order, result, out.parent)
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
    files = [str(folder / file.name) for file in result.files]
    for file in files:
        console.show(file)
    console.say(f"{order.generator}, seed {order.seed}" + (", from the cache" if result.is_cached else f", {result.seconds:.2f} s"))
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
        name = Path(f"{stem}{'' if number == 1 else f'-{number}'}{generator.suffix}")
        if not name.exists():
            return name
    raise UsageError(f"there are too many files called {stem}; say with --out where it shall go")
