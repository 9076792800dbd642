"""A DuckDB in memory that reaches no file and no network, with an end to every question.

Everything that is asked of it is a statement written here; what people say goes in as parameters.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError

__all__ = ["Base"]

_LIMIT_SECS = 10.0
_SETTINGS: dict[str, Any] = {"enable_external_access": "false", "memory_limit": "2GB", "threads": "2"}


class Base:
    """A database of one thread's.

    Raises
    ------
    MachineError
        When DuckDB is not installed.
    """

    def __init__(self, *, limit_secs: float = _LIMIT_SECS) -> None:
        try:
            import duckdb
            import pyarrow
        except ImportError:
            raise MachineError('searching needs duckdb and pyarrow; pip install "taixu[twin]" brings them') from None
        self._arrow, self._errors = pyarrow, duckdb.Error
        self._interrupted = duckdb.InterruptException
        self._connection: Any = duckdb.connect(":memory:", config=_SETTINGS)
        self._connection.execute("set lock_configuration = true")
        self._limit_secs = limit_secs

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Carry a statement out."""
        self._ask(statement, values)

    def columns(self, statement: str, values: Sequence[Any] = ()) -> list[NDArray[Any]]:
        """The columns of what a statement gives, ``[n]`` each.

        Raises
        ------
        TaixuError
            When it takes too long, or too much memory.
        """
        found = self._ask(statement, values).fetchnumpy()
        return [np.ma.getdata(column) for column in found.values()]

    def insert(self, table: str, **columns: NDArray[Any] | Sequence[Any]) -> None:
        """Add rows: columns in the table's order."""
        rows = self._arrow.table({name: self._arrow.array(values) for name, values in columns.items()})
        self._connection.register("coming", rows)
        try:
            self._ask(f"insert into {table} select * from coming", ())
        finally:
            self._connection.unregister("coming")

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def _ask(self, statement: str, values: Sequence[Any]) -> Any:
        watchdog = threading.Timer(self._limit_secs, self._connection.interrupt)
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._connection.execute(statement, list(values))
        except self._interrupted:
            raise TaixuError("the search took too long; ask for less: a shorter time, or more words") from None
        except self._errors as error:
            raise TaixuError(f"the search cannot be done: {str(error).splitlines()[0][:200]}") from None
        finally:
            watchdog.cancel()
