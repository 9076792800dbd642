"""Tracks against a reference that takes one channel and one time after the other (glTF 2.0, appendix C)."""

from __future__ import annotations

from math import acos, cos, pi, sin

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.animation import make_tracks
from taixu.assets.model import Channel

Values = NDArray[np.float64]


def reference(channel: Channel, time: float) -> Values:
    """The value of one channel, as the specification words it."""
    times, values = channel.times.astype(float), channel.values.astype(float)
    if time <= times[0]:
        return values[0]
    if time >= times[-1]:
        return values[-1]
    k = int(np.searchsorted(times, time, side="right")) - 1
    length = times[k + 1] - times[k]
    t = (time - times[k]) / length
    if channel.interpolation == "STEP":
        return values[k]
    if channel.interpolation == "CUBICSPLINE":
        assert channel.in_tangents is not None
        assert channel.out_tangents is not None
        result = (
            (2 * t**3 - 3 * t**2 + 1) * values[k]
            + length * (t**3 - 2 * t**2 + t) * channel.out_tangents[k]
            + (-2 * t**3 + 3 * t**2) * values[k + 1]
            + length * (t**3 - t**2) * channel.in_tangents[k + 1]
        )
        return result / np.linalg.norm(result) if channel.path == "rotation" else result
    if channel.path != "rotation":
        return (1 - t) * values[k] + t * values[k + 1]
    dot = float(values[k] @ values[k + 1])
    angle = acos(min(abs(dot), 1.0))
    if angle < 1e-6:
        return values[k]
    sign = 1.0 if dot >= 0 else -1.0
    return (sin((1 - t) * angle) * values[k] + sign * sin(t * angle) * values[k + 1]) / sin(angle)


def random_channels(seed: int) -> list[Channel]:
    numbers = np.random.default_rng(seed)
    channels = []
    for node in range(20):
        path = ("translation", "rotation", "scale", "weights")[node % 4]
        kind = ("LINEAR", "STEP", "CUBICSPLINE")[node % 3]
        width = {"rotation": 4, "weights": 2}.get(path, 3)
        keys = int(numbers.integers(1, 9))
        times = np.cumsum(numbers.uniform(0.01, 2.0, keys)).astype(np.float32)
        values = numbers.normal(size=(keys, width)).astype(np.float32)
        if path == "rotation":
            values /= np.linalg.norm(values, axis=1, keepdims=True)
        channel = Channel(node, path, times, values, kind)
        if kind == "CUBICSPLINE":
            channel.in_tangents = numbers.normal(size=(keys, width)).astype(np.float32)
            channel.out_tangents = numbers.normal(size=(keys, width)).astype(np.float32)
        channels.append(channel)
    return channels


@pytest.mark.parametrize("seed", range(5))
def test_all_channels_at_once_agree_with_one_by_one(seed: int) -> None:
    channels = random_channels(seed)
    tracks = make_tracks(channels, [channel.path == "rotation" for channel in channels])
    keys = np.concatenate([channel.times for channel in channels]).astype(float)
    times = np.concatenate([np.linspace(-1.0, 20.0, 200), keys])
    seen = 0
    for track in tracks:
        got = track.sample(times)
        assert got.dtype == np.float32
        for place, number in enumerate(track.channels):
            seen += 1
            wanted = np.array([reference(channels[number], time) for time in times])
            assert np.allclose(got[:, :, place].T, wanted, atol=2e-5), (track.path, track.interpolation)
    assert seen == len(channels)


def test_a_quarter_turn_is_passed_at_even_speed() -> None:
    turn = np.array([[0, 0, 0, 1], [0, sin(pi / 4), 0, cos(pi / 4)]], np.float32)
    (track,) = make_tracks([Channel(0, "rotation", np.array([0, 1], np.float32), turn)], [True])
    got = track.sample(np.array([0.25, 0.5]))[:, :, 0]
    for place, part in enumerate((0.25, 0.5)):
        assert got[:, place] == pytest.approx((0, sin(part * pi / 4), 0, cos(part * pi / 4)), abs=1e-6)


def test_the_shorter_way_is_taken_and_keys_are_hit_exactly() -> None:
    values = np.array([[0, 0, 0, 1], [0, -sin(0.1), 0, -cos(0.1)]], np.float32)
    (track,) = make_tracks([Channel(0, "rotation", np.array([0, 1], np.float32), values)], [True])
    middle = track.sample(np.array([0.5]))[:, 0, 0]
    assert abs(middle[3]) == pytest.approx(cos(0.05), abs=1e-6)
    times = np.array([0.1, 0.7, 1.3], np.float32)
    steps = np.array([[1], [2], [3]], np.float32)
    (track,) = make_tracks([Channel(0, "weights", times, steps, "STEP")], [False])
    assert track.sample(times.astype(float))[0, :, 0].tolist() == [1, 2, 3]
    assert track.sample(np.array([0.69999, 9.0]))[0, :, 0].tolist() == [1, 3]


def test_channels_without_keys_are_left_out() -> None:
    empty = Channel(0, "translation", np.zeros(0, np.float32), np.zeros((0, 3), np.float32))
    single = Channel(1, "translation", np.zeros(1, np.float32), np.ones((1, 3), np.float32))
    (track,) = make_tracks([empty, single], [False, False])
    assert track.channels.tolist() == [1]
    assert (track.sample(np.array([-1.0, 0.0, 5.0])) == 1).all()
