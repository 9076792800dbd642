"""``python -m taixu.bench NAME``: one benchmark in this process, one JSON object a line. `taixu bench` calls it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace

from taixu.bench.catalogue import BENCHES, load_bench
from taixu.errors import TaixuError


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m taixu.bench")
    parser.add_argument("name", choices=list(BENCHES))
    parser.add_argument("--n", type=int)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--size", type=_size)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--without-gpu", action="store_true")
    parser.add_argument("--samples", type=int)
    for name in ("scenes", "content", "out", "only"):
        parser.add_argument(f"--{name}")
    args = parser.parse_args()
    given = {name: value for name, value in vars(args).items() if name != "name" and value is not None}
    try:
        bench = load_bench(args.name)
        for found in bench.measure(replace(bench.defaults, **given)):
            print(json.dumps(found), flush=True)
    except TaixuError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
