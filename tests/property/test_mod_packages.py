"""Packages for any contents, zips with any damage, and versions for any wishes."""

from __future__ import annotations

import io
import itertools
import json
import random
import zipfile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from mod_packages import contents, manifest

from taixu.errors import TaixuError
from taixu.mods.packages.files import content_hash, name_doubt, names_doubt
from taixu.mods.packages.index_format import parse_index
from taixu.mods.packages.load_order import load_order
from taixu.mods.packages.manifest import manifest_findings, read_manifest
from taixu.mods.packages.minisign import PublicKey, parse_signature, verify
from taixu.mods.packages.package import parse_package
from taixu.mods.packages.resolver import Candidate, Wish, resolve
from taixu.mods.packages.secret_key import SecretKey, sign
from taixu.mods.packages.version import Range, Version, parse_range, parse_version
from taixu.mods.packages.zip_reader import unzip_bytes
from taixu.mods.packages.zip_writer import zip_bytes

SEED = bytes(range(32))  # no chance: what fails once fails again
PRIVATE = Ed25519PrivateKey.from_private_bytes(SEED)
KEY = SecretKey(PublicKey(b"12345678", PRIVATE.public_key().public_bytes_raw()), SEED)
SIGNED = sign(b"a package", KEY, comment="hello").file_text.encode()
INDEX = json.dumps({
    "format": "taixu.mods", "version": 1, "name": "Fish", "serial": 3, "expires": "2030-01-01",
    "mods": {"alice.fish": {"key": KEY.public.text, "versions": {"1.0.0": {
        "file": "alice.fish-1.0.0.zip", "size": 900, "sha256": "0" * 64, "content": "a" * 64, "title": "Fish", "api": "^1.0",
        "depends": {"bob.sea": "^1.2"}, "conflicts": {"eve.storm": "*"},
    }}}},
    "revoked": [{"id": "eve.storm", "versions": "<2", "why": "it eats worlds"}],
}).encode()  # fmt: skip

WORDS = st.text("abcxyz_0189", min_size=1, max_size=8)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map("/".join).map("{}.txt".format).filter(lambda name: not name_doubt(name))
FILES = st.dictionaries(NAMES, st.binary(max_size=60), max_size=6).filter(lambda files: not names_doubt(files))


@given(FILES, st.randoms(use_true_random=False))
def test_packing_is_byte_for_byte_repeatable(files: dict[str, bytes], chance: random.Random) -> None:
    shuffled = list(files.items())
    chance.shuffle(shuffled)
    packed = zip_bytes(files)
    assert zip_bytes(dict(shuffled)) == packed
    assert unzip_bytes(packed, file="x.zip") == dict(sorted(files.items()))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert content_hash(dict(shuffled)) == content_hash(files)


@given(FILES, FILES)
def test_different_contents_have_different_hashes(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (content_hash(one) == content_hash(other)) == (one == other)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4), st.booleans())
def test_a_damaged_zip_is_refused_or_holds_what_it_held(damage: list[tuple[int, int]], is_deflated: bool) -> None:
    """Whatever was changed: a sentence, or the very same files (dates and versions of packers are read by nobody)."""
    if is_deflated:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in contents().items():
                archive.writestr(name, data)
        good = made.getvalue()
    else:
        good = zip_bytes(contents())
    bad = bytearray(good)
    for at, value in damage:
        bad[at % len(bad)] = value
    try:
        found = parse_package(bytes(bad), place="x.zip")
    except TaixuError as error:
        assert str(error).startswith("x.zip") and "\n" not in str(error)
    else:
        assert found.contents == contents()


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_noise_is_no_zip(data: bytes) -> None:
    for noise in (data, b"PK\x03\x04" + data, data + b"PK\x05\x06" + bytes(18)):
        try:
            assert unzip_bytes(noise, file="x.zip") == {}
        except TaixuError:
            pass


@settings(max_examples=150)
@given(st.integers(0, 400), st.text(max_size=12), st.integers(0, 12))
def test_any_change_of_a_manifest_is_read_or_told(at: int, new: str, cut: int) -> None:
    more = '[depends]\n"bob.a" = "^1"\n[capabilities.spawn]\nmax = 3\nwhy = "fish"\n'
    text = manifest(more=more).decode()
    changed = (text[:at] + new + text[at + cut :]).encode()
    findings = manifest_findings(changed)
    try:
        found = read_manifest(changed)
    except TaixuError:
        assert findings
    else:
        assert not findings
        assert found.id.isascii() and found.title.isprintable()


@settings(max_examples=150)
@given(st.integers(0, 2000), st.binary(max_size=6), st.integers(0, 6))
def test_any_change_of_an_index_is_read_or_told(at: int, new: bytes, cut: int) -> None:
    """Before its signature is even looked at; what is read keeps its promises."""
    at %= len(INDEX)
    changed = INDEX[:at] + new + INDEX[at + cut :]
    try:
        found = parse_index(changed, file="index.json")
    except TaixuError as error:
        assert str(error).startswith("index.json") and "\n" not in str(error)
        return
    for id, versions in found.entries.items():
        assert id.isascii() and id in found.keys
        for entry in versions.values():
            assert not name_doubt(entry.file) and 0 < entry.size and len(entry.sha256) == 64


