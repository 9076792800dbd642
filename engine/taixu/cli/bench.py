"""``taixu bench``: what this machine reaches, one JSON line for each result."""

from __future__ import annotations

import argparse
import json
from typing import Any

from taixu.bench import BENCHES
from taixu.cli.console import plain
from taixu.cli.options import positive_integer, samples, size
from taixu.errors import MachineError, TaixuError, UsageError

_WITH_PEERS = ["S1", "S2", "S3"]
"""What other engines are asked to draw, where no benchmark is named."""

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Measures this machine, one JSON line for each result; names: " + ", ".join(BENCHES) + "."
usage = "[NAME] [options]"
example = "taixu bench S1 --peers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to measure."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one benchmark; all where left out")
    parser.add_argument("--n", type=positive_integer, metavar="N", help="how many things")
    parser.add_argument("--frames", type=positive_integer, metavar="F", help="how many frames at most")
    parser.add_argument("--size", type=size, metavar="WxH", help="size of pictures")
    parser.add_argument("--peers", action="store_true", help="beside other engines, where they are installed")
    parser.add_argument("--samples", type=samples, metavar="N", help="fidelity: frames that a picture is averaged of")
    parser.add_argument("--only", metavar="PARTS", help="city: which parts, by comma")
    parser.add_argument("--scenes", metavar="NAMES", help="fidelity: which, by comma")
    parser.add_argument("--content", metavar="DIR", help="fidelity: where the scenes are; else TAIXU_CONTENT says it")
    parser.add_argument("--out", metavar="DIR", help="fidelity: where a contact sheet is written")


def run(args: argparse.Namespace) -> int:
    """Run each in a process of its own; a benchmark that fails leaves the others to go on."""
    from taixu.bench.runner import run_bench

    if args.name is not None and args.name not in BENCHES:
        raise UsageError(f"there is no benchmark {args.name!r}; there are {', '.join(BENCHES)}")
    if args.name != "fidelity" and (args.scenes or args.content or args.out):
        raise UsageError("--scenes, --content and --out are for the benchmark fidelity: taixu bench fidelity")
    if args.only and args.name != "city":
        raise UsageError("--only is for the benchmark city: taixu bench city --only plan,sweep")
    options = ("n", "frames", "samples", "scenes", "content", "out", "only")
    given = [f"--{name}={getattr(args, name)}" for name in options if getattr(args, name)]
    given += [f"--size={args.size[0]}x{args.size[1]}"] if args.size else []
    given += ["--peers"] if args.peers else []
    if args.name == "fidelity":
        from taixu.bench.fidelity import find_scenarios

        find_scenarios(args.content or "")  # said here, where the sentence and the status are the user's
    results: list[dict[str, Any]] = []
    failures: list[str] = []
    for name in [args.name] if args.name else _WITH_PEERS if args.peers else _all_that_can_run():
        args.console.say(f"{name}: {BENCHES[name]}")
        try:
            for found in run_bench(name, given):
                results.append(found)
                args.console.show(json.dumps(plain(found)))
        except MachineError as error:
            failures.append(str(error))
            args.console.say(f"taixu: {error}")
    if args.name in ("quality", "stability") and results:
        from taixu.bench import quality, stability

        args.console.say((quality if args.name == "quality" else stability).table(results))
    status = MachineError.exit_status if failures else 0
    args.console.answer((results[0] if results else {}) | {"results": results, "failures": failures})
    return status


def _all_that_can_run() -> list[str]:
    """All benchmarks; without content there is nothing to be near to."""
    from taixu.bench.fidelity import find_scenarios

    try:
        find_scenarios()
    except TaixuError:
        return [name for name in BENCHES if name != "fidelity"]
    return list(BENCHES)
