"""``taixu mod keys``: keys to sign with."""

from __future__ import annotations

import argparse

from taixu.cli.mods.common import password
from taixu.errors import UsageError

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Lists your keys, or makes one; others get the public line. Keys are minisign's, locked with a password."
usage = "[new NAME] [options]"
example = "taixu mod keys new alice"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is done."""
    parser.add_argument("act", nargs="?", choices=("new",), metavar="new", help="make a key")
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="how you call it")


def run(args: argparse.Namespace) -> int:
    """Make one, or list them."""
    from taixu.mods.packages.keyring import list_keys, new_key

    if args.act == "new":
        if not args.name:
            raise UsageError("name the key: taixu mod keys new NAME")
        made = new_key(args.name, password(f"the new key {args.name}", twice=True))
        args.console.say(f"{made.file}: keep a copy of it in a safe place; nobody can make it again")
        keys = [made]
    else:
        keys = list_keys()
        if not keys:
            args.console.say("there is no key yet; taixu mod keys new NAME makes one")
    for key in keys:
        args.console.show(f"{key.name}  {key.public.name}  {key.public.text}")
    args.console.answer({
        "keys": [{"name": key.name, "number": key.public.name, "key": key.public.text, "file": str(key.file)} for key in keys]
    })
    return 0
