"""``taixu mod sign``: a signature of minisign beside a zip."""

from __future__ import annotations

import argparse
from pathlib import Path

from taixu.cli.mods.common import password

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Signs a packed mod: writes ZIP.minisig, which minisign reads too, and ZIP.pub beside it."
usage = "ZIP... --key NAME [options]"
example = "taixu mod sign alice.fish-0.1.0.zip --key alice"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the zips and the key."""
    parser.add_argument("files", type=Path, nargs="+", metavar="ZIP", help="from `taixu mod pack`")
    parser.add_argument("--key", required=True, metavar="NAME", help="of `taixu mod keys`, or a secret key's file")


def run(args: argparse.Namespace) -> int:
    """Check each, unlock the key once, sign."""
    from taixu.assets.atomic import write_atomic
    from taixu.assets.paths import read_bytes
    from taixu.mods.packages.keyring import use_key
    from taixu.mods.packages.package import parse_package
    from taixu.mods.packages.secret_key import sign
    from taixu.mods.packages.zip_reader import MAX_ZIP_BYTES

    datas = [(file, read_bytes(file, max_bytes=MAX_ZIP_BYTES)) for file in args.files]
    packages = [(file, data, parse_package(data, place=str(file))) for file, data in datas]
    key = use_key(args.key, password(f"the key {args.key}"))
    out = []
    for file, data, package in packages:
        signature = sign(data, key, comment=f"taixu mod {package.manifest.label} {package.hash}")
        for suffix, text in ((".minisig", signature.file_text), (".pub", key.public.file_text)):
            out.append(file.with_name(file.name + suffix))
            write_atomic(out[-1], text)
        args.console.show(f"{file}: signed by {key.public.name}")
    args.console.answer({"out": out, "key": key.public.text, "key_name": key.public.name})
    return 0
