"""Damaged files and odd facts: records are written and read, or refused in a sentence; nothing else happens."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.assets.audio_clip import AudioClip, encode_wav
from taixu.assets.image import encode_jpeg, encode_png
from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError
from taixu.generate.prompts import clean_prompt, find_refusal
from taixu.generate.provenance.chunks import join_glb
from taixu.generate.provenance.codes import ID_BYTES, coded_length, decode_id, encode_id
from taixu.generate.provenance.containers import read_record_bytes, with_record, without_record
from taixu.generate.provenance.record import provenance_from_record, record_of

PIXELS = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
MADE = Provenance(generator="bricks", prompt="苔藓 <&>", seed=3, settings={"rows": 8})
FILES = {
    ".png": encode_png(PIXELS), ".jpg": encode_jpeg(PIXELS), ".wav": encode_wav(AudioClip(np.zeros((99, 1), np.float32), 8000)),
    ".glb": join_glb([(b"JSON", b'{"asset":{"version":"2.0","extras":{"mine":1}}}'), (b"BIN\0", b"abcd")]),
}  # fmt: skip
RECORDED = {suffix: with_record(Path(f"a{suffix}"), data, MADE) for suffix, data in FILES.items()}

plain = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
values = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3), max_leaves=8,
)  # fmt: skip


@given(
    suffix=st.sampled_from(sorted(RECORDED)),
    at=st.integers(0, 10_000),
    byte=st.integers(0, 255),
    cut=st.integers(0, 10_000) | st.none(),
)
@settings(max_examples=300, deadline=None)
def test_damage_is_refused_or_read(suffix: str, at: int, byte: int, cut: int | None) -> None:
    data = bytearray(RECORDED[suffix])
    data[at % len(data)] = byte
    damaged = bytes(data if cut is None else data[: cut % len(data)])
    for act in (read_record_bytes, without_record, lambda path, what: with_record(path, what, MADE)):
        try:
            act(Path(f"a{suffix}"), damaged)
        except TaixuError as error:
            assert "\n" not in str(error)


@given(
    suffix=st.sampled_from(sorted(FILES)),
    prompt=plain,
    facts=st.dictionaries(plain.filter(bool), values, max_size=4),
    seed=st.integers(0, 2**64 - 1),
)
@settings(max_examples=200, deadline=None)
def test_facts_come_back_whatever_they_are(suffix: str, prompt: str, facts: dict[str, object], seed: int) -> None:
    made = Provenance(generator="x", prompt=prompt, seed=seed, settings=facts, parents=["a.png"], parent_contents={"a.png": "c0"})
    path = Path(f"a{suffix}")
    data = with_record(path, FILES[suffix], made)
    record = read_record_bytes(path, data)
    assert record == record_of(made)
    back = provenance_from_record(record)
    assert (back.prompt, back.seed, back.settings, back.parents) == (prompt, seed, facts, ["c0"])
    assert without_record(path, data) == without_record(path, FILES[suffix])
    if suffix in (".png", ".jpg"):
        from PIL import Image

        with Image.open(io.BytesIO(data)) as picture:
            picture.load()


@given(payload=st.binary(min_size=ID_BYTES, max_size=ID_BYTES), wrong=st.sets(st.integers(0, coded_length() - 1), max_size=4))
@settings(max_examples=60, deadline=None)
def test_four_wrong_bits_are_always_mended(payload: bytes, wrong: set[int]) -> None:
    soft = encode_id(payload).astype(float)
    soft[list(wrong)] *= -1
    assert decode_id(soft) == payload


@given(prompt=st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_prompts_of_any_letters_are_cleaned_or_refused(prompt: str) -> None:
    try:
        text = clean_prompt(prompt)
    except TaixuError as error:
        str(error).encode()
        return
    assert clean_prompt(text) == text and "\n" not in text
    find_refusal(text)
