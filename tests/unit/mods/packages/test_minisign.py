"""Signatures: they are minisign's, both ways, and tricks are refused."""

from __future__ import annotations

import base64
import hashlib
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from taixu.errors import TaixuError
from taixu.mods.packages.minisign import PublicKey, parse_public_key, parse_signature, verify
from taixu.mods.packages.secret_key import SecretKey, lock_key, make_key, sign, unlock_key

DATA = b"a package"
LIGHT = {"operations": 1 << 15, "memory_bytes": 1 << 20}
"""Of keys in tests: scrypt with little work."""

# A key, and signatures over DATA, that minisign 0.11 made.
FOREIGN_KEY = "RWSckWfB3MMK4+IeV+0LKC2wJY97dXpSxT4tbo5n4qorLMZsgn3zuRUE"
FOREIGN = b"""untrusted comment: signature from minisign secret key
RUSckWfB3MMK490q6UIboJCuZc1AyAyniuBzrpthMjYSMHayIhM14/Zvh/mY5NMhIzU6ruQV3Jd+dtX62MuW5wFVias6YieQ1As=
trusted comment: by minisign 0.11
b/UG0hPo+3yr/RvXkC8OxADXG5F4hmqwVchrlePojXFJ6vcgk3t5raei5VEYc0d8BTGgq5Y4vb5BcDhmIHb6Cg==
"""
FOREIGN_OLD = b"""untrusted comment: signature from minisign secret key
RWSckWfB3MMK48Ti5MWjc7KqoBnxSUmxbwp5ME5JN30IwZlonzJKlNHAxNng6Vk++a75CW4btoGIfHbOcnbN02GSyYO4S8LP8gs=
trusted comment: old
7ES2qKtrz+OPxEb0/kyyWv976NHlOjBkr1uLAs+F3KWvRZbW2HEfdOkW1+KO13tq0qproWPH2p/mWl5Q2+lhBg==
"""


@pytest.fixture(scope="module")
def key() -> SecretKey:
    return make_key()


def signed(key: SecretKey, data: bytes = DATA, comment: str = "hello") -> bytes:
    return sign(data, key, comment=comment).file_text.encode()


def check(text: bytes, key: PublicKey, data: bytes = DATA) -> str:
    return verify(data, parse_signature(text, file="x.minisig"), key, file="x.zip")


