from __future__ import annotations

import io
import threading

import av
import numpy as np
import pytest
from waiting import until

from taixu.errors import MachineError, TaixuError
from taixu.render import VideoFrame
from taixu.serve.pictures import encoding
from taixu.serve.pictures.channel import Channel, Drawn
from taixu.serve.pictures.encoding import Encoded, codec_string, open_encoder
from taixu.serve.pictures.wishes import Limits, Wish, fit, read_limits, read_wish

SIZE = (160, 92)
COLOURS = ((220, 30, 30), (30, 200, 40), (40, 50, 210), (240, 240, 240))


def striped(turn: int = 0) -> np.ndarray:
    """Four upright stripes, [h, w, 4]."""
    picture = np.full((SIZE[1], SIZE[0], 4), 255, np.uint8)
    for place in range(4):
        picture[:, place * 40 : (place + 1) * 40, :3] = COLOURS[(place + turn) % 4]
    return picture


def in_planes(pixels: np.ndarray) -> VideoFrame:
    frame = av.VideoFrame.from_ndarray(pixels, "rgba").reformat(
        format="yuv420p", dst_colorspace=5, src_color_range=2, dst_color_range=2
    )
    return VideoFrame(frame.to_ndarray(), SIZE)


def decoded(codec: str, packets: list[Encoded]) -> list[np.ndarray]:
    if codec == "jpeg":
        from PIL import Image

        return [np.asarray(Image.open(io.BytesIO(each.data)).convert("RGB")) for each in packets]
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    frames = [frame for each in packets for frame in decoder.decode(av.Packet(each.data))]
    assert all(frame.color_range == 2 and frame.colorspace == 5 for frame in frames), "the stream says what its colours are"
    return [frame.to_ndarray(format="rgb24") for frame in frames]


@pytest.mark.parametrize("codec", ["h264", "jpeg"])
@pytest.mark.parametrize("planar", [False, True])
def test_colours_come_back(codec: str, planar: bool) -> None:
    encoder = open_encoder(codec, SIZE, fps=30, kbps=4000, quantiser=4)
    packets = []
    for turn in range(4):
        pixels = striped(turn)
        frame = in_planes(pixels) if planar else VideoFrame(pixels[::-1][::-1], SIZE)
        packet = encoder.encode(frame, is_key=turn == 0)
        assert packet is not None, "no frame waits in the encoder"
        packets.append(packet)
    assert packets[0].is_key and packets[1].is_key == (codec == "jpeg")
    for turn, picture in enumerate(decoded(codec, packets)):
        for place in range(4):
            middle = picture[46, place * 40 + 20].astype(int)
            assert np.abs(middle - COLOURS[(place + turn) % 4]).max() <= 12, (turn, place, middle)


def test_a_key_frame_whenever_it_is_asked_for() -> None:
    encoder = open_encoder("h264", SIZE, fps=30, kbps=2000, quantiser=4)
    keys = [encoder.encode(VideoFrame(striped(turn), SIZE), is_key=turn in (0, 5)) for turn in range(8)]
    assert [each is not None and each.is_key for each in keys] == [turn in (0, 5) for turn in range(8)]
    assert keys[5] is not None and keys[5].codec.startswith("avc1.42c0")
    assert decoded("h264", keys[5:])[0].shape == (SIZE[1], SIZE[0], 3), "who comes then needs nothing before it"


def test_where_there_is_no_encoder_of_h264_jpeg_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_H264", (("h264_of_nobody", {}),))
    encoding.codecs_here.cache_clear()
    try:
        assert encoding.codecs_here() == ("jpeg",)
        with pytest.raises(MachineError, match="no encoder of H.264"):
            open_encoder("h264", SIZE, fps=30, kbps=2000, quantiser=4)
    finally:
        monkeypatch.undo()
        encoding.codecs_here.cache_clear()


@pytest.mark.parametrize(("data", "wanted"), [
    (b"", ""), (b"\0\0\1", ""), (b"\0\0\1\x67", ""), (b"\0\0\0\1\x67\x42\xc0\x1f\xda", "avc1.42c01f"),
    (b"\0\0\1\x65\0\0\1\x67\x64\0\x28", "avc1.640028"),
])  # fmt: skip
def test_what_a_stream_is_called(data: bytes, wanted: str) -> None:
    assert codec_string(data) == wanted


def test_a_channel_drops_rather_than_queues_and_rests_when_nothing_changes() -> None:
    began, go_on = threading.Event(), threading.Event()
    delivered: list[int] = []

    class Slow:
        def encode(self, frame: VideoFrame, *, is_key: bool) -> Encoded:
            began.set()
            assert go_on.wait(10)
            return Encoded(b"x", is_key, "")

    def drawn(number: int, value: int) -> Drawn:
        return Drawn(VideoFrame(np.full((4, 8, 4), value, np.uint8), (8, 4)), number, 0)

    channel = Channel(Slow, lambda channel, encoded, drawn: delivered.append(drawn.camera_number), size=(8, 4), fps=10)
    channel.put(drawn(0, 0))
    assert began.wait(10)
    for number in range(1, 5):
        channel.put(drawn(number, number))
    assert not channel.is_wanted, "one waits already"
    go_on.set()
    until(lambda: delivered == [0, 4])
    for number in range(5, 25):
        channel.put(drawn(number, 4))
        until(lambda: channel.is_wanted)
    until(lambda: len(delivered) == 4)
    channel.ask_key()
    channel.put(drawn(99, 4))
    until(lambda: delivered[-1] == 99)
    channel.close()


def test_an_encoder_that_fails_ends_its_channel() -> None:
    told: list[Encoded | None] = []

    class Broken:
        def encode(self, frame: VideoFrame, *, is_key: bool) -> Encoded:
            raise ValueError("broken")

    channel = Channel(Broken, lambda channel, encoded, drawn: told.append(encoded), size=(8, 4), fps=10)
    channel.put(Drawn(VideoFrame(np.zeros((4, 8, 4), np.uint8), (8, 4)), 0, 0))
    until(lambda: told == [None])


@pytest.mark.parametrize(("size", "most", "wanted"), [
    ((1280, 720), (1920, 1080), (1280, 720)), ((3840, 2160), (1920, 1080), (1920, 1080)), ((1, 1), (1920, 1080), (64, 36)),
    ((4000, 500), (1920, 1080), (1920, 240)), ((333, 333), (1920, 1080), (328, 332)), ((65535, 1), (640, 360), (640, 36)),
])  # fmt: skip
def test_sizes_fit(size: tuple[int, int], most: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert fit(size, most) == wanted


def test_wishes_stay_within_the_limits() -> None:
    limits = Limits(2, (640, 360), 24, 1000)
    wish = read_wish({"size": [6400, 3600], "fps": 60, "kbps": 9_000_000}, limits)
    assert wish == Wish((640, 360), 24, "h264", "auto", 1000)
    assert read_wish({}, Limits()).wanted_kbps == 6083


@pytest.mark.parametrize("section", [[], {"viewer": 3}, {"size": [1, 1]}, {"fps": 0}, {"viewers": True}, {"kbps": 1.5}])
def test_limits_that_are_none_are_said(section: object) -> None:
    with pytest.raises(TaixuError, match=r"twin\.pictures"):
        read_limits(section)
