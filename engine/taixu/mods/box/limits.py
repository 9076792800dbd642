"""How much a mod may use, and how the memory that the engine shares with the helper is divided."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EPOCH_SECS", "LANES", "SLOW", "Layout", "Limits", "Slot"]

EPOCH_SECS = 0.01
"""Between two steps of the helper's watchdog."""
LANES, SLOW = 2, 1
"""Threads of the helper that do what is asked. What starts a mod or takes long goes to the slow one: it keeps nobody waiting."""
_PAGE = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What one mod may use.

    Attributes
    ----------
    memory_bytes
        Memory of its WebAssembly instance.
    fuel
        Instructions in one call, as WebAssembly counts them: the game's budget, the same on every machine.
    boot_fuel
        The same for its start.
    call_secs, boot_secs
        The watchdog's budget by the clock, for what fuel does not count; generous, for it differs between machines.
    most_traps
        So many traps turn it off.
    """

    memory_bytes: int = 64 << 20
    fuel: int = 50_000_000
    boot_fuel: int = 20_000_000_000
    call_secs: float = 10.0
    boot_secs: float = 60.0
    most_traps: int = 3


@dataclass(frozen=True)
class Slot:
    """One mod's part of the shared memory, as offsets: what is asked, what is answered, bulk, and columns."""

    asked: int
    answered: int
    bulk: int
    columns: int


@dataclass(frozen=True)
class Layout:
    """How shared memory is divided: equal slots, each of four areas. Pages that nobody touches cost nothing on Linux.

    Attributes
    ----------
    slots
        Mods at most.
    asked_bytes
        Of a call's payload, or of a mod's sources and configuration.
    answered_bytes
        Of an answer with its log lines.
    bulk_bytes
        Of the area through which snapshots pass in pieces.
    columns_bytes
        Of the area for columns.
    """

    slots: int = 32
    asked_bytes: int = 4 << 20
    answered_bytes: int = 1 << 20
    bulk_bytes: int = 4 << 20
    columns_bytes: int = 16 << 20

    def __post_init__(self) -> None:
        """Check that everything lies on pages."""
        areas = (self.asked_bytes, self.answered_bytes, self.bulk_bytes, self.columns_bytes)
        if not 1 <= self.slots <= 256 or any(area < _PAGE or area % _PAGE for area in areas):
            raise ValueError(f"slots are 1 to 256 and areas whole pages of {_PAGE} bytes, not {self}")

    @property
    def slot_bytes(self) -> int:
        """Bytes of one slot."""
        return self.asked_bytes + self.answered_bytes + self.bulk_bytes + self.columns_bytes

    @property
    def total_bytes(self) -> int:
        """Bytes of all slots, and of the page behind them."""
        return self.slots * self.slot_bytes + _PAGE

    @property
    def sign(self) -> int:
        """The offset of a byte for each lane that is 1 while the helper does what it was asked, and 0 while it sleeps."""
        return self.slots * self.slot_bytes

    def slot(self, number: int) -> Slot:
        """Give the offsets of a slot's areas; IndexError where there is no such slot."""
        if not 0 <= number < self.slots:
            raise IndexError(f"there are {self.slots} slots, and {number} is none of them")
        asked = number * self.slot_bytes
        answered = asked + self.asked_bytes
        bulk = answered + self.answered_bytes
        return Slot(asked, answered, bulk, bulk + self.bulk_bytes)
