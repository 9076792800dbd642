"""The actions of ``taixu mod``, one module each, imported only when it is called."""

from __future__ import annotations

__all__ = ["ACTIONS"]

ACTIONS = {
    "new": "make one",
    "check": "read and validate",
    "pack": "make a zip",
    "keys": "keys to sign with",
    "sign": "sign a zip",
    "run": "run it without a window",
    "index": "make an index of zips",
    "install": "install, update, agree",
    "list": "what is installed",
    "remove": "uninstall",
    "enable": "run it in a world",
    "disable": "do not",
}
