"""One device for all tests of a process: making contexts and compiling shaders is what takes the time."""

from __future__ import annotations

from functools import cache

import pytest

from taixu.errors import MachineError
from taixu.gpu import Device, create_device

__all__ = ["shared_device"]


@cache
def _open() -> Device | str:
    try:
        return create_device(debug=True)
    except MachineError as error:
        return str(error)


def shared_device() -> Device:
    """The device; skips the test where this machine has none."""
    found = _open()
    if isinstance(found, str):
        pytest.skip(found)
    return found
