"""What would be heard, read from the null device."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from taixu.app import App, GameServices
from taixu.assets.audio_clip import AudioClip, write_wav
from taixu.audio import AudioListener, AudioMixer, AudioPlugin, AudioSource
from taixu.math.quaternion import from_euler
from taixu.platform import NullAudioDevice
from taixu.scene import Camera, Node, Transform
from taixu.scene.plugin import ScenePlugin

STEP = 1 / 60


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "assets").mkdir()
    for name, frames in (("beep", 4800), ("hum", 480)):
        write_wav(tmp_path / "assets" / f"{name}.wav", AudioClip(np.zeros((frames, 1), np.int16), 48000))
    made = App()
    made.add_plugin(ScenePlugin())
    made.add_plugin(AudioPlugin(NullAudioDevice(record=True), root=tmp_path))
    return made


def device_of(app: App) -> NullAudioDevice:
    device = app.resource(AudioMixer).device
    assert isinstance(device, NullAudioDevice)
    return device


def source(app: App, position: tuple[float, float, float] = (0, 0, 0), **fields: object) -> int:
    entity = app.world.spawn(Transform(), AudioSource(**{"clip": "assets/beep.wav", "loop": True, **fields}))  # type: ignore[arg-type]
    Node(app.world, entity).position = position
    return entity


def listener(app: App, position: tuple[float, float, float] = (0, 0, 0), yaw: float = 0.0) -> Node:
    node = Node(app.world, app.world.spawn(Transform(), AudioListener()))
    node.position, node.rotation = position, from_euler(yaw)
    return node


def only_voice(app: App) -> tuple[float, tuple[float, float, float] | None]:
    (voice,) = device_of(app).voices.values()
    return voice.gain, voice.direction


def test_gain_falls_with_distance_and_direction_is_the_listeners(app: App) -> None:
    ears = listener(app)
    source(app, (4.0, 0.0, 0.0), volume=0.5, min_distance_m=2.0, max_distance_m=100.0)
    app.frame(STEP)
    gain, direction = only_voice(app)
    assert gain == pytest.approx(0.5 * 2 / 4)
    assert direction == pytest.approx((1, 0, 0))
    ears.rotation = from_euler(-np.pi / 2)  # turned to the right: it is straight ahead now
    app.frame(STEP)
    assert only_voice(app)[1] == pytest.approx((0, 0, -1), abs=1e-6)
    ears.position = (4.0, 0.0, 0.5)
    app.frame(STEP)
    assert only_voice(app)[0] == pytest.approx(0.5), "nearer than the least distance"


def test_beyond_the_greatest_distance_there_is_silence(app: App) -> None:
    listener(app)
    source(app, (0.0, 0.0, 50.0), max_distance_m=40.0)
    app.frame(STEP)
    assert only_voice(app)[0] == 0.0


def test_sound_that_is_not_spatial_has_no_direction(app: App) -> None:
    listener(app)
    source(app, (30.0, 0.0, 0.0), spatial=False)
    app.frame(STEP)
    assert only_voice(app) == (1.0, None)


def test_far_from_the_origin_it_sounds_alike(app: App) -> None:
    far = 6_400_000.0
    listener(app, (far, 0.0, 0.0))
    source(app, (far + 3.0, 4.0, 0.0))
    app.frame(STEP)
    gain, direction = only_voice(app)
    assert gain == pytest.approx(1 / 5)
    assert direction == pytest.approx((0.6, 0.8, 0.0), abs=1e-6)


def test_without_a_listener_the_first_camera_hears(app: App) -> None:
    for priority, x in ((0, 0.0), (5, 8.0)):
        Node(app.world, app.world.spawn(Transform(), Camera(priority=priority))).position = (x, 0.0, 0.0)
    source(app, (10.0, 0.0, 0.0))
    app.frame(STEP)
    assert only_voice(app)[0] == pytest.approx(0.5)


def test_a_clip_ends_by_itself_and_can_be_started_again(app: App) -> None:
    entity = source(app, loop=False)
    app.frame(STEP)
    assert app.world.get(entity, AudioSource).playing
    for _ in range(8):
        app.frame(STEP)
    assert not app.world.get(entity, AudioSource).playing
    assert not device_of(app).voices
    app.world.set(entity, AudioSource, playing=True)
    app.frame(STEP)
    assert [verb for verb, _ in device_of(app).calls].count("start") == 2


def test_sources_start_and_stop_by_their_switch(app: App) -> None:
    quiet = source(app, autoplay=False)
    app.frame(STEP)
    assert not device_of(app).voices
    app.world.set(quiet, AudioSource, playing=True)
    app.frame(STEP)
    assert len(device_of(app).voices) == 1
    app.world.set(quiet, AudioSource, clip="assets/hum.wav", loop=True)
    app.frame(STEP)
    verbs = [verb for verb, _ in device_of(app).calls if verb in ("start", "stop")]
    assert verbs == ["start", "stop", "start"], "another clip takes over"
    app.world.despawn(quiet)
    app.frame(STEP)
    assert not device_of(app).voices


def test_cues_are_found_by_bare_name_and_heard_from_their_place(app: App) -> None:
    listener(app)
    app.frame(STEP)
    app.resource(GameServices).require("play_sound")(
        app.world, "beep", position=(0.0, 3.0, -4.0), volume=2.0, pitch=1.5
    )
    gain, direction = only_voice(app)
    assert gain == pytest.approx(2.0 / 5)
    assert direction == pytest.approx((0.0, 0.6, -0.8))
    app.resource(AudioMixer).play("beep")
    assert [voice.direction for voice in device_of(app).voices.values()][1] is None
    for _ in range(10):
        app.frame(STEP)
    assert not device_of(app).voices


@pytest.mark.parametrize("name", ["nothing", "../../etc/passwd", "/etc/passwd", "a\0b", "x" * 6000])
def test_a_missing_clip_is_one_warning(app: App, caplog: pytest.LogCaptureFixture, name: str) -> None:
    with caplog.at_level(logging.WARNING):
        entity = source(app, clip=name)
        for _ in range(5):
            app.frame(STEP)
            app.resource(AudioMixer).play(name)
    assert len(caplog.records) == 1
    assert "the world runs on without that sound" in caplog.text
    assert not app.world.get(entity, AudioSource).playing


def test_a_flood_of_names_fills_neither_log_nor_memory(app: App, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever plays sounds may ask for whatever they like: mods do."""
    mixer = app.world.resource(AudioMixer)
    with caplog.at_level(logging.WARNING):
        for number in range(3000):
            assert mixer.clips.get(f"assets/none_{number}.wav") == 0
    assert len(caplog.records) == 51 and "no more of them are told" in caplog.text
    assert len(mixer.clips._handles) <= 1000



