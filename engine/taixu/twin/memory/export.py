"""A recording as tables for questions: one Parquet file a column, with both times of every value.

    duckdb.sql("select entity, max(value) from 'tables/motor.temperature.parquet' where at > '2026-05-01' group by entity")
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from taixu.errors import MachineError, TaixuError
from taixu.twin.memory.columns import ColumnInfo
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.postgres import hexadecimal
from taixu.twin.memory.recording import Recording

__all__ = ["export_tables"]

_ROWS_A_GROUP = 1 << 18
_MOST_WAITING = 1 << 21
_LONGEST_NAME = 150


def export_tables(
    recording: Recording, folder: Path, *, components: tuple[str, ...] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write what a recording holds into a new folder.

    Files have ``known`` and ``at`` (timestamps in UTC), ``entity`` (as world files write ids), ``late`` (whether a newer value
    was known before), and ``value``, or ``x y z w``.

    Parameters
    ----------
    components
        Only columns of these.
    progress
        Called with the blocks that are done, and how many there are.

    Returns
    -------
    dict
        Rows by file.

    Raises
    ------
    TaixuError
        When the folder is not empty, or cannot be written.
    """
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise MachineError('tables need pyarrow; pip install "taixu[twin]" brings it') from None
    if folder.is_dir() and any(folder.iterdir()):
        raise TaixuError(f"{folder} is not empty; choose a new folder for the tables")
    writers: dict[str, _Table] = {}
    waiting = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for done, total, known_ns, is_late, ids, entry in recording.walk(components):
            if entry is not None:
                name = f"{entry.column.component}.{entry.column.field}"
                if name not in writers:
                    writers[name] = _Table(arrow, parquet, folder / f"{_file_name(name)}.parquet", entry.column)
                waiting += writers[name].add(known_ns, is_late, ids, entry)
                if waiting > _MOST_WAITING:  # of many columns together
                    waiting = 0
                    for table in writers.values():
                        table.flush()
            elif progress is not None:
                progress(done, total)
    except OSError as error:
        raise TaixuError(f"{folder}: the tables cannot be written ({error.strerror or error})") from error
    finally:
        for table in writers.values():
            table.close()
    return {f"{_file_name(name)}.parquet": table.rows for name, table in sorted(writers.items())}


def _file_name(column: str) -> str:
    """What a column's file is called: a recording may say anything, and a name leads nowhere else."""
    kept = re.sub(r'[\x00-\x1f/\\:*?"<>|%]', lambda sign: f"%{ord(sign[0]):02X}", column)
    return kept if len(kept) <= _LONGEST_NAME else kept[:_LONGEST_NAME] + blake2b(column.encode(), digest_size=8).hexdigest()


class _Table:
    """One column's file, written in groups of rows."""

    def __init__(self, arrow: Any, parquet: Any, path: Path, column: ColumnInfo) -> None:
        moment = arrow.timestamp("ns", tz="UTC")
        kind = arrow.string() if column.is_object else arrow.from_numpy_dtype(column.numpy)
        values = [(name, kind) for name in ("xyzw"[: column.width] if 1 < column.width <= 4 else ["value"])]
        if column.width > 4:
            values = [(f"value_{i}", kind) for i in range(column.width)]
        self.rows = 0
        self._arrow = arrow
        head = [("known", moment), ("at", moment), ("entity", arrow.string()), ("late", arrow.bool_())]
        self._schema = arrow.schema([*head, *values])
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd", compression_level=1)
        self._waiting: list[Any] = []
        self._waiting_rows = 0

    def add(self, known_ns: int, is_late: bool, ids: np.ndarray[Any, Any], entry: Entry) -> int:
        """Take values in; gives by how many more wait than before."""
        count, before = len(entry.tracks), self._waiting_rows
        values: Any = entry.values if entry.column.width > 1 else entry.values[None]
        if entry.column.is_object:
            values = [[each if isinstance(each, str) or each is None else str(each) for each in entry.values.tolist()]]
        names = self._arrow.Array.from_buffers(
            self._arrow.utf8(), count,
            [None, self._arrow.py_buffer(np.arange(0, 16 * count + 1, 16, dtype=np.int32)),
             self._arrow.py_buffer(hexadecimal(ids[entry.tracks]))],
        )  # fmt: skip
        columns = [np.full(count, known_ns), entry.times_ns, names, np.full(count, is_late), *values]
        arrays = [
            column if column is names else self._arrow.array(column, field.type) for column, field in zip(columns, self._schema)
        ]
        self._waiting.append(self._arrow.record_batch(arrays, schema=self._schema))
        self._waiting_rows += count
        self.rows += count
        if self._waiting_rows >= _ROWS_A_GROUP:
            self.flush()
        return self._waiting_rows - before

    def close(self) -> None:
        self.flush()
        self._writer.close()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            self._writer.write_table(self._arrow.Table.from_batches(self._waiting, self._schema), row_group_size=_ROWS_A_GROUP)
            self._waiting, self._waiting_rows = [], 0
