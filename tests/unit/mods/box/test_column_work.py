"""What the host calculates for mods gives the same bits on every machine, and only columns that were written come back."""

from __future__ import annotations

import json
import mmap
import struct
from typing import Any

import numpy as np
import pytest
from boxed_python import boxed_image

from taixu.mods.box import ops
from taixu.mods.box.limits import Layout
from taixu.mods.box.rooms import Room
from taixu.mods.box.wire import Ask, Column, Op, Status

NAN = {"f4": 0x7FC00000, "f8": 0x7FF8000000000000}


def _apply(name: str, out: Any, a: Any, b: Any = None, k: float = 0.0) -> float:
    """An operation on arrays of this process, through addresses as a guest gives them."""
    arrays = [np.zeros(0, np.uint8) if item is None or isinstance(item, float) else item for item in (out, a, b)]

    def view(address: int, count: int, dtype: np.dtype[Any]) -> Any:
        return arrays[address].view(dtype)[:count]

    types = ["" if not len(item) else item.dtype.str[1:] if item.dtype != bool else "?" for item in arrays]
    return ops.apply(view, ops.pack(name, *types), 0, 1, 2, len(arrays[1]), k)


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_what_is_no_number_has_one_bit_pattern(kind: str) -> None:
    unsigned = np.dtype(f"u{kind[1]}")
    odd = np.array([-np.inf, np.inf, -1.0, 0.0, 2.0], kind)
    odd.view(unsigned)[3] = NAN[kind] | 1 << (8 * unsigned.itemsize - 1) | 5  # the other sign, with something in it
    for name, other in (("sub", odd), ("add", np.array([np.inf, -np.inf, 1, 2, 3], kind)), ("sqrt", None), ("minimum", odd)):
        out = np.zeros(5, kind)
        _apply(name, out, odd, other)
        found = out.view(unsigned)[np.isnan(out)]
        assert len(found), name
        assert set(found.tolist()) == {NAN[kind]}, name
    assert struct.pack("<d", _apply("sum", None, odd)) == struct.pack("<Q", NAN["f8"])


def test_numbers_that_a_whole_column_cannot_hold_become_the_nearest() -> None:
    wild = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30, 2.9, -2.9, 300.0])
    for kind, least, most in (("i4", -(1 << 31), (1 << 31) - 1), ("u1", 0, 255)):
        out = np.ones(8, kind)
        _apply("copy", out, wild)
        whole = [2, max(-2, least), min(300, most)]
        assert out.tolist() == [0, most, least, most, least, *whole]
    out = np.zeros(4, "i8")
    _apply("copy", out, np.array([1e19, -1e19, 5.5, np.nan]))
    assert out.tolist() == [(1 << 63) - 1, -(1 << 63), 5, 0]


def test_a_number_stands_where_a_column_says_so_and_another_column_elsewhere() -> None:
    mask, other, out = np.array([True, False, True]), np.array([1.0, 2.0, 3.0], np.float32), np.zeros(3, np.float32)
    _apply("where", out, mask, other, 7.5)
    assert out.tolist() == [7.5, 2.0, 7.5]
    _apply("where", other, mask, other, -1.0)
    assert other.tolist() == [-1.0, 2.0, -1.0], "also into the column itself"
    both = np.array([0, 1, 1], np.uint8)
    _apply("where", both, both, both, 9.0)
    assert both.tolist() == [0, 9, 9], "and into what says where"
    with pytest.raises(ValueError, match="chooses between"):
        _apply("where", out, mask, 5.0)


def test_finite_is_asked_of_all() -> None:
    column = np.ones(1000, np.float32)
    assert _apply("finite", None, column) == 1.0
    column[997] = np.inf
    assert _apply("finite", None, column) == 0.0


def test_what_takes_longer_costs_more() -> None:
    plain, slow, move = (ops.weight(ops.pack(name, "f8", "f8", "u4")) for name in ("add", "pow", "take"))
    assert plain < move < slow
    assert slow > 20 * plain


MASKED = """
from array import array
columns = {}
def boot(config): return b""
def call(kind, payload):
    for name, item in columns.items():
        if name != "mask":
            item[:] = array("B", [payload[0]]) * len(item)
    columns["mask"][:] = array("B", payload[1:])
    return b""
def column(name, nbytes):
    found = columns.setdefault(name, array("B", bytes(nbytes)))
    return found.buffer_info()[0]
"""