def test_a_broken_clip_is_one_warning(app: App, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "assets" / "bad.ogg").write_bytes(b"OggS" + b"\0" * 100)
    with caplog.at_level(logging.WARNING):
        source(app, clip="assets/bad.ogg")
        app.frame(STEP)
        app.frame(STEP)
    assert len(caplog.records) == 1


def test_only_the_loudest_have_voices(app: App) -> None:
    listener(app)
    for number in range(60):
        source(app, (2.0 + number, 0.0, 0.0))
    app.frame(STEP)
    gains = [voice.gain for voice in device_of(app).voices.values()]
    assert len(gains) == 48
    assert min(gains) == pytest.approx(1 / 49)


def test_a_paused_world_is_silent_and_a_restored_one_starts_anew(app: App) -> None:
    source(app)
    snapshot = app.world.snapshot()
    app.frame(STEP)
    app.clock.paused = True
    app.frame(STEP)
    assert only_voice(app)[0] == 0.0
    app.clock.paused = False
    app.world.restore(snapshot)
    assert not device_of(app).voices
    app.frame(STEP)
    assert only_voice(app)[0] == 1.0


def test_real_clips_play(app: App, content: Path) -> None:
    app.resource(AudioMixer).clips.root = content
    for name in ("audio/coin.ogg", "audio/alert.wav"):
        app.resource(AudioMixer).play(name)
    assert len(device_of(app).voices) == 2
    assert all(0.05 < duration < 60 for duration in device_of(app).durations.values())


def test_what_is_far_off_fades_out_without_a_step() -> None:
    from taixu.audio.hearing import attenuate

    distances = np.linspace(0.0, 120.0, 1201)
    gains = attenuate(distances, np.full(1201, 1.0), np.full(1201, 100.0))
    assert gains[0] == gains[10] == 1.0
    assert gains[200] == pytest.approx(1 / 20)
    assert gains[900] == pytest.approx(1 / 90 / 2)
    assert (gains[1000:] == 0.0).all()
    assert (np.diff(gains) <= 0.0).all()
