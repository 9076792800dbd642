"""The picture strip of the guide's section on frames that are gathered: `python docs/images/make_temporal.py temporal.jpg`."""

from __future__ import annotations

import sys

from PIL import Image

from taixu.bench.stability import MODES, Yard
from taixu.gpu import create_device
from taixu.render import Renderer, View

SIZE = (480, 270)
SHOWN = ("none", "msaa 8", "temporal", "temporal 0.67")
PART, TIMES = (120, 60, 280, 170), 3
FRAMES = 40

renderer, yard = Renderer(create_device()), Yard()
strip = Image.new("RGB", ((PART[2] - PART[0]) * TIMES * 2, (PART[3] - PART[1]) * TIMES * 2))
for at, name in enumerate(SHOWN):
    samples, settings = MODES[name]
    view = View(yard.camera(), SIZE, samples=samples, settings=settings)
    for frame in range(FRAMES if "temporal" in name else 1):
        renderer.render(yard.world, [view], time_secs=frame / 30)
    part = Image.fromarray(renderer.read(view)[..., :3]).crop(PART)
    part = part.resize((part.width * TIMES, part.height * TIMES), Image.Resampling.NEAREST)
    strip.paste(part, (at % 2 * part.width, at // 2 * part.height))
strip.save(sys.argv[1], quality=85)
