"""``taixu mod index``: a folder of signed zips becomes an index."""

from __future__ import annotations

import argparse
from pathlib import Path

from taixu.cli.mods.common import password
from taixu.cli.options import positive_integer

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Makes an index of a folder of signed zips (authors' keys in DIR/keys/*.pub); any web server can give it to others."
usage = "DIR --key NAME [options]"
example = "taixu mod index public --key community"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder and the key."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="zips, their .minisig, keys/, and revoked.toml")
    parser.add_argument("--key", required=True, metavar="NAME", help="the index's key, of `taixu mod keys`")
    parser.add_argument("--name", default="", metavar="TEXT", help="what the index is called; as before, or as the folder")
    parser.add_argument("--days", type=positive_integer, default=90, metavar="N", help="so long it counts; 90")
    parser.add_argument("--rebind", action="append", default=[], metavar="ID", help="let a mod change to another author; often")


def run(args: argparse.Namespace) -> int:
    """Verify all and write the index."""
    from taixu.mods.packages.index_making import make_index
    from taixu.mods.packages.keyring import use_key

    key = use_key(args.key, password(f"the key {args.key}"))
    made = make_index(args.folder, key, name=args.name, rebind=frozenset(args.rebind), days=args.days)
    count = sum(map(len, made.data.entries.values()))
    for warning in made.warnings:
        args.console.say(f"careful: {warning}")
    mods = len(made.data.entries)
    args.console.show(f"{args.folder / 'index.json'}: {mods} mod{'s' * (mods != 1)}, {count} package{'s' * (count != 1)}, "
                      f"serial {made.data.serial}, counts until {made.data.expires}")
    args.console.answer({
        "out": str(args.folder / "index.json"), "mods": mods, "packages": count, "serial": made.data.serial,
        "expires": str(made.data.expires), "key": key.public.text, "warnings": made.warnings,
    })  # fmt: skip
    return 0
