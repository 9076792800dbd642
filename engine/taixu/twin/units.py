"""Units: what a source measures in, as scale and offset to what a column holds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from taixu.errors import MachineError, TaixuError

__all__ = ["Conversion", "conversion"]

Conversion = tuple[float, float]
"""``value * scale + offset`` is what the column holds."""

_SAME: Conversion = (1.0, 0.0)


@lru_cache(maxsize=4096)
def conversion(unit: str, wanted: str) -> Conversion:
    """How values in one unit become values in another; both as `pint` writes them (``mm``, ``km/h``, ``degF``, ``percent``).

    Where a source names no unit, or the column has none, values are taken as they are.

    Raises
    ------
    TaixuError
        When a unit is unknown, or one cannot become the other.
    """
    if unit == wanted or not unit or not wanted:
        return _SAME
    try:
        zero, one = (float(_units().Quantity(value, unit).to(wanted).magnitude) for value in (0.0, 1.0))
    except MachineError:
        raise
    except Exception as error:  # pint raises a dozen kinds, tokenizers' among them
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TaixuError(f"{unit[:40]!r} cannot become {wanted[:40]!r}: {why[:200]}") from None
    return one - zero, zero


@lru_cache(maxsize=1)
def _units() -> Any:
    try:
        import pint
    except ImportError:
        raise MachineError('units need pint; pip install "taixu[twin]" brings it') from None
    return pint.UnitRegistry(on_redefinition="ignore", cache_folder=None)