def naive(text: bytes, key: PublicKey, data: bytes = DATA) -> str:
    """A reader that checks the file's signature, and believes the rest."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    lines = text.decode().splitlines()
    raw = base64.b64decode(lines[1])
    message = data if raw[:2] == b"Ed" else hashlib.blake2b(data).digest()
    Ed25519PublicKey.from_public_bytes(key.key).verify(raw[10:74], message)
    return lines[2].partition(": ")[2]


def changed(text: bytes, line: int, new: bytes) -> bytes:
    lines = text.split(b"\n")
    lines[line] = new
    return b"\n".join(lines)


def test_what_was_signed_is_verified(key: SecretKey) -> None:
    assert check(signed(key), key.public) == "hello"
    assert parse_public_key(key.public.text) == key.public
    assert parse_public_key(key.public.file_text) == key.public
    assert check(signed(key).replace(b"\n", b"\r\n"), key.public) == "hello"
    assert key.seed.hex() not in repr(key)


def test_what_minisign_made_is_read() -> None:
    key = parse_public_key(FOREIGN_KEY)
    assert check(FOREIGN, key) == "by minisign 0.11"
    with pytest.raises(TaixuError, match="old way"):
        check(FOREIGN_OLD, key)


def test_minisign_reads_ours_and_we_read_its(tmp_path: Path, key: SecretKey) -> None:
    tool = shutil.which("minisign")
    if tool is None:
        pytest.skip("minisign is not installed")

    def run(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([tool, *words], cwd=tmp_path, input=typed, capture_output=True, text=True, timeout=300)

    (tmp_path / "x").write_bytes(DATA)
    (tmp_path / "x.minisig").write_bytes(signed(key))
    (tmp_path / "ours.pub").write_text(key.public.file_text)
    (tmp_path / "ours.key").write_text(lock_key(key, "swordfish", **LIGHT))
    assert "comment signature verified" in run("-Vm", "x", "-p", "ours.pub").stdout
    assert "comment signature verified" in run("-Vm", "x", "-P", key.public.text).stdout
    assert run("-Vm", "ours.pub", "-x", "x.minisig", "-p", "ours.pub").returncode != 0
    made = run("-Sm", "x", "-s", "ours.key", "-x", "theirs.minisig", "-t", "by the tool", typed="swordfish\n")
    assert made.returncode == 0, made.stderr
    assert check((tmp_path / "theirs.minisig").read_bytes(), key.public) == "by the tool"
    assert run("-Gf", "-W", "-p", "its.pub", "-s", "its.key").returncode == 0  # without a password: scrypt of a gigabyte is slow
    its = unlock_key((tmp_path / "its.key").read_text(), "", file="its.key")
    assert parse_public_key((tmp_path / "its.pub").read_text()) == its.public
    assert check(signed(its), its.public) == "hello"


def test_a_locked_key_opens_with_its_password_alone(key: SecretKey) -> None:
    text = lock_key(key, "swordfish", **LIGHT)
    assert unlock_key(text, "swordfish", file="k") == key
    assert text != lock_key(key, "swordfish", **LIGHT), "each has a salt of its own"
    with pytest.raises(TaixuError, match="password is wrong"):
        unlock_key(text, "Swordfish", file="k")
    with pytest.raises(TaixuError, match="no secret key"):
        unlock_key(text[:-20], "swordfish", file="k")
    with pytest.raises(TaixuError, match="no secret key"):
        unlock_key(key.public.file_text, "swordfish", file="k")


def test_a_key_file_that_asks_for_all_memory_is_refused(key: SecretKey) -> None:
    raw = bytearray(base64.b64decode(lock_key(key, "x", **LIGHT).splitlines()[1]))
    for operations, memory in ((1 << 60, 1 << 60), (1 << 40, 1 << 20)):
        raw[38:54] = struct.pack("<QQ", operations, memory)
        with pytest.raises(TaixuError, match="more work or memory"):
            unlock_key(f"untrusted comment: x\n{base64.b64encode(raw).decode()}\n", "x", file="k")


def test_another_file_and_another_key(key: SecretKey) -> None:
    with pytest.raises(TaixuError, match="was changed, or the key is forged"):
        check(signed(key), key.public, b"another package")
    other = make_key()
    with pytest.raises(TaixuError, match=f"signed by the key {other.public.name}, not by {key.public.name}"):
        check(signed(other), key.public)


def test_a_forged_number_of_a_key(key: SecretKey) -> None:
    """A key with the number of another: who looks at the number alone is taken in."""
    forger = SecretKey(PublicKey(key.public.number, make_key().public.key), make_key().seed)
    assert forger.public.name == key.public.name
    with pytest.raises(TaixuError, match="forged"):
        check(signed(forger), key.public)


def test_a_forged_comment(key: SecretKey) -> None:
    text = changed(signed(key, comment="alice.fish 1.0.0"), 2, b"trusted comment: alice.fish 9.9.9")
    assert naive(text, key.public) == "alice.fish 9.9.9", "who checks the file alone believes it"
    with pytest.raises(TaixuError, match="comment of its signature was changed"):
        check(text, key.public)


def test_a_comment_of_another_signature(key: SecretKey) -> None:
    one, other = signed(key, comment="old"), signed(key, b"another", comment="new").split(b"\n")
    text = changed(changed(one, 2, other[2]), 3, other[3])
    assert naive(text, key.public) == "new"
    with pytest.raises(TaixuError, match="comment"):
        check(text, key.public)


def test_the_old_way_of_signing(key: SecretKey) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(key.seed)
    signature = private.sign(DATA)
    whole = private.sign(signature + b"hello")
    text = b"untrusted comment: x\n" + base64.b64encode(b"Ed" + key.public.number + signature)
    text += b"\ntrusted comment: hello\n" + base64.b64encode(whole) + b"\n"
    assert naive(text, key.public) == "hello"
    with pytest.raises(TaixuError, match="old way"):
        check(text, key.public)


def test_a_hash_taken_for_a_file(key: SecretKey) -> None:
    """The old way lets a signature of a file stand for another file: the hash of the first. So one way only."""
    text = signed(key)
    raw = base64.b64decode(text.split(b"\n")[1])
    twisted = changed(text, 1, base64.b64encode(b"Ed" + raw[2:]))
    assert naive(twisted, key.public, hashlib.blake2b(DATA).digest()) == "hello"
    with pytest.raises(TaixuError, match="old way"):
        check(twisted, key.public, hashlib.blake2b(DATA).digest())


@pytest.mark.parametrize("line", [0, 1, 2, 3])
def test_broken_lines(key: SecretKey, line: int) -> None:
    good = signed(key)
    for new in (b"", b"x", good.split(b"\n")[line][:-9], b"\xff\xfe", good.split(b"\n")[line] + b"\x1b[2J"):
        with pytest.raises(TaixuError) as refusal:
            check(changed(good, line, new), key.public) if line or not new.startswith(b"untrusted comment: ") else _refuse()
        assert str(refusal.value).isprintable()


def _refuse() -> None:
    raise TaixuError("the first line is nobody's word, and may say anything")


def test_sizes_and_lines(key: SecretKey) -> None:
    good = signed(key)
    for text in (b"", good + b"more\n", good * 2, b"\n" + good, good + b"x" * 10_000, good[:-40]):
        with pytest.raises(TaixuError):
            check(text, key.public)
    with pytest.raises(TaixuError, match="kind that is not known"):
        raw = base64.b64decode(good.split(b"\n")[1])
        check(changed(good, 1, base64.b64encode(b"XX" + raw[2:])), key.public)


@pytest.mark.parametrize(
    "text", ["", "x", "RWQ", "untrusted comment: x", "a\nb\nc", FOREIGN_KEY[:-1], "X" + FOREIGN_KEY[1:], "x" * 5000], ids=range(8)
)
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(TaixuError):
        parse_public_key(text)


@pytest.mark.parametrize("point", [bytes(32), b"\1" + bytes(31), b"\xff" * 32], ids=["zero", "neutral", "none"])
def test_weak_keys_sign_nothing_of_ours(key: SecretKey, point: bytes) -> None:
    """Points of small order, with which a signature of zeros could be made to fit many files."""
    weak = PublicKey(key.public.number, point)
    raw = base64.b64encode(b"ED" + key.public.number + bytes(64))
    text = changed(changed(signed(key), 1, raw), 3, base64.b64encode(bytes(64)))
    with pytest.raises(TaixuError):
        check(text, weak)
