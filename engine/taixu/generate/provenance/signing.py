"""Signatures by C2PA: who vouches for a picture or a sound, in the file or beside it, and whether it is as it was signed.

Whoever has a certificate names it with the environment's ``TAIXU_SIGN_CERTIFICATE`` and ``TAIXU_SIGN_KEY`` (PEM; the chain, leaf
first). Without, one is made for this user and kept in the user's own folder: it shows that a file is unchanged, and vouches for
nobody.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.assets.sidecar import Provenance
from taixu.errors import MachineError, TaixuError
from taixu.generate.provenance.identity import signing_identity
from taixu.generate.provenance.record import record_of, source_type_uri

__all__ = ["SIGNED_SUFFIXES", "Signature", "can_sign", "read_signature", "sign_file"]

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".wav": "audio/wav"}
SIGNED_SUFFIXES = tuple(_TYPES)
"""Endings of files that can be signed."""

_OFFLINE = {
    "verify": {"verify_trust": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
_MOST_BYTES = 1 << 29


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was found.

    Attributes
    ----------
    is_valid
        Whether the file is as it was signed.
    signer
        Whom the certificate names.
    is_detached
        Whether it lies beside, in ``NAME.c2pa``.
    source_type
        IPTC's digital source type in it.
    problems
        What is wrong, by C2PA's codes.
    """

    is_valid: bool
    signer: str
    is_detached: bool
    source_type: str
    problems: tuple[str, ...]


def can_sign(path: Path) -> bool:
    """Whether a file's format can be signed, and the package for it is here."""
    return path.suffix.lower() in _TYPES and all(find_spec(name) is not None for name in ("c2pa", "cryptography"))


def sign_file(path: Path, provenance: Provenance, *, title: str, detached: bool = False) -> Path | None:
    """Sign a file in place, or into ``PATH.c2pa``, whose path it gives.

    Raises
    ------
    MachineError
        When the package for it lacks.
    TaixuError
        When file or certificate cannot be used.
    """
    c2pa = _package()
    identity = signing_identity()
    kind, data = _TYPES[path.suffix.lower()], read_bytes(path, max_bytes=_MOST_BYTES)
    signed = io.BytesIO()
    try:
        with (
            c2pa.Context.from_dict(_OFFLINE) as context,
            c2pa.Signer.from_info(
                c2pa.C2paSignerInfo(getattr(c2pa.C2paSigningAlg, identity.algorithm), identity.chain, identity.key, None)
            ) as signer,
            c2pa.Builder(_manifest(provenance, title), context) as builder,
        ):
            if detached:
                builder.set_no_embed()
            store = builder.sign(signer, kind, io.BytesIO(data), signed)
    except c2pa.C2paError as error:
        raise TaixuError(f"{path}: cannot be signed: {' '.join(str(error).split())}") from error
    if not detached:
        write_atomic(path, signed.getvalue())
        return None
    beside = path.with_name(f"{path.name}.c2pa")
    write_atomic(beside, bytes(store))
    return beside


def read_signature(path: Path) -> Signature | None:
    """The signature in a file, or beside it; None where there is none.

    Raises
    ------
    MachineError
        When the package for it lacks.
    TaixuError
        When the file cannot be read.
    """
    if path.suffix.lower() not in _TYPES:
        return None
    c2pa = _package()
    kind, data = _TYPES[path.suffix.lower()], read_bytes(path, max_bytes=_MOST_BYTES)
    beside = path.with_name(f"{path.name}.c2pa")
    store = read_bytes(beside, max_bytes=1 << 26) if beside.is_file() else None
    try:
        with c2pa.Context.from_dict(_OFFLINE) as context:
            reader = c2pa.Reader.try_create(kind, io.BytesIO(data), store, context=context)
            if reader is None:
                return None
            with reader:
                return _signature_of(json.loads(reader.json()), is_valid=reader.get_validation_state() in ("Valid", "Trusted"),
                                     is_detached=store is not None)  # fmt: skip
    except c2pa.C2paError as error:
        return Signature(False, "", store is not None, "", (" ".join(str(error).split()),))


def _signature_of(found: dict[str, Any], *, is_valid: bool, is_detached: bool) -> Signature:
    active = found.get("manifests", {}).get(found.get("active_manifest"), {})
    about = active.get("signature_info", {})
    actions = [
        action for each in active.get("assertions", ()) if str(each.get("label")).startswith("c2pa.actions")
        for action in each.get("data", {}).get("actions", ())
    ]  # fmt: skip
    source = next((str(action["digitalSourceType"]) for action in actions if "digitalSourceType" in action), "")
    failures = found.get("validation_results", {}).get("activeManifest", {}).get("failure", ())
    return Signature(
        is_valid, str(about.get("common_name") or about.get("issuer") or ""), is_detached, source.rpartition("/")[2],
        tuple(str(each.get("code")) for each in failures if each.get("code") != "signingCredential.untrusted"),
    )  # fmt: skip


def _manifest(provenance: Provenance, title: str) -> dict[str, Any]:
    from importlib.metadata import version

    created = {"action": "c2pa.created", "digitalSourceType": source_type_uri(provenance)}
    return {
        "claim_generator_info": [{"name": "Taixu", "version": version("taixu")}],
        "title": title,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": "taixu.record", "data": record_of(provenance)},
        ],
    }


def _package() -> Any:
    try:
        import c2pa
    except ImportError as error:
        raise MachineError('signatures need c2pa-python; pip install "taixu[provenance]" brings it') from error
    return c2pa
