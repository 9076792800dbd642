"""A command: ``taixu meadow``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.cli.options import positive, positive_integer

__all__ = ["Meadow"]


class Meadow:
    """Writes a meadow as a ``.grass`` file."""

    summary = "grow a meadow: a .grass file of random blades"
    usage = "OUT [options]"
    example = "taixu meadow meadow.grass --blades 5000 --width 10"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the file and how much grows."""
        parser.add_argument("out", type=Path, metavar="OUT", help="the file to write, X.grass")
        parser.add_argument("--blades", type=positive_integer, default=1000, metavar="N", help="how many; 1000")
        parser.add_argument("--width", type=positive, default=4.0, metavar="M", help="edge of the square, in metres; 4")

    def run(self, args: argparse.Namespace) -> int:
        """Write it, whole or not at all."""
        random = np.random.default_rng(0)
        places = random.uniform(-args.width / 2, args.width / 2, (args.blades, 2))
        heights = random.uniform(0.1, 0.3, args.blades)
        lines = (f"{x:.3f} {z:.3f} {height:.3f}\n" for (x, z), height in zip(places, heights))
        write_atomic(args.out, "# x z height, in metres\n" + "".join(lines))
        args.console.show(f"{args.out}: {args.blades} blades")
        args.console.answer({"out": str(args.out), "blades": args.blades})
        return 0
