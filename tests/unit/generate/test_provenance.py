"""Records in files: written, read, and left out of what a file is."""

from __future__ import annotations

import io
import json
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taixu.assets.atomic import write_atomic
from taixu.assets.audio_clip import AudioClip, encode_wav, read_audio
from taixu.assets.gltf import read_gltf, write_gltf
from taixu.assets.image import encode_jpeg, encode_png, read_image
from taixu.assets.model import ModelData
from taixu.assets.sidecar import Provenance, Sidecar, write_sidecar
from taixu.errors import TaixuError
from taixu.generate.provenance import (
    aigc_label,
    body_of,
    content_of,
    provenance_from_record,
    provenance_of,
    read_record,
    record_of,
    write_record,
)
from taixu.generate.provenance.marking import find_mark, mark_picture

MADE = Provenance(
    generator="bricks", version="3", kind="material", prompt='old "red" <bricks> & 苔藓\n', seed=2**63, settings={"rows": 8, "tint":
    [0.5, 1.0]}, overrides={"rows": 8}, model="rocks", model_hash="ab", model_licence="openrail", parents=["../stone.png"],
    parent_contents={"../stone.png": "c0ffee"}, created="2026-01-01", content="00" * 16, body="11" * 16,
    source_type="trainedAlgorithmicMedia",
)  # fmt: skip


def _files(folder: Path) -> list[Path]:
    random = np.random.default_rng(1)
    pixels = random.integers(0, 255, (300, 300, 3), np.uint8)
    write_atomic(folder / "a.png", encode_png(pixels, text={"Title": "mine"}))
    write_atomic(folder / "a.jpg", encode_jpeg(pixels))
    write_atomic(folder / "a.wav", encode_wav(AudioClip(random.normal(0, 0.1, (999, 1)).astype(np.float32), 44100)))
    write_gltf(ModelData(name="a"), folder / "a.glb")
    return sorted(folder.glob("a.*"))


def test_what_is_written_is_read_and_the_thing_itself_is_the_same(tmp_path: Path) -> None:
    for file in _files(tmp_path):
        body, whole = body_of(file), file.read_bytes()
        assert read_record(file) is None and provenance_of(file) == Provenance()
        assert write_record(file, MADE)
        record = read_record(file)
        assert record == record_of(MADE) and record["parents"] == ["c0ffee"] and "created" not in record
        assert provenance_from_record(record).seed == 2**63
        assert body_of(file) == body != "" and file.read_bytes() != whole
        once = file.read_bytes()
        write_record(file, MADE)
        assert file.read_bytes() == once  # in place of the one in it
    assert not write_record(tmp_path / "a.exr", MADE)


