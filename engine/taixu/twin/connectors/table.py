"""Tables as sources: CSV and Parquet files, played as if they happened now, or at the times they tell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError
from taixu.twin.batch import Batch
from taixu.twin.connectors.pace import Pace
from taixu.twin.connectors.player import FilePlayer

__all__ = ["TableConnector", "TableParameters", "read_table"]

_CHUNK_ROWS = 65536
_MAX_FIELD = 4096


@dataclass(frozen=True)
class TableParameters:
    """Which file, and how it is played."""

    path: str = field(default="", metadata={"doc": "A .csv or .parquet file."})
    topic: str = field(default="table", metadata={"doc": "What its rows are about."})
    time: str = field(default="time", metadata={"doc": "The column of times: seconds since 1970, sorted."})
    key: str = field(default="key", metadata={"doc": "The column that names things; there may be none."})
    speed: float = field(default=1.0, metadata={"doc": "How fast; 0 is as fast as it goes.", "minimum": 0.0, "maximum": 1e6})
    shift: bool = field(default=True, metadata={"doc": "As if it began now; else at the times that it tells."})


class TableConnector(FilePlayer):
    """Plays a file."""

    kind, parameters = "table", TableParameters

    def _play(self) -> None:
        settings: TableParameters = self.settings
        pace = None
        for batch in read_table(self._path, topic=settings.topic, time_column=settings.time, key_column=settings.key):
            if pace is None and len(batch):
                pace = Pace(int(batch.times_ns[0]), speed=settings.speed, shift=settings.shift)
            start = 0
            while start < len(batch) and pace is not None:
                end = int(np.searchsorted(batch.times_ns, pace.due_ns, "right"))
                if end <= start:
                    if pace.wait(int(batch.times_ns[start]), self._closing):
                        return
                    continue
                times = pace.told(batch.times_ns[start:end])
                fields = {name: column[start:end] for name, column in batch.fields.items()}
                part = Batch(batch.topic, batch.numbers[start:end], times, fields, batch.keys, self.link.name)
                self.link.status.messages += 1
                if self._closing.is_set() or not self.link.leave([part], stop=self._closing.is_set):
                    return
                start = end


def read_table(path: Path, *, topic: str, time_column: str = "time", key_column: str = "key") -> Iterator[Batch]:
    """The rows of a file, in batches.

    Raises
    ------
    TaixuError
        When it cannot be read, lacks the column of times, or is not sorted by it; naming the line.
    """
    chunks = _parquet_chunks(path) if path.suffix.lower() == ".parquet" else _csv_chunks(path)
    keys: dict[str, int] = {}
    before, row = None, 1
    for columns in chunks:
        if time_column not in columns:
            raise TaixuError(f"{path}: it has no column {time_column!r}; it has {', '.join(columns)[:200]}")
        times = columns.pop(time_column)
        if times.dtype == object or not np.isfinite(times.astype(float)).all() or np.abs(times.astype(float)).max(initial=0) > 4e9:
            raise TaixuError(f"{path}: rows {row:,} to {row + len(times) - 1:,}: {time_column} must be seconds since 1970")
        steps = np.diff(times, prepend=times[0] if before is None else before) if len(times) else times
        if len(steps) and float(steps.min()) < 0:
            raise TaixuError(f"{path}: row {row + int(np.argmin(steps)):,}: the time goes back; sort the file by {time_column}")
        before, row = (times[-1] if len(times) else before), row + len(times)
        named = columns.pop(key_column, None)
        texts = [""] * len(times) if named is None else [each if isinstance(each, str) else f"{each:g}" for each in named.tolist()]
        numbers = np.array([keys.setdefault(text, len(keys)) for text in texts], np.uint32)
        yield Batch(topic, numbers, np.rint(times.astype(np.float64) * 1e6).astype(np.int64) * 1000, columns, tuple(keys))


def _csv_chunks(path: Path) -> Iterator[dict[str, NDArray[Any]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            names = next(rows, [])
            if not names or len(names) > 256 or len(set(names)) != len(names):
                raise TaixuError(f"{path}: the first line must name the columns, each once")
            chunk: list[list[str]] = []
            for number, line in enumerate(rows, 2):
                if not line:
                    continue
                if len(line) != len(names):
                    raise TaixuError(f"{path}: line {number:,} has {len(line)} values, and there are {len(names)} columns")
                chunk.append(line)
                if len(chunk) == _CHUNK_ROWS:
                    yield _columns(names, chunk)
                    chunk = []
            if chunk:
                yield _columns(names, chunk)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TaixuError(f"{path}: it cannot be read as CSV: {error}") from None


def _columns(names: list[str], rows: list[list[str]]) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for name, values in zip(names, zip(*rows)):
        try:
            found[name] = np.array(values, np.float64)
        except ValueError:
            texts = np.empty(len(values), object)
            texts[:] = [value[:_MAX_FIELD] for value in values]
            found[name] = texts
    return found


def _parquet_chunks(path: Path) -> Iterator[dict[str, NDArray[Any]]]:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise MachineError('Parquet needs pyarrow; pip install "taixu[twin]" brings it') from None
    try:
        with parquet.ParquetFile(path) as file:
            for chunk in file.iter_batches(_CHUNK_ROWS):
                yield {name: _numbers_or_texts(column) for name, column in zip(chunk.schema.names, chunk.columns)}
    except (OSError, pyarrow.ArrowException) as error:
        raise TaixuError(f"{path}: it cannot be read as Parquet: {str(error).splitlines()[0]}") from None


def _numbers_or_texts(column: Any) -> NDArray[Any]:
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "M":
        return values.astype("datetime64[us]").astype(np.int64) / 1e6
    if values.dtype.kind in "biuf":
        return values.astype(np.float64)
    texts = np.empty(len(values), object)
    texts[:] = [str(value)[:_MAX_FIELD] for value in values.tolist()]
    return texts
