"""The commands of the page on pictures work as they stand there, one after the other; those with models are parsed elsewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from command_line import taixu_json

from taixu.assets.image import read_image

PAGE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "pictures-to-materials.md"


def commands() -> list[list[str]]:
    """The words of each command that needs no model."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("taixu ") and "--model" not in line]
    return [shlex.split(line, comments=True)[1:] for line in lines]


def test_commands_of_the_page_run(tmp_path: Path) -> None:
    world = {"TAIXU_CACHE": str(tmp_path / "cache"), "TAIXU_CONFIG": str(tmp_path / "config"), "TAIXU_GENERATE_ON": "processor"}
    found = commands()
    assert len(found) >= 7
    for words in found:
        told = taixu_json(*words, *(["--no-sign"] if words[0] == "generate" else []), cwd=tmp_path, **world)
        for file in told.get("out", []):
            assert (tmp_path / file).is_file(), words
    assert read_image(tmp_path / "wall.png").shape == (256, 256, 3)
    assert read_image(tmp_path / "large.png").shape == (512, 512, 3)
    sides = read_image(tmp_path / "wall_normal.png").shape[0], read_image(tmp_path / "large_normal.png").shape[0]
    assert sides[1] == 4 * sides[0]
    assert (tmp_path / "snow_orm.png").is_file() and (tmp_path / "deep_height.png").is_file()
