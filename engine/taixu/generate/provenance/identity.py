"""The certificate that signs: the user's, or one made here for this user alone."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError

__all__ = ["Identity", "identity_folder", "signing_identity"]

_MOST_BYTES = 1 << 20
_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Identity:
    """A chain of certificates (PEM, leaf first), the leaf's key (PEM), and C2PA's name of its algorithm."""

    chain: bytes
    key: bytes
    algorithm: str


def identity_folder() -> Path:
    """Where this user's own certificate lies: ``TAIXU_CONFIG``, or where the platform keeps such things."""
    named = os.environ.get("TAIXU_CONFIG")
    if named:
        return Path(named) / "identity"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "taixu" / "identity"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "taixu" / "identity"
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "taixu" / "identity"


def signing_identity() -> Identity:
    """The certificate that the environment names, or the user's own, made when it is first asked for.

    Raises
    ------
    TaixuError
        When it cannot be read, or its key is of no kind that C2PA takes.
    """
    chain, key = os.environ.get("TAIXU_SIGN_CERTIFICATE", ""), os.environ.get("TAIXU_SIGN_KEY", "")
    if bool(chain) != bool(key):
        raise UsageError("TAIXU_SIGN_CERTIFICATE and TAIXU_SIGN_KEY go together; name both, or neither")
    if chain:
        return _identity(Path(chain), Path(key))
    folder = identity_folder()
    paths = folder / "certificate.pem", folder / "key.pem"
    if not all(path.exists() for path in paths):
        _make(*paths)
    return _identity(*paths)


def _identity(chain: Path, key: Path) -> Identity:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = read_bytes(key, max_bytes=_MOST_BYTES)
    try:
        loaded = load_pem_private_key(data, None)
    except (ValueError, TypeError) as error:
        raise TaixuError(f"{key}: is no private key in PEM without a password") from error
    if isinstance(loaded, ec.EllipticCurvePrivateKey):
        algorithm = {256: "ES256", 384: "ES384", 521: "ES512"}.get(loaded.curve.key_size, "")
    else:
        kinds = {ed25519.Ed25519PrivateKey: "ED25519", rsa.RSAPrivateKey: "PS256"}
        algorithm = next((name for kind, name in kinds.items() if isinstance(loaded, kind)), "")
    if not algorithm:
        raise TaixuError(f"{key}: is a key of a kind that C2PA does not take; use P-256, P-384, P-521, Ed25519 or RSA")
    return Identity(read_bytes(chain, max_bytes=_MOST_BYTES), data, algorithm)


def _make(chain: Path, key: Path) -> None:
    """Make an authority, whose key is thrown away, and a certificate of it: C2PA takes none that signed itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Taixu")])

    def usage(*, signs_certificates: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            digital_signature=not signs_certificates, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)

    def builder(subject: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("Taixu, this machine")).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=_DAYS)).add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        )  # fmt: skip

    above = (
        builder("Taixu, this machine", root.public_key()).add_extension(x509.BasicConstraints(True, 0), True)
        .add_extension(usage(signs_certificates=True), True).sign(root, hashes.SHA256())
    )  # fmt: skip
    own = (
        builder("Taixu, a user without a certificate", leaf.public_key()).add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(usage(signs_certificates=False), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False).sign(root, hashes.SHA256())
    )  # fmt: skip
    write_atomic(key, leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.chmod(0o600)
    write_atomic(chain, own.public_bytes(Encoding.PEM) + above.public_bytes(Encoding.PEM))
