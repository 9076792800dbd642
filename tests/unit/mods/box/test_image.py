from __future__ import annotations

import ast
import hashlib
import lzma
import os
import stat
import sys
import threading
import time

import pytest
from boxed_python import Console, boxed_image

from taixu.errors import MachineError
from taixu.mods.box import image, runtime

wasmtime = pytest.importorskip("wasmtime", reason="mods need wasmtime, which is not installed here")

SMALL = '(module (memory (export "memory") 1) (func (export "one") (result i32) i32.const 1))'


@pytest.fixture
def source(tmp_path):
    """A folder with an image that compiles at once."""
    folder = tmp_path / "source"
    folder.mkdir()
    module = bytes(wasmtime.wat2wasm(SMALL))
    (folder / "python.wasm.xz").write_bytes(lzma.compress(module))
    (folder / "python.wasm.sha256").write_text(hashlib.sha256(module).hexdigest() + "\n")
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


class Told:
    def __init__(self) -> None:
        self.said: list[tuple[float, str]] = []

    def __call__(self, part: float, text: str) -> None:
        self.said.append((part, text))

    @property
    def compilations(self) -> int:
        return sum(part == 1.0 for part, _ in self.said)


def test_what_ships_is_what_its_hash_says_and_imports_two_functions():
    assert hashlib.sha256(image.read_image()).hexdigest() == image.image_hash()
    module = boxed_image().module
    assert sorted((item.module, item.name) for item in module.imports) == [("host", "colop"), ("host", "log")]
    assert {item.name for item in module.exports} >= {"boot", "call", "column", "memory", "allocate", "release"}


def test_licences_ship_beside_the_image():
    text = (image.Path(image.__file__).with_name("image") / "LICENSES.txt").read_text("utf-8")
    for name in ("PYTHON SOFTWARE FOUNDATION LICENSE", "wasi-libc", "musl", "libmpdec", "zlib", "HACL*"):
        assert name in text


def test_it_is_compiled_once_with_progress(source, cache):
    told = Told()
    path = image.compiled(source=source, cache=cache, progress=told)
    parts = [part for part, _ in told.said]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)
    assert image.compiled(source=source, cache=cache, progress=told) == path
    assert told.compilations == 1


def test_only_the_newest_few_are_kept(source, cache):
    paths = []
    for number in range(5):
        module = bytes(wasmtime.wat2wasm(SMALL.replace("i32.const 1", f"i32.const {number}")))
        (source / "python.wasm.xz").write_bytes(lzma.compress(module))
        (source / "python.wasm.sha256").write_text(hashlib.sha256(module).hexdigest())
        paths.append(image.compiled(source=source, cache=cache))
        os.utime(paths[-1], (1000 + number, 1000 + number))
    assert [path.exists() for path in paths] == [False, False, True, True, True]
    assert len(list((cache / "mods").glob("*.mac"))) == 3


@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "seal", "no seal", "key", "other key"])
def test_a_damaged_cache_is_made_anew(source, cache, damage):
    told = Told()
    path = image.compiled(source=source, cache=cache)
    code, seal, key = path.read_bytes(), path.with_suffix(".compiled.mac"), path.parent / "key"
    if damage == "flip":
        path.write_bytes(code[:200] + bytes([code[200] ^ 1]) + code[201:])
    elif damage == "cut":
        path.write_bytes(code[:-1])
    elif damage == "grow":
        path.write_bytes(code + b"\0")
    elif damage == "seal":
        seal.write_bytes(bytes(32))
    elif damage == "no seal":
        seal.unlink()
    elif damage == "key":
        key.write_bytes(b"short")
    else:
        key.write_bytes(bytes(32))
    assert image.compiled(source=source, cache=cache, progress=told).read_bytes() == code
    assert told.compilations == 1
    image.compiled(source=source, cache=cache, progress=told)
    assert told.compilations == 1


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no modes here")
def test_the_folder_is_private_and_files_are_the_users_own(source, cache):
    (cache / "mods").mkdir(parents=True, mode=0o755)
    path = image.compiled(source=source, cache=cache)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="making links wants a right here")
