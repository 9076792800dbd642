"""Makes the pictures of the guide's gallery by the commands that stand under them: ``python docs/gallery/make.py [NAME ...]``.

The page is the list: each picture is followed by a block of commands that write NAME.png. Models of others are found below the
folder that the environment variable TAIXU_CONTENT names; pictures of them are left out without it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PAGE, PICTURES = ROOT / "docs" / "guide" / "gallery.md", ROOT / "docs" / "images" / "gallery"
SHOT = re.compile(r"!\[[^\]]*\]\(\.\./images/gallery/([\w-]+)\.jpg\)\s+```sh\n(.*?)```", re.S)
MOST_BYTES = 120_000


def shots() -> dict[str, str]:
    """Commands by the picture's name."""
    return dict(SHOT.findall(PAGE.read_text(encoding="utf-8")))


def make(name: str, commands: str) -> None:
    """Run a picture's commands in a folder of their own, and keep what they draw as JPEG."""
    with TemporaryDirectory() as folder:
        for part in ("samples", "docs"):
            (Path(folder) / part).symlink_to(ROOT / part)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        subprocess.run(["bash", "-e", "-c", commands], cwd=folder, env={**os.environ, "PATH": path}, check=True)
        picture = Image.open(Path(folder) / f"{name}.png").convert("RGB")
    target = PICTURES / f"{name}.jpg"
    for quality in range(90, 40, -4):
        picture.save(target, quality=quality, optimize=True)
        if target.stat().st_size <= MOST_BYTES:
            return


def main(names: list[str]) -> None:
    """Make those that are named, or all."""
    found = shots()
    for name in names or list(found):
        if "TAIXU_CONTENT" in found[name] and "TAIXU_CONTENT" not in os.environ:
            sys.stderr.write(f"{name}: set TAIXU_CONTENT to the folder with the models that the page names\n")
            continue
        make(name, found[name])
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
