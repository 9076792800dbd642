"""Ids: homoglyphs are refused, names that are easily taken for each other are reported."""

from __future__ import annotations

import pytest

from taixu.mods.packages.identity import id_doubt, look_alikes

GOOD = ["alice.swarm", "a.b", "alice_2.my_fish9", "org.windmills.rain"]


@pytest.mark.parametrize("text", GOOD)
def test_good_ids(text: str) -> None:
    assert id_doubt(text) == ""


FORGED = {
    "a Cyrillic a": "\u0430lice.swarm", "a Greek o": "b\u03bfb.paths", "a full-width letter": "\uff41lice.swarm",
    "a mathematical letter": "\U0001d41alice.swarm", "a dotless i": "al\u0131ce.swarm", "an invisible space": "alice\u200b.swarm",
    "a soft hyphen": "al\u00adice.swarm", "turned letters": "alice\u202e.swarm", "an accent": "alice\u0301.swarm",
    "a full stop of another script": "alice\u3002swarm", "a one-dot leader": "alice\u2024swarm",
    "a Cherokee letter": "\u13aalice.swarm", "a long s": "alice.\u017fwarm", "a Kelvin sign": "\u212aate.swarm",
    "a ligature": "alice.\ufb01sh",
}  # fmt: skip


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_homoglyphs_are_named(text: str) -> None:
    assert "U+" in id_doubt(text), "the sentence says which letter it is"


def test_unfolded_comparison_is_taken_in() -> None:
    """What folding alone would take for the same id, or for a good one."""
    import unicodedata

    assert unicodedata.normalize("NFKC", "\uff41lice.swarm") == "alice.swarm"
    assert "\u212aate.swarm".casefold() == "kate.swarm"
    assert "alice.\u017fwarm".upper() == "alice.swarm".upper()


@pytest.mark.parametrize(
    "text",
    ["", "swarm", "Alice.swarm", "alice..swarm", ".alice", "alice.", "alice.1swarm", "alice-b.swarm", "alice swarm.x", "a.con",
     "nul.x", "alice.com1", "a/b.c", "alice.swarm\n", "a." + "b" * 80, "..", "alice.__", 7, None],
)  # fmt: skip
def test_bad_ids(text: object) -> None:
    assert id_doubt(text)


@pytest.mark.parametrize(
    "forged",
    ["alice.swarn", "alice.svvarm", "a1ice.swarm", "allce.swarm", "alice.swarrn", "alcie.swarm", "alice.swar", "alice.swarmm",
     "ali.ceswarm", "alice.sw_arm", "alice.sw4rm", "a.licesvvarrn"],
)  # fmt: skip
def test_squats_are_seen(forged: str) -> None:
    assert id_doubt(forged) == "", "by itself it is a good id"
    assert look_alikes(forged, ["alice.swarm", "bob.paths"]) == ["alice.swarm"]


def test_different_names_are_left_alone() -> None:
    assert look_alikes("alice.flock", ["alice.swarm", "bob.paths", "alice.flocking"]) == []
    assert look_alikes("alice.swarm", ["alice.swarm"]) == []
