"""``python -m taixu.bench.peers NAME``: one other engine, one JSON object."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

from taixu.bench.peers import PEERS, variants_of
from taixu.bench.peers.common import Request, Skipped


def main() -> None:
    """Measure one variant, or say why not."""
    parser = argparse.ArgumentParser("python -m taixu.bench.peers")
    parser.add_argument("peer", choices=list(PEERS))
    parser.add_argument("--variant")
    parser.add_argument("--scene", choices=("S1", "S2", "S3"), default="S1")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--without-gpu", action="store_true", help="read nothing back: the driver draws nothing")
    parser.add_argument("--picture", type=Path, help="write the last frame here")
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    known = variants_of(args.scene)[args.peer]
    variant = args.variant or known[0]
    if variant not in known:
        parser.error(f"{args.peer} has the variants {', '.join(known)} of {args.scene}")
    request = Request(
        args.scene, variant, args.n, args.frames, width, height, picture=args.picture, read_back=not args.without_gpu
    )
    about = {"peer": args.peer, "variant": variant, "scene": args.scene, "n": args.n}
    try:
        found = import_module(f"taixu.bench.peers.{args.peer}_{'model' if args.scene == 'S3' else 'boxes'}").measure(request)
    except Skipped as why:
        found = {"skipped": str(why)}
    print(json.dumps(about | found), flush=True)


if __name__ == "__main__":
    main()
