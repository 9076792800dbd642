"""The null device keeps time and a diary; the machine's own never raises."""

from __future__ import annotations

import time

import numpy as np

from taixu.platform import NullAudioDevice, PygletAudioDevice, open_audio_device


def test_a_sound_ends_when_it_would() -> None:
    device = NullAudioDevice()
    clip = device.upload(np.zeros((4800, 2), np.int16), 48000)
    once = device.start(clip, gain=1.0, pitch=2.0, direction=None, loop=False)
    forever = device.start(clip, gain=1.0, pitch=1.0, direction=(0.0, 0.0, -1.0), loop=True)
    device.advance(0.04)
    assert device.take_ended() == []
    device.advance(0.02)
    assert device.take_ended() == [once]
    assert device.take_ended() == []
    assert list(device.voices) == [forever]


def test_a_server_running_for_weeks_keeps_no_diary() -> None:
    device = NullAudioDevice()
    clip = device.upload(np.zeros((48, 1), np.int16), 48000)
    for _ in range(100):
        device.start(clip, gain=1.0, pitch=1.0, direction=None, loop=False)
        device.advance(1.0)
        device.take_ended()
    assert not device.calls
    assert not device.voices
    device.record = True
    voice = device.start(clip, gain=0.5, pitch=1.0, direction=None, loop=False)
    device.stop(voice)
    assert [verb for verb, _ in device.calls] == ["start", "stop"]


def test_opening_the_machines_device_never_raises() -> None:
    device = open_audio_device()
    clip = device.upload(np.zeros((480, 1), np.int16), 48000)
    voice = device.start(clip, gain=0.0, pitch=1.0, direction=None, loop=False)
    device.advance(0.01)
    device.update(voice, gain=0.0, pitch=1.0, direction=(1.0, 0.0, 0.0))
    device.stop(voice)
    device.close()


def test_pyglets_players_report_their_end_even_without_a_loudspeaker() -> None:
    device = PygletAudioDevice()
    samples = np.zeros((2400, 2), np.int16)
    clip = device.upload(samples, 48000)
    voice = device.start(clip, gain=0.0, pitch=1.0, direction=(1.0, 0.0, 0.0), loop=False)
    ended: list[int] = []
    deadline = time.monotonic() + 120.0
    while not ended and time.monotonic() < deadline:
        device.advance(0.01)
        ended += device.take_ended()
        time.sleep(0.01)
    device.close()
    assert ended == [voice]
