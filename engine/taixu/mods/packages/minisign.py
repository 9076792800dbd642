"""Signatures in minisign's format (https://jedisct1.github.io/minisign/): files that its tool reads, and files that it writes.

Ed25519 over BLAKE2b-512 of the file, and over signature and trusted comment together. Old signatures, of the file itself
(``Ed``), are refused, as minisign does not make them any more. The primitive is the package `cryptography`'s.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from importlib.util import find_spec

from taixu.errors import MachineError, TaixuError

__all__ = ["PublicKey", "Signature", "need_cryptography", "parse_public_key", "parse_signature", "verify"]

MAX_SIGNATURE_BYTES = 2048
_COMMENT = "untrusted comment: "
_TRUSTED = "trusted comment: "
_KEY_KIND, _HASHED, _LEGACY = b"Ed", b"ED", b"Ed"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who signs: 8 bytes to tell keys apart at a glance, and the key, 32 bytes."""

    number: bytes
    key: bytes

    @property
    def name(self) -> str:
        """The number as minisign writes it."""
        return self.number[::-1].hex().upper()

    @property
    def text(self) -> str:
        """One line of base64, as in ``minisign -P``."""
        return base64.b64encode(_KEY_KIND + self.number + self.key).decode()

    @property
    def file_text(self) -> str:
        """As a file."""
        return f"{_COMMENT}minisign public key {self.name}\n{self.text}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A detached signature: of the file, and of the comment that can be trusted once it is verified."""

    number: bytes
    signature: bytes
    comment: str
    comment_signature: bytes

    @property
    def file_text(self) -> str:
        """As a file."""
        return "\n".join((
            f"{_COMMENT}signature of a Taixu mod", base64.b64encode(_HASHED + self.number + self.signature).decode(),
            f"{_TRUSTED}{self.comment}", base64.b64encode(self.comment_signature).decode(), "",
        ))  # fmt: skip


def need_cryptography() -> None:
    """Raise where the package is missing."""
    if find_spec("cryptography") is None:
        raise MachineError('signatures need the package cryptography; pip install "taixu[mods]" brings it')


def parse_public_key(text: str, *, file: str = "key") -> PublicKey:
    """Read a key, as one line or as a file of two.

    Raises
    ------
    TaixuError
        When it is none.
    """
    lines = text.strip().splitlines()
    if len(text) > MAX_SIGNATURE_BYTES or not lines or (len(lines) == 2 and not lines[0].startswith(_COMMENT)) or len(lines) > 2:
        raise TaixuError(f"{file}: this is no public key of minisign; it has one line of base64, with a comment above or none")
    data = _base64(lines[-1].strip(), 42, file)
    if data[:2] != _KEY_KIND:
        raise TaixuError(f"{file}: this is a key of a kind that is not known")
    return PublicKey(data[2:10], data[10:])


def parse_signature(data: bytes, *, file: str) -> Signature:
    """Read a ``.minisig`` file.

    Raises
    ------
    TaixuError
        When it is none, cut off, or of the old kind.
    """
    wrong = TaixuError(f"{file}: this is no signature of minisign; it has four lines")
    try:
        text = data.decode("utf-8") if len(data) <= MAX_SIGNATURE_BYTES else ""
    except UnicodeDecodeError:
        raise wrong from None
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) != 4 or not lines[0].startswith(_COMMENT) or not lines[2].startswith(_TRUSTED) or not lines[2].isprintable():
        raise wrong
    signed, whole = _base64(lines[1], 74, file), _base64(lines[3], 64, file)
    if signed[:2] == _LEGACY:
        raise TaixuError(f"{file}: is signed in the old way, which is refused; sign again with minisign 0.10 or newer")
    if signed[:2] != _HASHED:
        raise TaixuError(f"{file}: is a signature of a kind that is not known")
    return Signature(signed[2:10], signed[10:], lines[2].removeprefix(_TRUSTED), whole)


def verify(data: bytes, signature: Signature, key: PublicKey, *, file: str) -> str:
    """Check a signature and give its comment, which is trusted from here on.

    Raises
    ------
    TaixuError
        When another key signed, or file, signature or comment were changed.
    """
    need_cryptography()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if signature.number != key.number:
        other = PublicKey(signature.number, b"").name
        raise TaixuError(f"{file}: is signed by the key {other}, not by {key.name}")
    try:
        public = Ed25519PublicKey.from_public_bytes(key.key)
        public.verify(signature.signature, hashlib.blake2b(data).digest())
    except (InvalidSignature, ValueError):
        raise TaixuError(f"{file}: is not what the key {key.name} signed; it was changed, or the key is forged") from None
    try:
        public.verify(signature.comment_signature, signature.signature + signature.comment.encode())
    except InvalidSignature:
        raise TaixuError(f"{file}: the comment of its signature was changed") from None
    return signature.comment


def _base64(text: str, count: int, file: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != count:
        raise TaixuError(f"{file}: {text[:30]!r} is cut off, or no base64")
    return data