def test_a_folder_that_is_a_link_is_refused(source, cache, tmp_path):
    cache.mkdir()
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", cache / "mods")
    with pytest.raises(MachineError, match="a folder of yours"):
        image.compiled(source=source, cache=cache)


def test_several_first_uses_compile_once(source, cache):
    told, paths = Told(), []
    threads = [
        threading.Thread(target=lambda: paths.append(image.compiled(source=source, cache=cache, progress=told))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 6
    assert len(set(paths)) == 1
    assert told.compilations == 1


def test_the_lock_of_a_process_that_is_gone_is_taken_over(source, cache):
    path = image.compiled(source=source, cache=cache)
    path.unlink()
    lock = path.with_suffix(".lock")
    lock.touch()
    long_ago = time.time() - 10_000
    os.utime(lock, (long_ago, long_ago))
    assert image.compiled(source=source, cache=cache).exists()
    assert not lock.exists()


@pytest.mark.parametrize("damage", ["flip", "cut", "missing", "no xz", "other", "bomb"])
def test_a_damaged_image_is_refused(source, cache, damage):
    file = source / "python.wasm.xz"
    packed = file.read_bytes()
    if damage == "flip":
        file.write_bytes(packed[:-30] + bytes([packed[-30] ^ 1]) + packed[-29:])
    elif damage == "cut":
        file.write_bytes(packed[:-8])
    elif damage == "missing":
        file.unlink()
    elif damage == "no xz":
        file.write_bytes(b"PK")
    elif damage == "other":
        file.write_bytes(lzma.compress(b"\0asm\1\0\0\0"))
    else:
        file.write_bytes(lzma.compress(bytes(65 << 20), preset=0))
    with pytest.raises(MachineError, match="damaged; install taixu again"):
        image.compiled(source=source, cache=cache)
    assert not list((cache / "mods").glob("*.compiled"))


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "../../../etc/passwd"])
def test_a_hash_that_is_none_is_refused(source, cache, text):
    (source / "python.wasm.sha256").write_text(text)
    with pytest.raises(MachineError, match="should hold the SHA-256"):
        image.compiled(source=source, cache=cache)


@pytest.mark.parametrize(
    "module",
    [
        "(module (memory 1 1 shared))",
        "(module (memory i64 1))",
        "(module (memory 1) (memory 1))",
        "(module (tag))",
        "(module (type (struct)))",
        "(module (func (result v128) v128.const i64x2 0 0))",
        "(module (func $f return_call $f))",
        "(component)",
    ],
)
def test_what_python_does_not_need_of_webassembly_is_off(module):
    with pytest.raises(wasmtime.WasmtimeError):
        wasmtime.Module(runtime.make_engine(), wasmtime.wat2wasm(module))


def test_the_key_changes_with_the_settings(monkeypatch):
    before = runtime.configuration_key()
    monkeypatch.setitem(runtime._SETTINGS, "cranelift_opt_level", "none")
    assert runtime.configuration_key() != before


def test_without_wasmtime_mods_are_off(monkeypatch):
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    with pytest.raises(MachineError, match=r"mods need wasmtime.*taixu\[mods\]"):
        runtime.make_engine()


def test_the_image_holds_the_guest_of_these_sources(repository):
    """What runs inside is in the image; sources that changed since are sent with every mod, and start slowly."""
    from taixu.mods.guest_sources import guest_sources

    texts = {name: text.encode() for name, text in guest_sources().items()}
    texts |= {file.name: file.read_bytes() for file in (repository / ".ci" / "image" / "inside").glob("*.py")}
    told = {name: hashlib.sha256(data).hexdigest() for name, data in texts.items()}
    assert image.inside() == told, "the image is older than what runs inside it: run make image"
    console = Console()
    held = console.value("{name: sum.hex() for name, sum in __import__('sys').modules['taixu_guest'].baked.items()}")
    assert ast.literal_eval(held) == {name: told[name] for name in guest_sources()}, "run make image"
