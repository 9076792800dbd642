"""Checking a glTF: a tolerant reading, and what a reader has no need to know but an author wants to be told."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.accessors import Accessor, Accessors
from taixu.assets.gltf.buffers import MESHOPT_EXTENSIONS, Buffers
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import Finding, GltfError, Report
from taixu.assets.gltf.limits import Limits
from taixu.assets.gltf.reader import Document, guarded, read_bytes
from taixu.assets.gltf.uris import folder_resolver
from taixu.assets.gltf.usage import check_usage

__all__ = ["check_gltf"]

_FEW = 64


def check_gltf(path: str | Path, *, limits: Limits | None = None) -> list[Finding]:
    """List everything found wrong with a ``.gltf``, ``.glb`` or ``.vrm`` file.

    Besides what the reader finds: whether accessors lie within their declared bounds, alignment and strides, whether
    all declared extensions are used, and unused or empty objects.

    Parameters
    ----------
    path : str or Path
        The file.
    limits : Limits, optional
        What the file may ask for.

    Returns
    -------
    list of Finding
        Errors first; empty when there is nothing to say.

    Raises
    ------
    GltfError
        There is no such file, or it cannot be opened.
    """
    file = Path(path)
    limits = limits or Limits()
    report = Report(tolerant=True)
    data = read_bytes(file, limits)
    try:
        with guarded():
            document = Document(data, resolver=folder_resolver(file.parent), limits=limits, report=report)
            model = document.model()
            check_buffers(document.buffers, report)
            check_accessors(document.accessors, report)
            check_usage(document.root, model, report)
    except GltfError as error:
        report.findings.append(error.finding)
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(dict.fromkeys(report.findings), key=lambda finding: order[finding.severity])


def check_buffers(buffers: Buffers, report: Report) -> None:
    """Look at every buffer and buffer view, used or not."""
    for index in range(len(buffers.buffer_fields)):
        with report.object():
            buffers.length(index)
            if not buffers.is_placeholder(index):
                buffers.buffer(index)
    for index, fields in enumerate(buffers.view_fields):
        fields.other_extensions(*MESHOPT_EXTENSIONS)
        with report.object():
            buffers.stride(index)
            if _has_bytes(buffers, index):
                buffers.view(index)
            elif fields.integer("byteLength") == 0:
                report.error(fields.at("byteLength"), "a buffer view must have at least one byte")


def _has_bytes(buffers: Buffers, view: int) -> bool:
    fields = buffers.view_fields[view]
    if any(fields.extension(name) is not None for name in MESHOPT_EXTENSIONS):
        return True
    return not buffers.is_placeholder(fields.need("buffer", "buffers"))


def check_accessors(accessors: Accessors, report: Report) -> None:
    """Look at every accessor, used or not: does it fit its buffer view, and its values its declared bounds?"""
    for index, fields in enumerate(accessors.fields):
        fields.other_extensions()
        with report.object():
            header = accessors.header(index)
            if header.view is not None:
                _check_alignment(fields, accessors, header.view, offset=header.offset, size=header.dtype.itemsize)
                if not _has_bytes(accessors.buffers, header.view):
                    _check_length(fields, accessors.buffers, header)
                    continue
            _check_bounds(fields, accessors, index)


def _check_alignment(fields: Fields, accessors: Accessors, view: int, *, offset: int, size: int) -> None:
    start = accessors.buffers.view_fields[view].integer("byteOffset", 0)
    if (start + offset) % size:
        fields.report.error(fields.where, f"it begins at byte {start + offset}, which is no multiple of {size}")
    stride = accessors.buffers.stride(view)
    if stride % size:
        fields.report.error(fields.where, f"its buffer view's stride, {stride}, is no multiple of {size}")


def _check_length(fields: Fields, buffers: Buffers, header: Accessor) -> None:
    """Compare an accessor with its buffer view where there are no bytes to look at."""
    if header.view is not None:
        stride = buffers.stride(header.view) or header.element_size
        end = header.offset + (header.count - 1) * stride + header.element_size
        length = buffers.view_fields[header.view].integer("byteLength")
        if end > length:
            fields.report.error(fields.where, f"it ends at byte {end:,} of a buffer view of {length:,}")


def _are_bounds(fields: Fields, values: NDArray[Any]) -> bool:
    """Whether few values have their declared bounds, said without the cost of arrays; False is no verdict."""
    columns = list(zip(*values.tolist(), strict=True))
    try:
        for name, pick in (("min", min), ("max", max)):
            declared = fields.data.get(name)
            if declared is None:
                continue
            if values.dtype.kind == "f":
                declared = struct.unpack(f"<{len(declared)}f", struct.pack(f"<{len(declared)}f", *declared))
            if list(declared) != [pick(column) for column in columns]:
                return False
    except (TypeError, struct.error, OverflowError):
        return False
    return True


def _check_bounds(fields: Fields, accessors: Accessors, index: int) -> None:
    """Compare the declared ``min`` and ``max`` with the stored values (not normalised)."""
    if accessors.header(index).view is None and "sparse" not in fields:
        return  # its values come from elsewhere: an extension, or the application
    values = accessors.raw(index)
    if values.dtype.kind == "f":
        values = accessors.floats(index)
    if "min" not in fields and "max" not in fields:
        return
    if not accessors.budget.spend(values.nbytes):
        raise fields.fail("", "its bounds are not looked at: the accessors overlap too much")
    if values.size <= _FEW and _are_bounds(fields, values):
        return
    for name, actual in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
        if name not in fields:
            continue
        declared = np.array(fields.numbers(name, [0.0] * values.shape[1]))
        with np.errstate(over="ignore"):
            declared = declared.astype(values.dtype if values.dtype.kind == "f" else np.float64)
        for component in np.flatnonzero(declared != actual):
            message = f"component {component} says {declared[component]:g}, but it is {actual[component]:g}"
            fields.report.error(fields.at(name), message)
