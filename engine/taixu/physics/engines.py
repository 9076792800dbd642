"""Choosing and making a backend."""

from __future__ import annotations

import sys

from taixu.errors import MachineError, UsageError

from . import native
from .base import BackendBase
from .protocol import Settings

__all__ = ["backend_name", "make_backend"]

_MODULES = {"pybullet": "pybullet", "rapier": "rapier3d"}


def backend_name(wanted: str = "auto") -> str:
    """The engine to use: what is wanted, or by itself pybullet where it is installed, else rapier."""
    if wanted != "auto":
        if wanted not in _MODULES:
            raise UsageError(f"There is no physics engine {wanted!r}; there are {' and '.join(_MODULES)}.")
        if not native.available(_MODULES[wanted]):
            raise MachineError(f"The physics engine {wanted} is not installed here; run: pip install {_MODULES[wanted]}")
        return wanted
    for name, module in _MODULES.items():
        if native.available(module):
            return name
    raise MachineError(f"No physics engine is installed for Python {sys.version.split()[0]}; run: pip install rapier3d")


def make_backend(name: str, settings: Settings, *, worker: bool = False) -> BackendBase:
    """An engine in this process, or in one of its own."""
    if worker:
        from .remote import RemoteBackend

        return RemoteBackend(name, settings)
    if name == "pybullet":
        from .pybullet_backend import PybulletBackend

        return PybulletBackend(settings)
    from .rapier_backend import RapierBackend

    return RapierBackend(settings)
