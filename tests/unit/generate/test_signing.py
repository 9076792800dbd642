"""Signatures: made, verified by C2PA's own reader, broken by a changed byte."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from taixu.assets.atomic import write_atomic
from taixu.assets.audio_clip import AudioClip, encode_wav
from taixu.assets.image import encode_jpeg, encode_png, read_image
from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError, UsageError
from taixu.generate.provenance import body_of, read_record, write_record
from taixu.generate.provenance.identity import identity_folder
from taixu.generate.provenance.signing import can_sign, read_signature, sign_file

pytest.importorskip("c2pa", reason="c2pa-python is not installed")
MADE = Provenance(generator="bricks", version="1", seed=7, content="00" * 16, source_type="algorithmicMedia")


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path / "config"))


def _files(folder: Path) -> list[Path]:
    pixels = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    write_atomic(folder / "a.png", encode_png(pixels))
    write_atomic(folder / "a.jpg", encode_jpeg(pixels))
    write_atomic(folder / "a.wav", encode_wav(AudioClip(np.zeros((999, 1), np.float32), 44100)))
    return sorted(folder.glob("a.*"))


def test_a_signed_file_says_who_and_how_and_is_the_same_thing(tmp_path: Path) -> None:
    for file in _files(tmp_path):
        assert can_sign(file) and read_signature(file) is None
        write_record(file, MADE)
        body = body_of(file)
        assert sign_file(file, MADE, title=file.name) is None
        found = read_signature(file)
        assert found is not None and found.is_valid and not found.is_detached and found.problems == ()
        assert (found.signer, found.source_type) == ("Taixu, a user without a certificate", "algorithmicMedia")
        assert body_of(file) == body and read_record(file) is not None
        write_record(file, MADE)  # what would be wrong now goes
        assert read_signature(file) is None
    assert read_image(tmp_path / "a.png").shape == (64, 64, 3)
    assert not can_sign(tmp_path / "a.glb") and read_signature(tmp_path / "a.glb") is None


def test_a_changed_byte_breaks_it(tmp_path: Path) -> None:
    for file in _files(tmp_path):
        sign_file(file, MADE, title=file.name)
        data = bytearray(file.read_bytes())
        at = (
            data.rindex(b"IDAT") + 40
            if file.suffix == ".png"
            else data.rindex(b"data") + 100
            if file.suffix == ".wav"
            else len(data) - 90
        )
        data[at] ^= 1
        file.write_bytes(data)
        found = read_signature(file)
        assert found is not None and not found.is_valid and found.problems


def test_a_signature_beside_leaves_the_file_alone(tmp_path: Path) -> None:
    file = _files(tmp_path)[1]
    before = file.read_bytes()
    beside = sign_file(file, MADE, title=file.name, detached=True)
    assert beside == tmp_path / f"{file.name}.c2pa" and file.read_bytes() == before
    found = read_signature(file)
    assert found is not None and found.is_valid and found.is_detached
    write_atomic(file, encode_png(np.ones((64, 64, 3), np.uint8)))
    broken = read_signature(file)
    assert broken is not None and not broken.is_valid
    beside.write_bytes(b"nonsense")
    nonsense = read_signature(file)
    assert nonsense is not None and not nonsense.is_valid and nonsense.problems


def test_the_users_own_key_is_private_and_kept(tmp_path: Path) -> None:
    file = _files(tmp_path)[1]
    sign_file(file, MADE, title="a")
    key = identity_folder() / "key.pem"
    first = key.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    sign_file(file, MADE, title="a")
    assert key.read_bytes() == first


def test_a_certificate_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _files(tmp_path)[1]
    sign_file(file, MADE, title="a")
    folder = identity_folder()
    monkeypatch.setenv("TAIXU_SIGN_CERTIFICATE", str(folder / "certificate.pem"))
    with pytest.raises(UsageError, match="go together"):
        sign_file(file, MADE, title="a")
    monkeypatch.setenv("TAIXU_SIGN_KEY", str(tmp_path / "no.pem"))
    with pytest.raises(TaixuError, match="there is no such file"):
        sign_file(file, MADE, title="a")
    (tmp_path / "no.pem").write_text("nonsense")
    with pytest.raises(TaixuError, match="is no private key in PEM"):
        sign_file(file, MADE, title="a")
    monkeypatch.setenv("TAIXU_SIGN_KEY", str(folder / "key.pem"))
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path / "other"))
    sign_file(file, MADE, title="a")
    assert not (tmp_path / "other").exists()
