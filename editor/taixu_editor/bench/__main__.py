"""``python -m taixu_editor.bench KIND PROJECT``: one part of the benchmark in this process, one JSON object a line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from taixu.errors import TaixuError
from taixu_editor.bench import run_child


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m taixu_editor.bench")
    parser.add_argument("kind")
    parser.add_argument("project", type=Path)
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--frames", type=int, required=True)
    args = parser.parse_args()
    try:
        for found in run_child(args.kind, args.project, n=args.n, frames=args.frames):
            sys.stdout.write(json.dumps(found) + "\n")
            sys.stdout.flush()
    except TaixuError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
