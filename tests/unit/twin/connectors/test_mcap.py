"""MCAP files, written here."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from readings import Heard
from waiting import until

from taixu.errors import TaixuError
from taixu.twin.connectors import open_sources
from taixu.twin.connectors.mcap import read_mcap

writer = pytest.importorskip("mcap.writer")
START_NS = 1_777_622_400_000_000_000


def write(path: Path, *, count: int = 20) -> Path:
    with path.open("wb") as file:
        mcap = writer.Writer(file)
        mcap.start()
        schema = mcap.register_schema("Pose", "jsonschema", b"{}")
        pose = mcap.register_channel("/agv/7/pose", "json", schema)
        other = mcap.register_channel("/agv/7/cloud", "protobuf", schema)
        for i in range(count):
            at = START_NS + i * 10_000_000
            mcap.add_message(pose, at, json.dumps({"pose": {"x": i, "y": -i}, "time": 5}).encode(), at)
        mcap.add_message(other, START_NS, b"\x08\x01", START_NS)
        mcap.add_message(pose, START_NS + count * 10_000_000, b"[[", START_NS)
        mcap.finish()
    return path


def test_messages_are_played_at_the_files_times(tmp_path: Path) -> None:
    write(tmp_path / "a.mcap")
    heard = Heard()
    settings = {"run": {"kind": "mcap", "path": "a.mcap", "speed": 0, "shift": False}}
    (source,) = open_sources(settings, heard.inbox, lambda name: (), root=tmp_path)
    until(lambda: source.link.status.state == "done")
    assert heard.values("pose.x") == list(range(20)) and heard.batches[0].topic == "agv/7/pose"
    assert [int(batch.times_ns[0]) for batch in heard.batches] == [START_NS + i * 10_000_000 for i in range(20)]
    assert "protobuf" in source.link.status.problem and source.link.status.bad_messages == 1
    source.close()


def test_it_keeps_its_pace_and_can_be_stopped(tmp_path: Path) -> None:
    write(tmp_path / "a.mcap", count=2000)
    heard = Heard()
    (source,) = open_sources({"run": {"kind": "mcap", "path": "a.mcap", "speed": 10}}, heard.inbox, lambda name: (), root=tmp_path)
    until(lambda: len(heard.take()) > 100)
    source.close()
    told = [int(batch.times_ns[0]) for batch in heard.take()]
    assert len(told) < 2000
    assert {b - a for a, b in pairwise(told)} <= {999_999, 1_000_000, 1_000_001}, "ten times as fast, beginning now"


@pytest.mark.parametrize("cut", [0, 1, 8, 40, -9, -30])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, cut: int) -> None:
    data = write(tmp_path / "a.mcap").read_bytes()
    (tmp_path / "b.mcap").write_bytes(data[:cut])
    with pytest.raises(TaixuError, match="MCAP"):
        list(read_mcap(tmp_path / "b.mcap"))


def test_flipped_bytes_do_no_harm(tmp_path: Path) -> None:
    data = bytearray(write(tmp_path / "a.mcap", count=3).read_bytes())
    for at in range(0, len(data), 3):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        (tmp_path / "b.mcap").write_bytes(changed)
        try:
            list(read_mcap(tmp_path / "b.mcap"))
        except TaixuError:
            continue
