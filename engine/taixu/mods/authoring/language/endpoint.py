"""Where a language model is: an address, a model and a key, from the environment or the user's own folder."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError
from taixu.mods.packages.fetch import url_doubt

__all__ = ["Endpoint", "find_endpoint", "settings_file"]

_MOST_BYTES = 1 << 16
_VARIABLES = {"url": "TAIXU_LANGUAGE_URL", "model": "TAIXU_LANGUAGE_MODEL", "key": "TAIXU_LANGUAGE_KEY"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model that can be asked.

    Attributes
    ----------
    url
        The address before ``/chat/completions``: ``http://127.0.0.1:11434/v1``.
    key
        Sent with each question, and shown and recorded nowhere.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)


def settings_file() -> Path:
    """``language.toml`` in the user's own folder, with ``url``, ``model`` and ``key``."""
    from taixu.generate.provenance.identity import identity_folder

    return identity_folder().parent / "language.toml"


def find_endpoint(model: str = "") -> Endpoint:
    """The model to ask: the environment's, else that of the settings.

    Parameters
    ----------
    model
        Goes before both where it is named.

    Raises
    ------
    UsageError
        When no address is known, or one that is not to be used.
    """
    told = _told()
    told.update({name: os.environ[variable] for name, variable in _VARIABLES.items() if os.environ.get(variable)})
    if model:
        told["model"] = model
    url = told.get("url", "").rstrip("/")
    if not url or not told.get("model"):
        raise UsageError(
            "no language model is known here; set TAIXU_LANGUAGE_URL (such as http://127.0.0.1:11434/v1), TAIXU_LANGUAGE_MODEL and,"
            f" where it wants one, TAIXU_LANGUAGE_KEY, or write url, model and key into {settings_file()}"
        )
    doubt = url_doubt(url)
    if doubt:
        raise UsageError(f"the language model's address: {doubt}")
    key = told.get("key", "")
    if not key.isascii() or not key.isprintable() or len(key) > 1000:
        raise UsageError("the language model's key holds what no key has; copy it again")
    if len(told["model"]) > 200 or not told["model"].isprintable():
        raise UsageError(f"{told['model']!a:.80} is no model's name")
    return Endpoint(url, told["model"], key)


def _told() -> dict[str, str]:
    file = settings_file()
    if not file.is_file():
        return {}
    try:
        read = tomllib.loads(read_bytes(file, max_bytes=_MOST_BYTES).decode("utf-8"))
    except (ValueError, TaixuError) as error:
        raise TaixuError(f"{file}: cannot be read: {error}") from error
    return {name: value for name in _VARIABLES if isinstance(value := read.get(name), str)}
