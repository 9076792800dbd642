"""The sheet of ten worlds in the guide, each by the command under it: ``python samples/_build/ten_worlds.py OUT.jpg``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PROMPTS = (
    "a small fishing village, afternoon", "an alpine village in autumn, morning", "a desert oasis town at noon",
    "a medieval castle town, misty dawn", "farm land in summer, clear morning", "a forest hamlet, starry night",
    "a Chinese water town at sunset", "an island beach, sunny", "a city district in the evening, cloudy", "a flooded crypt dungeon",
)  # fmt: skip
SEED = 4
_TILE, _TEXT_PX = (640, 360), 34


def main(out: Path) -> None:
    """Make the worlds, draw them, put them on one sheet."""
    taixu = shutil.which("taixu", path=str(Path(sys.executable).parent)) or "taixu"
    sheet = Image.new("RGB", (2 * _TILE[0], -(-len(PROMPTS) // 2) * (_TILE[1] + _TEXT_PX)), (26, 27, 30))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    with tempfile.TemporaryDirectory() as place:
        for number, prompt in enumerate(PROMPTS):
            folder, picture = Path(place) / str(number), Path(place) / f"{number}.png"
            subprocess.run([taixu, "generate", "world", prompt, "--seed", str(SEED), "--out", str(folder)], check=True)
            subprocess.run([taixu, "render", str(folder), "--out", str(picture), "--size", "960x540", "--samples", "3"], check=True)
            x, y = number % 2 * _TILE[0], number // 2 * (_TILE[1] + _TEXT_PX)
            sheet.paste(Image.open(picture).convert("RGB").resize(_TILE, Image.Resampling.LANCZOS), (x, y))
            draw.text((x + 10, y + _TILE[1] + 8), f'taixu generate world "{prompt}" --seed {SEED}', (225, 226, 230), font)
    sheet.save(out, quality=86)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