def test_only_what_the_mask_names_is_copied_out() -> None:
    from taixu.mods.box import guest

    layout = Layout(slots=1)
    memory = mmap.mmap(-1, layout.total_bytes)
    room, slot = Room(0, guest, boxed_image(), memory, layout), layout.slot(0)
    sources = json.dumps({"taixu_guest_main.py": MASKED}).encode()
    memory[slot.asked : slot.asked + 2 + len(sources)] = b"{}" + sources
    booted = room.do(Ask(Op.BOOT, 0, epochs=1 << 30, fuel=1 << 40, memory_bytes=64 << 20, first=2, second=len(sources)))
    assert booted.status is Status.OK, booted.reason
    columns = (
        Column(b"one", 0, 8, False, True), Column(b"seen", 64, 8, True, False), Column(b"two", 128, 8, False, True),
        Column(b"mask", 192, 2, False, False, True),
    )  # fmt: skip

    def call(value: int, *mask: int) -> list[int]:
        memory[slot.asked : slot.asked + 1 + len(mask)] = bytes((value, *mask))
        done = room.do(Ask(Op.CALL, 0, epochs=1 << 30, fuel=1 << 40, first=1 + len(mask), kind=1, columns=columns))
        assert done.status is Status.OK, done.reason
        return [memory[slot.columns + place] for place in (0, 64, 128, 192, 193)]

    assert call(7, 1, 0) == [7, 0, 0, 1, 0]
    assert call(8, 0, 1) == [7, 0, 8, 0, 1]
    assert call(9, 0, 0) == [7, 0, 8, 0, 0]
    assert call(5, 3, 255) == [5, 0, 5, 3, 255]


def test_of_a_vector_only_the_lanes_that_were_written_are_copied_out() -> None:
    from taixu.mods.box import guest

    layout = Layout(slots=1)
    memory = mmap.mmap(-1, layout.total_bytes)
    room, slot = Room(0, guest, boxed_image(), memory, layout), layout.slot(0)
    sources = json.dumps({"taixu_guest_main.py": MASKED}).encode()
    memory[slot.asked : slot.asked + 2 + len(sources)] = b"{}" + sources
    room.do(Ask(Op.BOOT, 0, epochs=1 << 30, fuel=1 << 40, memory_bytes=64 << 20, first=2, second=len(sources)))
    columns = (Column(b"place", 0, 12, False, True, lanes=3), Column(b"mask", 64, 1, False, False, True))

    def call(value: int, lanes: int) -> list[int]:
        memory[slot.asked : slot.asked + 2] = bytes((value, lanes))
        done = room.do(Ask(Op.CALL, 0, epochs=1 << 30, fuel=1 << 40, first=2, kind=1, columns=columns))
        assert done.status is Status.OK, done.reason
        return [memory[slot.columns + place] for place in (0, 3, 4, 7, 8, 11)]

    assert call(7, 0b101) == [7, 7, 0, 0, 7, 7]
    assert call(8, 0b010) == [7, 7, 8, 8, 7, 7]
    assert call(9, 0) == [7, 7, 8, 8, 7, 7]
    assert call(5, 255) == [5] * 6


def _listed(*operations: tuple[float, ...], count: int | None = None) -> tuple[float, Any]:
    """A list of operations on one room of memory, eight numbers at 0 and eight at 64."""
    memory = np.zeros(4096, np.uint8)
    memory[:64].view("f8")[:] = np.arange(8.0)
    memory[1024 : 1024 + 48 * len(operations)].view("f8")[:] = np.array(operations, "f8").ravel()

    def view(address: int, length: int, dtype: np.dtype[Any]) -> Any:
        if not 0 <= address <= len(memory):
            raise ValueError("an offset outside")
        return np.frombuffer(memory, dtype, length, address)

    return ops.apply(view, ops.ALL, 1024, 0, 0, len(operations) if count is None else count, 0.0), memory[64:128].view("f8")


def test_a_list_is_done_in_order_and_adds_up_what_reductions_found() -> None:
    add, double = ops.pack("add", "f8", "f8"), ops.pack("mul", "f8", "f8")
    largest = ops.pack("largest", "", "f8")
    doubled = (add, 64, 0, 0, 8, 1.0), (double, 64, 64, 0, 8, 2.0)
    found, column = _listed(*doubled, (largest, 0, 64, 0, 8, 0), (largest, 0, 0, 0, 8, 0))
    assert column.tolist() == [2.0 * (place + 1) for place in range(8)]
    assert found == 16.0 + 7.0
    found, _ = _listed((double, 64, 0, 0, 8, -0.0), (ops.pack("smallest", "", "f8"), 0, 64, 0, 1, 0))
    assert struct.pack("<d", found) == struct.pack("<d", -0.0)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0, 1e30])
@pytest.mark.parametrize("place", range(5))
def test_a_list_with_what_is_no_number_of_an_operation_is_refused(place: int, number: float) -> None:
    one = [float(ops.pack("add", "f8", "f8", "f8")), 64.0, 0.0, 0.0, 8.0, 1.0]
    one[place] = number
    with pytest.raises(ValueError, match=r"operation|offset|integer|buffer"):
        _listed(tuple(one))


def test_a_list_holds_no_list_and_is_not_endless() -> None:
    with pytest.raises(ValueError, match="no column operation"):
        _listed((ops.ALL, 1024, 0, 0, 1, 0.0))
    for count in (65, -1, 1 << 31):
        with pytest.raises(ValueError, match="no list"):
            _listed((ops.pack("add", "f8", "f8"), 64, 0, 0, 8, 1.0), count=count)