def test_other_programs_read_the_files(tmp_path: Path) -> None:
    png, jpg, wav, glb = (
        next(file for file in _files(tmp_path) if file.suffix == suffix) for suffix in (".png", ".jpg", ".wav", ".glb")
    )
    before = read_image(png), read_image(jpg), read_audio(wav).samples
    for file in (png, jpg, wav, glb):
        write_record(file, MADE)
    assert (
        (read_image(png) == before[0]).all()
        and (read_image(jpg) == before[1]).all()
        and (read_audio(wav).samples == before[2]).all()
    )
    with Image.open(png) as picture:
        assert picture.text["Title"] == "mine"
        assert json.loads(picture.text["AIGC"])["Label"] == "1"
        xmp = picture.getxmp()["xmpmeta"]["RDF"]["Description"]
    assert xmp["DigitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert json.loads(xmp["AIGC"]) == aigc_label(MADE)
    with Image.open(jpg) as picture:
        assert json.loads(picture.getxmp()["xmpmeta"]["RDF"]["Description"]["AIGC"])["ProduceID"] == MADE.content
    with wave.open(str(wav)) as sound:
        assert sound.getnframes() == 999
    data = wav.read_bytes()
    assert b"LIST" in data and b"ISFT" in data and struct.unpack("<I", data[4:8])[0] == len(data) - 8
    extras = json.loads(glb.read_bytes()[20:].split(b"\0")[0].rpartition(b"}")[0] + b"}")["asset"]["extras"]
    assert extras["AIGC"]["Label"] == "1" and extras["taixu"]["generator"] == "bricks"
    assert read_gltf(glb).name is not None


def test_the_label_names_who_runs_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(aigc_label(MADE)) == [
        "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2",
    ]  # fmt: skip
    assert aigc_label(MADE)["ContentProducer"] == "Taixu"
    monkeypatch.setenv("TAIXU_PRODUCER", "00191110000X")
    assert aigc_label(MADE)["ContentProducer"] == "00191110000X"


def test_content_leaves_mark_and_packing_out_and_sees_edits(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    pixels = np.random.default_rng(2).integers(60, 200, (256, 256, 3), np.uint8)
    write_atomic(file, encode_png(pixels))
    content = content_of(file)
    mark = mark_picture(file, content)
    assert mark == content[:8] and find_mark(file) == mark and body_of(file) != content
    made = Provenance(generator="x", content=content, body=body_of(file), mark=mark)
    write_record(file, made)
    assert content_of(file) == content  # the record says it
    write_sidecar(file, Sidecar(provenance=made))
    stream = io.BytesIO()
    Image.open(file).save(stream, "PNG", compress_level=1)  # without record, packed otherwise
    file.write_bytes(stream.getvalue())
    assert read_record(file) is None and content_of(file) == content  # the sidecar says it
    edited = read_image(file).copy()
    edited[0, 0, 0] ^= 1
    write_atomic(file, encode_png(edited))
    assert content_of(file) == body_of(file) != content


@pytest.mark.parametrize(("name", "data"), [
    ("a.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 1 << 31, b"IHDR")), ("a.png", b"hello"), ("a.png", b""),
    ("a.jpg", b"\xff\xd8\xff\xe1\xff\xff"), ("a.jpg", b"\xff\xd8"), ("a.wav", b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\x7f"),
    ("a.wav", b"RIFF"), ("a.glb", b"glTF" + struct.pack("<III4s", 2, 28, 1 << 30, b"JSON")), ("a.glb", b"glTF\2\0\0\0"),
    ("a.glb", b"glTF" + struct.pack("<III4s", 2, 24, 4, b"JSON") + b"[]  "), ("a.glb", b"glTF" + struct.pack("<III4s", 2, 24, 4,
    b"JSON") + b"\xff{{{"),
])  # fmt: skip
def test_damaged_files_are_one_sentence(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    for act in (read_record, lambda path: write_record(path, MADE)):
        with pytest.raises(TaixuError) as caught:
            act(tmp_path / name)
        assert "\n" not in str(caught.value) and (tmp_path / name).read_bytes() == data


@pytest.mark.parametrize(
    "packet",
    [
        b"<record>{</record>",
        b"<record>" + b"[" * 100_000 + b"</record>",
        b"",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><record>&b;</record>",
        b"<record>",
    ],
)
def test_damaged_records_are_one_sentence(tmp_path: Path, packet: bytes) -> None:
    from taixu.generate.provenance.chunks import join_png, split_png

    file = tmp_path / "a.png"
    chunks = split_png(encode_png(np.zeros((4, 4, 3), np.uint8)))
    body = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:t='urn:taixu:record:1#'>" + packet + b"</x:xmpmeta>"
    file.write_bytes(join_png([chunks[0], (b"iTXt", body), *chunks[1:]]))
    with pytest.raises(TaixuError, match="the record in it is damaged"):
        read_record(file)
    assert provenance_of(file) == Provenance()  # no reason against the file
    assert content_of(file) == body_of(file)


@pytest.mark.parametrize(
    "record", [{"taixu": 99}, {}, {"taixu": 1, "seed": "x"}, {"taixu": 1, "parents": {}}, {"taixu": 1, "seed": True}]
)
def test_records_of_others_are_refused(record: dict[str, object]) -> None:
    with pytest.raises(TaixuError):
        provenance_from_record(record)


def test_info_shows_record_labels_and_marks_of_every_format(tmp_path: Path) -> None:
    from taixu.cli.origins import describe_origin

    for file in _files(tmp_path):
        before = describe_origin(file)
        assert before["record"] is None and before["labels"] == [] and before["mark"] == ""
        write_record(file, MADE)
        told = describe_origin(file)
        assert told["labels"] == ["AIGC (GB 45438)", "IPTC trainedAlgorithmicMedia"] and told["record"]["generator"] == "bricks"


def test_a_model_with_marked_colours_says_so_and_is_valid_with_its_record(tmp_path: Path, gltf_validator) -> None:
    from taixu.assets.model import Image, Material, Mesh, Node, Scene, Texture, TextureRef
    from taixu.assets.solids import box_primitive
    from taixu.cli.origins import describe_origin

    picture = tmp_path / "c.png"
    random = np.random.default_rng(2)
    write_atomic(picture, encode_png(random.integers(90, 160, (300, 300, 3), np.uint8)))
    mark = mark_picture(picture, "c0ffee00" * 4)
    box = box_primitive((1.0, 1.0, 1.0))
    box.material = 0
    box.attributes["TEXCOORD_0"] = np.tile(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), (6, 1))
    model = ModelData(
        nodes=[Node(mesh=0)], meshes=[Mesh(primitives=[box])], scenes=[Scene(nodes=[0])], scene=0, textures=[Texture(image=0)],
        materials=[Material(base_color_texture=TextureRef(texture=0))], images=[Image(data=picture.read_bytes(), mime="image/png")],
    )  # fmt: skip
    write_gltf(model, tmp_path / "box.glb")
    write_record(tmp_path / "box.glb", MADE)
    assert mark == "c0ffee00" == describe_origin(tmp_path / "box.glb")["mark"]
    report = gltf_validator(tmp_path / "box.glb")
    assert report["issues"]["numErrors"] == report["issues"]["numWarnings"] == 0, report["issues"]
