"""Whatever stands in a script, a recording or an input map is read, or refused with a sentence; and nothing of it is
run.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taixu.animation import make_tracks
from taixu.assets.model import Channel
from taixu.errors import TaixuError
from taixu.platform import InputMap, InputRecorder, event_from_data
from taixu.script import find_fields, load_script

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PIECES = st.sampled_from(
    ["x", "_x", "speed", ": float", ": int", ": game.Vec3", " = ", "game.field(", "(1, 2, 3)", "1e999", "-1", "'a'", ", min=", ")",
     "[", "]", "{", "}", "\n", "    ", "def f():", "import os", "raise", "\0", "é", "**{}", "choices="]
)  # fmt: skip


@given(st.binary(max_size=200) | st.lists(PIECES, max_size=30).map(lambda parts: "".join(parts).encode()))
def test_any_bytes_are_a_script_or_a_sentence(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.py").write_bytes(data)
        try:
            script = load_script(Path(folder), "a.py")
        except TaixuError as error:
            assert "\n" not in str(error)
        else:
            for item in script.fields:
                item.convert(item.default)


@given(st.text(max_size=60))
def test_any_path_is_a_script_of_the_project_or_a_sentence(path: str) -> None:
    with TemporaryDirectory() as folder:
        try:
            found = load_script(Path(folder), path)
        except TaixuError:
            return
        raise AssertionError(f"an empty project has a script {found.path!r}")


@given(st.sampled_from(["float", "int", "bool", "str", "Vec3", "Quat", "list", "dict"]), JSON)
def test_fields_take_any_value_or_refuse_it(kind: str, value: object) -> None:
    default = {"float": "0", "int": "0", "bool": "True", "str": "''", "Vec3": "(0, 0, 0)", "Quat": "(0, 0, 0, 1)"}
    source = f"a: {kind} = {default.get(kind, '[]' if kind == 'list' else '{}')}\n"
    (item,) = find_fields(ast.parse(source), file="a.py")
    try:
        item.convert(value)
    except TaixuError as error:
        assert "'a' takes" in str(error)


@given(JSON)
def test_events_recordings_and_actions_are_read_or_refused(data: object) -> None:
    with suppress(TaixuError):
        event_from_data(data if isinstance(data, dict) else {"kind": data})
    with suppress(TaixuError):
        event_from_data({"kind": "pad_axis", "pad": data, "axis": "left_x", "value": data})
    with suppress(TaixuError):
        InputRecorder.from_data(data if isinstance(data, list) else [data])
    with suppress(TaixuError):
        InputMap.from_data(data if isinstance(data, dict) else {"jump": data})


@given(st.lists(st.floats(0, 1e6, width=32), min_size=1, max_size=8, unique=True), st.floats(-1e7, 1e7))
def test_a_sampled_value_lies_between_its_keys(keys: list[float], time: float) -> None:
    times = np.array(sorted(keys), np.float32)
    values = np.arange(len(times), dtype=np.float32)[:, None]
    both = [Channel(0, "weights", times, values, kind) for kind in ("LINEAR", "STEP")]
    for track in make_tracks(both, [False, False]):
        got = float(track.sample(np.array([time]))[0, 0, 0])
        right = int(np.clip(np.searchsorted(times.astype(float), time, side="right"), 1, len(times)))
        assert right - 1 <= got <= min(right, len(times) - 1)
