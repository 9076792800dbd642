"""State as bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack


def test_what_is_packed_comes_back_and_order_means_nothing() -> None:
    arrays = {"b": np.arange(6, dtype=np.int16).reshape(2, 3), "a": np.array(1.5), "none": np.zeros((0, 4), np.float32)}
    state = pack(arrays, {"n": 3, "name": "x"})
    assert state == pack(dict(reversed(arrays.items())), {"name": "x", "n": 3})
    found, facts = unpack(state)
    assert facts == {"n": 3, "name": "x"}
    assert {name: (array.dtype, array.tolist()) for name, array in found.items()} == {
        name: (array.dtype, array.tolist()) for name, array in arrays.items()
    }
    found["b"][0, 0] = 9  # a copy that one may write to
    assert hash_state(state) == hash_state(pack(arrays, {"n": 3, "name": "x"}))


def test_objects_are_refused() -> None:
    with pytest.raises(TypeError, match="numbers"):
        pack({"a": np.array(["x"])}, {})


@given(st.binary(max_size=60), st.integers(0, 200), st.integers(0, 255))
def test_damaged_states_are_refused_in_one_sentence(noise: bytes, at: int, byte: int) -> None:
    whole = bytearray(pack({"a": np.arange(20)}, {"n": 1}))
    whole[at % len(whole)] = byte
    for state in (noise, b"TXSS" + noise, bytes(whole[: at % len(whole)])):
        with pytest.raises(TaixuError, match="state of a simulator"):
            unpack(state)
    try:
        arrays, _ = unpack(bytes(whole))  # a changed number is another number
    except TaixuError:
        return
    assert all(array.nbytes <= len(whole) for array in arrays.values())
