"""Models that are programs of their own: found where the user installed them, and their weights looked at before they run.

No package index has them. Whoever wants one installs it (its page says how) and, where it is a checkout and not a package, says
where in an environment variable. It is never a parameter: recipes and worlds come from strangers, who must not say what is run.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from taixu.assets.paths import read_bytes
from taixu.errors import MachineError, TaixuError
from taixu.generate.diffusion.loading import told_errors
from taixu.generate.diffusion.machine import find_machine
from taixu.generate.diffusion.tensor_files import is_tensor_file, read_tensor_file

__all__ = ["chosen_device", "import_checkout", "need_tensor_files", "need_trusted", "quiet_and_offline", "read_settings"]

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
_MOST_SETTINGS = 1 << 20


def import_checkout(module: str, variable: str, folders: tuple[str, ...], page: str) -> Any:
    """A module of the user's: installed, or below a folder that an environment variable names.

    Parameters
    ----------
    module
        As it is imported: ``triposg.pipelines.pipeline_triposg``.
    variable
        That names its checkout.
    folders
        Of the checkout, that must be on the path.
    page
        Where it can be had.

    Raises
    ------
    MachineError
        When it is not there, or one of the packages that it needs is not.
    """
    named = os.environ.get(variable, "")
    if named:
        home = Path(named).expanduser()
        if not home.is_dir():
            raise MachineError(f"{variable} names {named[:200]!r}, and there is no such folder")
        for folder in reversed(folders):
            place = str((home / folder).resolve())
            if place not in sys.path:
                sys.path.insert(0, place)
    try:
        return importlib.import_module(module)
    except ImportError as error:
        top = module.partition(".")[0]
        lost = getattr(error, "name", None) or ""
        if lost.partition(".")[0] in ("", top):
            raise MachineError(f"{top} is not installed; get it from {page} and name its folder in {variable}") from error
        raise MachineError(f"{top} needs {lost}, which is not installed; {page} says how") from error


def chosen_device(wanted: str) -> str:
    """What computes: as wanted, or the best there is.

    Raises
    ------
    MachineError
        When it is not there.
    """
    there = find_machine().devices
    if wanted == "auto":
        return there[0]
    if wanted not in there:
        raise MachineError(f"this machine has no {wanted} that torch can use; it has {', '.join(there)}")
    return wanted


def need_tensor_files(folder: Path, *, what: str) -> None:
    """See that there are weights, and that all of them are safetensors with true headers: nothing there can run when it is read.

    Raises
    ------
    TaixuError
        In one sentence.
    """
    found = sorted(each for each in folder.rglob("*") if each.is_file() and is_tensor_file(each))
    if not found:
        raise TaixuError(f"{folder.name}: has no weights in safetensors; {what}")
    for each in found:
        read_tensor_file(each)


def read_settings(path: Path) -> dict[str, Any]:
    """A JSON or YAML file of settings, without tags.

    Raises
    ------
    TaixuError
        When it is missing, too long or damaged.
    """
    import json

    where = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise TaixuError(f"{where}: is missing; download the model whole")
    text = read_bytes(path, max_bytes=_MOST_SETTINGS).decode("utf-8", "replace")
    try:
        if path.suffix == ".json":
            found = json.loads(text)
        else:
            found = importlib.import_module("yaml").safe_load(text)  # comes with what reads such models
    except (ValueError, RecursionError, ImportError) as error:
        raise TaixuError(f"{where}: cannot be read ({type(error).__name__}); download the model anew") from error
    except Exception as error:  # yaml's own errors are no ValueErrors
        raise TaixuError(f"{where}: is no YAML; download the model anew") from error
    if not isinstance(found, dict):
        raise TaixuError(f"{where}: holds no settings; download the model anew")
    return found


def need_trusted(settings: Any, key: str, allowed: re.Pattern[str], where: str, *, deep: int = 0) -> None:
    """See that every value of a key, however deep, is one that is allowed: such values name code that is run.

    Raises
    ------
    TaixuError
        Naming the first that is not.
    """
    if deep > 32:
        raise TaixuError(f"{where}: is nested deeper than any settings are")
    if isinstance(settings, Mapping):
        for name, value in settings.items():
            if name == key and not (isinstance(value, str) and allowed.fullmatch(value)):
                raise TaixuError(f"{where}: wants {str(value)[:80]!r} to be run, which is no part of the model's own program")
            need_trusted(value, key, allowed, where, deep=deep + 1)
    elif isinstance(settings, list):
        for value in settings:
            need_trusted(value, key, allowed, where, deep=deep + 1)


@contextmanager
def quiet_and_offline(name: str) -> Iterator[None]:
    """Nothing is downloaded in the block, nothing of the program's chatter reaches the terminal, and its errors are one sentence.

    Raises
    ------
    TaixuError
        For whatever the program raises.
    """
    import io
    from contextlib import redirect_stderr, redirect_stdout

    before = {key: os.environ.get(key) for key in _OFFLINE}
    os.environ.update(_OFFLINE)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), told_errors(name, "failed"):
            yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
