"""Pictures that the server draws: for scenes that are too heavy for a browser, and models that shall not leave the house.

A viewer says where he looks and what he wants (`wishes`); for each camera there is a *shot*, drawn on the world's thread by
the engine's own renderer (`studio`) and encoded by a thread of its own (`channel`, `encoding`): H.264 without delay, or JPEG.
Nothing waits in a queue: each viewer acknowledges what he has shown, at most three pictures or so are under way to him, and
whoever does not keep up is sent fewer and smaller ones (`pace`), while others go on as they were (`gallery`).

The WebSocket ``/pictures``
---------------------------
A viewer says objects of JSON with some of:

``"want": {"size": [1280, 720], "fps": 30, "codec": "h264", "quality": "auto", "kbps": 6000}``
    Begin, or change. All are optional; a size beyond the server's limits is made smaller and keeps its shape, sides are multiples
    of 8 and 4. codec is "h264" or "jpeg"; quality "fast" (one light, no shadows), "full", or "auto": full on a GPU, fast without.
    With ``"hidden": ["agv"]`` devices of these kinds are left out ("" is what belongs to none), with ``"fences": true`` fences are
    drawn, and ``"selected": id`` has a mark around it (`marks`).
``"camera": {"eye": [x, y, z], "target": [x, y, z], "fov_deg": 45}, "number": 7``
    Where he looks from; the field of view is from top to bottom. A text is the name of a camera of the world, null the main one;
    all who look through the same share what is drawn. The number comes back with the first picture that shows it.
``"shown": n``
    All pictures up to number n have been shown, or dropped. Who does not say so is sent no more after three.
``"key": true``
    The next picture shall need none before it.
``"pick": {"x": 0.25, "y": 0.5}, "as": 3``
    What is seen there, from the upper left corner, sides are 1.

He hears texts: ``{"pictures": {"codecs", "most": {"size", "fps", "kbps"}, "cameras": [names], "drawn_by"}}`` at first;
``{"stream": {"number", "codec", "size", "fps", "kbps", "level"}}`` before the first picture of each stream, codec as WebCodecs
wants it ("avc1.42c01f", Annex B; "jpeg"), level from 0 (as wished) to 4; ``{"picked": {"id", "name", "at"} or null, "as": 3}``;
``{"error": sentence}``. Binary messages are pictures: 32 bytes, little-endian, then H.264 or a JPEG::

     0   4  b"TXP1"
     4   u32  number of the picture, from 1
     8   u16, u16  width, height
    12   u8  flags: 1 = needs none before it; 2 = a JPEG
    13   u8  level
    16   u32  number of the newest camera that it shows
    20   u32  number of the stream
    24   u64  when it was drawn, nanoseconds since 1970

Colours are sRGB; their planes have the full range and BT.601's weights, as JPEGs have. Where the machine cannot draw, one sentence
says so and the socket is closed with 4409; 4429 says that too many look already. ``GET /pictures`` without a WebSocket answers
``{"able": bool, "why": sentence}``.
"""

from __future__ import annotations

from taixu.serve.pictures.gallery import Gallery, Viewer
from taixu.serve.pictures.studio import Studio
from taixu.serve.pictures.wishes import Limits, Pose, Wish

__all__ = ["Gallery", "Limits", "Pose", "Studio", "Viewer", "Wish"]
