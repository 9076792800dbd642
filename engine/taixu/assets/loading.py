"""Reading one asset, here or in a worker process, with all that is to be known about where it came from."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from taixu.app.worker import find_function
from taixu.assets.content_hash import content_hash
from taixu.assets.model import ModelData
from taixu.assets.model_cache import cache_key, fetch_model, store_model
from taixu.assets.paths import recorded_reads, safe_uri
from taixu.assets.tangents import add_tangents
from taixu.errors import TaixuError

__all__ = ["LoadedAsset", "Signature", "file_signature", "load_asset", "model_dependencies"]

Signature = tuple[int, int]
"""When a file was written (nanoseconds) and its bytes; (0, 0) where there is none."""

_MAX_JSON = 1 << 26
_WORTH_KEEPING_SECS = 0.02


@dataclass(slots=True)
class LoadedAsset:
    """What came of reading a file.

    Attributes
    ----------
    data
        What its importer made.
    content_hash
        Of the file itself.
    dependencies
        All files that were looked at, the file itself among them, as they were before reading.
    """

    data: Any
    content_hash: str
    dependencies: dict[Path, Signature]


def file_signature(path: Path) -> Signature:
    """What tells whether a file was written since, without reading it."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def load_asset(
    path: Path, importer: str | Callable[..., Any], *, root: Path, settings: Mapping[str, Any] | None = None,
    name: str = "",
) -> LoadedAsset:
    """Read a file with an importer.

    Parameters
    ----------
    importer
        A function, or ``module:function`` (whose models are cached when they take long); it is given `root` and the
        settings where it has parameters for them.
    root
        The project's folder; nothing outside is read.
    settings
        From the sidecar.
    name
        How to call the file in errors; its path by default.

    Raises
    ------
    TaixuError
        When it cannot be read: one sentence.
    """
    before = file_signature(path)
    function = find_function(importer) if isinstance(importer, str) else importer
    key, digest = "", ""
    if isinstance(importer, str) and before != (0, 0):
        digest = content_hash(path)
        key = cache_key(path, digest, importer, settings or {})
        cached = fetch_model(key)
        if cached is not None and all(file_signature(file) == known for file, known in cached[1].items()):
            return LoadedAsset(cached[0], digest, cached[1])
    start = perf_counter()
    with recorded_reads() as reads:
        try:
            data = function(path, **_arguments(function, root, settings or {}, name or str(path)))
        except TaixuError:
            raise
        except MemoryError:
            raise TaixuError(f"{name or path}: needs more memory than there is") from None
        except OSError as error:
            raise TaixuError(f"{name or path}: cannot be read: {error.strerror or error}") from error
    files: Iterable[Path] = reads
    if isinstance(data, ModelData):
        add_tangents(data)
        files = [*reads, *model_dependencies(path, data)]
    dependencies = {file: file_signature(file) for file in files}
    dependencies[path] = before
    if key and isinstance(data, ModelData) and perf_counter() - start > _WORTH_KEEPING_SECS:
        store_model(key, data, dependencies)
    return LoadedAsset(data, digest or content_hash(path), dependencies)


def _arguments(function: Callable[..., Any], root: Path, settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        parameters = {}  # type: ignore[assignment]
    taken = {key for key, one in parameters.items() if one.kind == one.KEYWORD_ONLY}
    arguments = dict(settings)
    for key in settings:
        if key not in taken or key == "root":
            raise TaixuError(f"{name}: its sidecar has a setting {key!r}, which its importer does not take")
    if "root" in taken:
        arguments["root"] = root
    return arguments


def model_dependencies(path: Path, model: ModelData) -> list[Path]:
    """The files that a model refers to: pictures, and the buffers of a ``.gltf``."""
    found = [image.path for image in model.images if image.path is not None]
    if path.suffix.lower() == ".gltf":
        with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
            if path.stat().st_size <= _MAX_JSON:
                for buffer in json.loads(path.read_bytes()).get("buffers", []):
                    uri = buffer.get("uri", "")
                    if uri and not uri.startswith("data:"):
                        with suppress(TaixuError):
                            found.append(safe_uri(path.parent, uri))
    return found