@settings(max_examples=150)
@given(st.integers(0, 400), st.binary(max_size=4), st.integers(0, 4))
def test_any_change_of_a_signature_is_refused(at: int, new: bytes, cut: int) -> None:
    """But for its first line, which is nobody's word, and ends of lines."""
    at %= len(SIGNED)
    changed = SIGNED[:at] + new + SIGNED[at + cut :]
    try:
        comment = verify(b"a package", parse_signature(changed, file="x"), KEY.public, file="x")
    except TaixuError:
        return
    assert comment == "hello"
    assert changed.splitlines()[1:] == SIGNED.splitlines()[1:]


NUMBERS = st.integers(0, 3)
VERSIONS = st.builds(Version, NUMBERS, NUMBERS, NUMBERS, st.lists(st.sampled_from([1, 2, "rc", "a"]), max_size=2).map(tuple))


@given(VERSIONS, VERSIONS, VERSIONS)
def test_versions_are_in_one_order(one: Version, two: Version, three: Version) -> None:
    assert parse_version(str(one)) == one
    assert (one < two) + (two < one) + (one == two) == 1
    if one < two < three:
        assert one < three


@given(VERSIONS)
def test_ranges_begin_where_they_say(version: Version) -> None:
    assert all(version in parse_range(f"{sign}{version}") for sign in ("^", "~", ">=", "<=", "="))
    assert version not in parse_range(f">{version}") and version not in parse_range(f"<{version}")


RANGES = ["*", "^1", "^2", ">=2", "<3", "1.0.0", "^3 || ^1"]
IDS = ["a.a", "b.b", "c.c", "d.d"]


@st.composite
def pools(draw: st.DrawFn) -> dict[str, list[Candidate]]:
    """A few mods in a few versions with a few wishes."""

    def table(own: str) -> tuple[tuple[str, Range], ...]:
        others = draw(st.lists(st.sampled_from([id for id in IDS if id != own]), max_size=2, unique=True))
        return tuple((id, parse_range(draw(st.sampled_from(RANGES)))) for id in sorted(others))

    def mod(id: str, major: int) -> Candidate:
        return Candidate(id, Version(major), table(id), (), table(id) if draw(st.booleans()) else ())

    return {id: [mod(id, major) for major in (1, 2, 3)] for id in IDS}


def fits(chosen: dict[str, Candidate], wanted: list[str]) -> bool:
    """The rules, said plainly."""
    if any(id not in chosen for id in wanted):
        return False
    for mod in chosen.values():
        if any(id not in chosen or chosen[id].version not in range for id, range in mod.depends):
            return False
        if any(id in chosen and chosen[id].version in range for id, range in mod.conflicts):
            return False
    return True


def needed(chosen: dict[str, Candidate], wanted: list[str]) -> set[str]:
    found, left = set(), list(wanted)
    while left:
        id = left.pop()
        if id not in found:
            found.add(id)
            left += [other for other, _ in chosen[id].depends]
    return found


@settings(max_examples=80, deadline=None)
@given(pools(), st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True), st.randoms(use_true_random=False))
def test_what_is_chosen_goes_together_and_is_always_the_same(
    pool: dict[str, list[Candidate]], wanted: list[str], chance: random.Random
) -> None:
    def answer() -> dict[str, Candidate] | None:
        for listed in pool.values():
            chance.shuffle(listed)
        shuffled = wanted[:]
        chance.shuffle(shuffled)
        try:
            return resolve([Wish(id, parse_range("*"), "the call") for id in shuffled], pool.__getitem__)
        except TaixuError:
            return None

    first = answer()
    assert answer() == first
    if first is not None:
        assert fits(first, wanted)
        assert set(first) == needed(first, wanted), "nothing that nobody needs"
        return
    # Where there is said to be no way, trying everything finds none either.
    choices = [[None, *pool[id]] for id in IDS]
    for each in itertools.product(*choices):
        chosen = {mod.id: mod for mod in each if mod is not None}
        assert not fits(chosen, wanted)


@given(st.permutations(IDS), st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=4))
def test_the_load_order_keeps_its_promises(order: list[str], pairs: list[tuple[str, str]]) -> None:
    after = {id: sorted({other for one, other in pairs if one == id and other < id}) for id in IDS}
    lists = {id: ", ".join(f'"{other}"' for other in others) for id, others in after.items()}
    mods = [read_manifest(manifest(id, more=f"[order]\nafter = [{lists[id]}]")) for id in order]
    found = load_order(mods)
    assert sorted(found) == IDS
    assert all(found.index(other) < found.index(id) for id in IDS for other in after[id])
    assert load_order(mods[::-1]) == found
