"""Makes the image of Python for mods: engine/taixu/mods/box/image/python.wasm.xz, its SHA-256, its licences,
and the hashes of the engine's Python in it.

    python .ci/image [--out FOLDER]

The same sources give the same bytes: link (link.py), start Python once and keep its memory (snapshot.py), make it small
(binaryen), pack. It takes some minutes, needs node 20, pip's index and npm's registry, and wasmtime and zstandard here.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import lzma
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import link
import snapshot
import sources

_ROOT = sources.HERE.parent.parent
_IMAGE = _ROOT / "engine" / "taixu" / "mods" / "box" / "image"
_FEATURES = ["--all-features", "--disable-compact-imports"]
_ENTRIES = ("memory", "message", "__stack_pointer", "boot", "call", "column", "allocate", "release")


class _Binaryen:
    def __init__(self, node: str, programs: Path, folder: Path) -> None:
        self.node = node
        self.programs = programs
        self.folder = folder

    def run(self, program: str, *arguments: str) -> None:
        command = [self.node, str(self.programs / program), *_FEATURES, *arguments]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def merge(self, modules: dict[str, bytes]) -> bytes:
        """One module of those that import from each other by these names."""
        files: list[str] = []
        for name, module in modules.items():
            (self.folder / f"{name}.wasm").write_bytes(module)
            files += [f"{name}.wasm", name]
        self.run("wasm-merge", *files, "--rename-export-conflicts", "-o", "merged.wasm")
        return (self.folder / "merged.wasm").read_bytes()

    def keep(self, module: bytes, entries: tuple[str, ...]) -> bytes:
        """What is reached from these exports."""
        graph = [{"name": name, "root": True, "export": name} for name in entries]
        (self.folder / "entries.json").write_text(json.dumps(graph))
        (self.folder / "whole.wasm").write_bytes(module)
        self.run("wasm-metadce", "whole.wasm", "-f", "entries.json", "-o", "kept.wasm")
        return (self.folder / "kept.wasm").read_bytes()

    def optimise(self, module: bytes, *passes: str) -> bytes:
        (self.folder / "before.wasm").write_bytes(module)
        self.run("wasm-opt", "before.wasm", *passes, "-o", "after.wasm")
        return (self.folder / "after.wasm").read_bytes()


def make(folder: Path) -> tuple[bytes, str, dict[str, str]]:
    """The image, the texts of its licences, and the hashes of what runs inside."""
    pieces = sources.fetch_pieces(folder)
    node, npm = sources.find_node()
    tools = _Binaryen(node, sources.fetch_binaryen(folder, npm), folder)
    libraries = {name: module for name, module in pieces.items() if name != "stdlib"}
    linked = link.link(libraries, sources.HERE / "glue.wat")
    module = tools.merge(linked.modules)
    module = tools.keep(module, (*_ENTRIES, "relocate", "prepare"))
    # The constants that link.py settled become constants of the code; without this no initial value could use them.
    module = tools.optimise(module, "--propagate-globals-globally", "--simplify-globals")
    inside = {file.name: file.read_bytes() for file in sorted((sources.HERE / "inside").glob("*.py"))}
    guest = _guest_texts()
    inside |= {f"{name}.py": text.encode() for name, text in guest.items()}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in inside.items()}
    inside["taixu_baked.py"] = f"TEXTS = {guest!r}\nSUMS = {sums!r}\n".encode()
    module = snapshot.snapshot(module, snapshot.archive(pieces["stdlib"], inside))
    module = tools.merge({"image": module, "build": link.without_build(module, linked.errno)})
    module = tools.keep(module, _ENTRIES)
    return tools.optimise(module, "-O2", "--strip-debug", "--strip-producers"), _licences(pieces["stdlib"]), sums


def _guest_texts() -> dict[str, str]:
    """The engine's side of the guest, by module: it starts with the snapshot instead of with every mod."""
    try:
        from taixu.mods.guest_sources import guest_sources
    except ImportError:
        return {}
    return {name.removesuffix(".py"): text for name, text in sorted(guest_sources().items())}


def _licences(standard_library: bytes) -> str:
    with tarfile.open(fileobj=io.BytesIO(standard_library)) as tar:
        file = tar.extractfile("LICENSE.txt")
        assert file is not None
        python = file.read().decode()
    parts = [(f"CPython {sources.PYTHON} (https://www.python.org)", python)]
    for text in sorted((sources.HERE / "licences").glob("*.txt")):
        title, _, body = text.read_text("utf-8").partition("\n")
        parts.append((title, body.strip() + "\n"))
    rule = "=" * 100
    return "What python.wasm.xz is made of, and under which terms.\n\n" + "\n".join(
        f"{rule}\n{title}\n{rule}\n\n{body}" for title, body in parts
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--out", type=Path, default=_IMAGE)
    out = arguments.parse_args().out
    with TemporaryDirectory() as folder:
        module, licences, sums = make(Path(folder))
    out.mkdir(parents=True, exist_ok=True)
    packed = lzma.compress(module, lzma.FORMAT_XZ, lzma.CHECK_CRC64, preset=9 | lzma.PRESET_EXTREME)
    (out / "python.wasm.xz").write_bytes(packed)
    (out / "python.wasm.sha256").write_text(f"{hashlib.sha256(module).hexdigest()}\n")
    (out / "guest.json").write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n")
    (out / "LICENSES.txt").write_text(licences)
    print(f"{out}: {len(module) / 1e6:.1f} MB, packed {len(packed) / 1e6:.2f} MB")


main()
