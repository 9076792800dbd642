"""Keys that sign, in minisign's files: locked with a password through scrypt, readable by their owner alone.

The layout: kind, kdf, checksum's kind (2 bytes each), salt (32), scrypt's operations and memory (8 each), and 104 bytes XORed
with scrypt's stream: number (8), seed and public key (64), BLAKE2b-256 of kind, number and key (32).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass

from taixu.errors import TaixuError
from taixu.mods.packages.minisign import PublicKey, Signature, need_cryptography

__all__ = ["SecretKey", "lock_key", "make_key", "sign", "unlock_key"]

_COMMENT = "untrusted comment: "
_KIND, _SCRYPT, _OPEN, _BLAKE2 = b"Ed", b"Sc", b"\0\0", b"B2"
_LENGTH = 158
_LOCKED = 104
_BLOCK = 8
_MOST_COST = 20
"""2^20 blocks of a kilobyte: a gigabyte, what minisign itself takes."""
OPERATIONS, MEMORY_BYTES = 1 << 22, 1 << 27
"""Of keys that are made here: 128 MB and a third of a second for each guess."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key that signs; `seed` is never shown."""

    public: PublicKey
    seed: bytes

    def __repr__(self) -> str:
        return f"SecretKey({self.public.name})"


def make_key() -> SecretKey:
    """A key by chance, from the system."""
    need_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    return SecretKey(PublicKey(os.urandom(8), private.public_key().public_bytes_raw()), private.private_bytes_raw())


def sign(data: bytes, key: SecretKey, *, comment: str) -> Signature:
    """Sign bytes, and with them a comment of one line."""
    need_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not comment.isprintable():
        raise ValueError("a comment is one line")
    private = Ed25519PrivateKey.from_private_bytes(key.seed)
    signature = private.sign(hashlib.blake2b(data).digest())
    return Signature(key.public.number, signature, comment, private.sign(signature + comment.encode()))


def lock_key(key: SecretKey, password: str, *, operations: int = OPERATIONS, memory_bytes: int = MEMORY_BYTES) -> str:
    """The file of a key."""
    bare = key.public.number + key.seed + key.public.key
    bare += hashlib.blake2b(_KIND + bare, digest_size=32).digest()
    salt = os.urandom(32)
    stream = _stream(password, salt, operations, memory_bytes, file="key")
    whole = _KIND + _SCRYPT + _BLAKE2 + salt + struct.pack("<QQ", operations, memory_bytes) + _xor(bare, stream)
    return f"{_COMMENT}minisign encrypted secret key\n{base64.b64encode(whole).decode()}\n"


def unlock_key(text: str, password: str, *, file: str) -> SecretKey:
    """Read the file of a key, ours or minisign's.

    Raises
    ------
    TaixuError
        When it is none, damaged, or the password is another.
    """
    lines = text.strip().splitlines()
    try:
        data = base64.b64decode(lines[-1], validate=True) if len(lines) == 2 and lines[0].startswith(_COMMENT) else b""
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != _LENGTH or data[:2] != _KIND or data[4:6] != _BLAKE2 or data[2:4] not in (_SCRYPT, _OPEN):
        raise TaixuError(f"{file}: this is no secret key of minisign")
    operations, memory_bytes = struct.unpack_from("<QQ", data, 38)
    bare = data[-_LOCKED:]
    if data[2:4] == _SCRYPT:
        bare = _xor(bare, _stream(password, data[6:38], operations, memory_bytes, file=file))
    number, seed, public, checksum = bare[:8], bare[8:40], bare[40:72], bare[72:]
    is_whole = hmac.compare_digest(hashlib.blake2b(_KIND + bare[:72], digest_size=32).digest(), checksum)
    if data[2:4] == _OPEN and checksum == bytes(32):  # minisign sums up locked keys alone
        is_whole = _public_of(seed) == public
    if not is_whole:
        raise TaixuError(f"{file}: the password is wrong, or the file is damaged")
    return SecretKey(PublicKey(number, public), seed)


def _public_of(seed: bytes) -> bytes:
    need_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _stream(password: str, salt: bytes, operations: int, memory_bytes: int, *, file: str) -> bytes:
    """scrypt, with its costs from libsodium's two limits (``pickparams`` of pwhash_scryptsalsa208sha256)."""
    operations = max(operations, 1 << 15)
    cost, lanes = 1, 1
    most = operations // (4 * _BLOCK) if operations < memory_bytes // 32 else memory_bytes // (128 * _BLOCK)
    while cost < 63 and 1 << cost <= most // 2:
        cost += 1
    if operations >= memory_bytes // 32:
        lanes = min(operations // 4 >> cost, 0x3FFFFFFF) // _BLOCK
    if cost > _MOST_COST or not 1 <= lanes <= 16:
        raise TaixuError(f"{file}: asks for more work or memory than a key needs")
    need = 128 * _BLOCK * ((1 << cost) + lanes + 4)
    return hashlib.scrypt(password.encode(), salt=salt, n=1 << cost, r=_BLOCK, p=lanes, dklen=_LOCKED, maxmem=need)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))
