"""``EXT_structural_metadata``: property tables out of buffer views and into them.

https://github.com/CesiumGS/glTF/tree/3d-tiles-next/extensions/2.0/Vendor/EXT_structural_metadata, the binary table format of
https://github.com/CesiumGS/3d-tiles/tree/main/specification/Metadata.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.buffers import Buffers
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import GltfError
from taixu.assets.gltf.packing import Packer
from taixu.assets.property_tables import Metadata, PropertyTable

__all__ = ["METADATA", "metadata_json", "read_metadata"]

METADATA = "EXT_structural_metadata"
_NUMBERS = {"INT8": "i1", "UINT8": "u1", "INT16": "<i2", "UINT16": "<u2", "INT32": "<i4", "UINT32": "<u4", "INT64": "<i8",
            "UINT64": "<u8", "FLOAT32": "<f4", "FLOAT64": "<f8"}  # fmt: skip
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_VALUE_BYTES = 64
"""What a value counts for once it is an object of Python."""
_MOST_SCHEMA = 4 << 20


def read_metadata(fields: Fields, buffers: Buffers) -> Metadata:
    """The tables of a document; a column that cannot be read is noted and left out."""
    metadata = Metadata(_schema_of(fields, buffers))
    metadata.rest = {name: value for name, value in fields.data.items() if name not in ("schema", "schemaUri", "propertyTables")}
    for table in fields.objects("propertyTables"):
        made = PropertyTable(table.text("class"), table.integer("count", minimum=1, maximum=10_000_000), name=table.name)
        metadata.tables.append(made)
        described, stored = metadata.properties(made.class_name), table.object("properties")
        for name, definition in described.items():
            column = stored.object(name) if stored is not None else None
            if column is None:
                if "default" in definition and buffers.budget.spend(_VALUE_BYTES * made.count):
                    made.columns[name] = [definition["default"]] * made.count
                continue
            try:
                made.columns[name] = _read_column(column, definition, made.count, metadata, buffers)
            except GltfError as error:
                fields.report.error(error.finding.where, error.finding.message)
    return metadata


def _schema_of(fields: Fields, buffers: Buffers) -> dict[str, Any]:
    if "schemaUri" not in fields:
        schema = fields.object("schema")
        return {} if schema is None else dict(schema.data)
    try:
        found = buffers.locate(fields.text("schemaUri"))
        if isinstance(found, Path):
            if found.stat().st_size > _MOST_SCHEMA:
                raise ValueError(f"its schema is larger than {_MOST_SCHEMA:,} bytes")
            found = found.read_bytes()
        schema = json.loads(found[:_MOST_SCHEMA])
    except (OSError, ValueError, RecursionError) as error:
        raise fields.fail("schemaUri", f"the schema cannot be read ({str(error)[:100]})") from None
    return schema if isinstance(schema, dict) else {}


def _read_column(
    fields: Fields, definition: dict[str, Any], count: int, metadata: Metadata, buffers: Buffers
) -> list[Any]:
    total, offsets = count, None
    if definition.get("array"):
        fixed = definition.get("count")
        if isinstance(fixed, int) and fixed > 0:
            offsets = np.arange(count + 1, dtype=np.int64) * min(fixed, 1 << 32)
        else:
            offsets = _offsets(fields, "arrayOffsets", "arrayOffsetType", count, buffers)
        total = int(offsets[-1])
    if not buffers.budget.spend(_VALUE_BYTES * total):
        raise fields.fail("values", f"{total:,} values are more than a file of this size may have")
    values = _values(fields, definition, total, metadata, buffers)
    if offsets is not None:
        values = [values[a:b] for a, b in pairwise(offsets.tolist())]
    if "noData" in definition:
        nothing, instead = definition["noData"], definition.get("default")
        values = [instead if each == nothing else each for each in values]
    return values


def _values(fields: Fields, definition: dict[str, Any], total: int, metadata: Metadata, buffers: Buffers) -> list[Any]:
    kind = str(definition.get("type"))
    data = buffers.view(fields.need("values", "bufferViews"))
    if kind == "STRING":
        offsets = _offsets(fields, "stringOffsets", "stringOffsetType", total, buffers)
        if int(offsets[-1]) > len(data):
            raise fields.fail("stringOffsets", f"they end at byte {int(offsets[-1]):,} of {len(data):,}")
        text, ends = bytes(data), offsets.tolist()
        return [text[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
    if kind == "BOOLEAN":
        bits = np.unpackbits(_array(fields, data, "u1", (total + 7) // 8), bitorder="little")[:total]
        found: list[Any] = bits.astype(bool).tolist()
        return found
    if kind == "ENUM":
        component, names = metadata.enumeration(definition.get("enumType"))
        raw = _array(fields, data, _NUMBERS.get(component, "<u2"), total)
        return [names.get(each, each) for each in raw.tolist()]
    if kind not in _WIDTHS or definition.get("componentType") not in _NUMBERS:
        raise fields.fail("values", f"a property of type {kind[:20]!r} is not read")
    width, dtype = _WIDTHS[kind], np.dtype(_NUMBERS[definition["componentType"]])
    numbers = _array(fields, data, dtype.str, total * width)
    if definition.get("normalized") and dtype.kind in "iu":
        numbers = np.maximum(numbers / np.iinfo(dtype).max, -1.0)
    scale, offset = definition.get("scale"), definition.get("offset")
    if isinstance(scale, (int, float)) or isinstance(offset, (int, float)):
        numbers = numbers * (1.0 if not isinstance(scale, (int, float)) else scale) + (
            0.0 if not isinstance(offset, (int, float)) else offset)  # fmt: skip
    found = (numbers if width == 1 else numbers.reshape(total, width)).tolist()
    return found


def _offsets(fields: Fields, name: str, kind: str, count: int, buffers: Buffers) -> NDArray[np.int64]:
    dtype = _NUMBERS[fields.choice(kind, ("UINT8", "UINT16", "UINT32", "UINT64"), "UINT32")]
    raw = _array(fields, buffers.view(fields.need(name, "bufferViews")), dtype, count + 1)
    found = raw.astype(np.int64)
    if int(found[0]) < 0 or (np.diff(found) < 0).any():
        raise fields.fail(name, "the offsets do not rise")
    return found


def _array(fields: Fields, data: memoryview, dtype: str, count: int) -> NDArray[Any]:
    size = np.dtype(dtype).itemsize * count
    if size > len(data):
        raise fields.fail("values", f"{count:,} values take {size:,} bytes, and there are {len(data):,}")
    return np.frombuffer(data, dtype, count)


def metadata_json(metadata: Metadata, packer: Packer) -> dict[str, Any]:
    """The extension's object, the columns' bytes packed; what the schema does not describe is left out."""
    tables = []
    for table in metadata.tables:
        properties = {}
        for name, definition in metadata.properties(table.class_name).items():
            if name in table.columns:
                properties[name] = _column_json(table.columns[name], definition, metadata, packer)
        made: dict[str, Any] = {"class": table.class_name, "count": table.count, "properties": properties}
        tables.append({"name": table.name, **made} if table.name else made)
    found: dict[str, Any] = {"schema": metadata.schema, **metadata.rest}
    return {**found, "propertyTables": tables} if tables else found


def _column_json(values: list[Any], definition: dict[str, Any], metadata: Metadata, packer: Packer) -> dict[str, Any]:
    nothing = definition.get("noData")
    values = [nothing if each is None else each for each in values]
    made: dict[str, Any] = {}
    if definition.get("array"):
        values = [each if isinstance(each, list) else [] for each in values]
        if not isinstance(definition.get("count"), int):
            ends = np.cumsum([0, *map(len, values)]).astype("<u4")
            made |= {"arrayOffsets": packer.add_bytes(ends.tobytes(), align=8), "arrayOffsetType": "UINT32"}
        values = [one for each in values for one in each]
    kind = definition.get("type")
    if kind == "STRING":
        texts = [str("" if each is None else each).encode("utf-8", "replace") for each in values]
        ends = np.cumsum([0, *map(len, texts)]).astype("<u4")
        made["stringOffsets"] = packer.add_bytes(ends.tobytes(), align=8)
        made["stringOffsetType"] = "UINT32"
        data = b"".join(texts) or b"\0"
    elif kind == "BOOLEAN":
        data = np.packbits([bool(each) for each in values], bitorder="little").tobytes()
    elif kind == "ENUM":
        component, names = metadata.enumeration(definition.get("enumType"))
        numbers = {name: number for number, name in names.items()}
        data = np.array([numbers.get(each, each) or 0 for each in values], _NUMBERS.get(component, "<u2")).tobytes()
    else:
        data = _numbers(values, definition)
    made["values"] = packer.add_bytes(data, align=8)
    return made


def _numbers(values: list[Any], definition: dict[str, Any]) -> bytes:
    dtype, width = np.dtype(_NUMBERS[str(definition.get("componentType"))]), _WIDTHS[str(definition.get("type"))]
    none = 0 if width == 1 else [0] * width
    found = np.array([none if each is None else each for each in values], np.float64 if dtype.kind == "f" else object)
    scale, offset = definition.get("scale"), definition.get("offset")
    if scale is not None or offset is not None:
        found = (found.astype(np.float64) - (offset or 0.0)) / (scale or 1.0)
    if definition.get("normalized") and dtype.kind in "iu":
        found = found.astype(np.float64) * np.iinfo(dtype).max
    if dtype.kind in "iu" and found.dtype.kind == "f":
        found = np.rint(found)
    return found.astype(dtype).tobytes()
