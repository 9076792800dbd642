"""What hostile packages, lock files and projects try while they are installed, and afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from mod_installing import ids, install, kinds, running
from mod_packages import contents, write_signed

from taixu.errors import TaixuError
from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install, remove_mods
from taixu.mods.packages.lock import read_lock
from taixu.mods.packages.project_mods import ProjectMods
from taixu.mods.packages.secret_key import SecretKey
from taixu.mods.packages.user_files import user_folder
from taixu.mods.packages.zip_writer import zip_bytes


def test_a_package_that_was_changed_after_installation(tmp_path: Path, mods: Path, alice: SecretKey) -> None:
    install(mods, write_signed(tmp_path, alice))
    (mods / "alice.fish-1.0.0.zip").write_bytes(zip_bytes(contents() | {"main.py": b"import os\n"}))
    assert "somebody changed it" in running(mods).refused["alice.fish"]


def test_a_lock_file_that_was_changed_with_the_package(tmp_path: Path, mods: Path, alice: SecretKey) -> None:
    """Who can write the project can write both; the consent on this machine names the hash that was agreed to."""
    install(mods, write_signed(tmp_path, alice))
    before = read_lock(mods)["alice.fish"].content
    evil = contents() | {"main.py": b"import game\ngame.log('evil')\n"}
    (mods / "alice.fish-1.0.0.zip").write_bytes(zip_bytes(evil))
    from taixu.mods.packages.files import content_hash

    lock = mods / "mods.lock"
    lock.write_text(lock.read_text().replace(before, content_hash(evil)))
    assert ProjectMods(mods).package("alice.fish").hash == content_hash(evil), "who trusts the lock file is taken in"
    assert "is not what the key" in running(mods).refused["alice.fish"]


def test_an_update_through_the_project_runs_if_the_same_key_signed_it(tmp_path: Path, mods: Path, alice: SecretKey) -> None:
    """Somebody in the team installed the next version; pulling it asks for nothing new. An older one does not pass."""
    other = tmp_path / "other" / "mods"
    install(mods, write_signed(tmp_path / "1", alice, version="1.1.0"))
    for version, runs in (("1.2.0", True), ("1.0.0", False)):
        install(other, write_signed(tmp_path / version, alice, version=version), accept="downgrade")
        shutil.rmtree(mods)
        shutil.copytree(other, mods)
        found = running(mods)
        assert bool(ids(found)) == runs, found.refused
    assert "is older than" in found.refused["alice.fish"]


def test_a_lock_file_that_claims_a_key(tmp_path: Path, mods: Path, alice: SecretKey, eve: SecretKey) -> None:
    """The claim would be printed as "signed by Alice"."""
    install(mods, write_signed(tmp_path, eve))
    sent = tmp_path / "sent" / "mods"
    shutil.copytree(mods, sent)
    lock = sent / "mods.lock"
    lock.write_text(lock.read_text().replace(eve.public.text, alice.public.text))
    with pytest.raises(TaixuError, match="is signed by the key"):
        plan_install(sent, [])


def test_a_key_that_changed(mods: Path, tmp_path: Path, alice: SecretKey, eve: SecretKey) -> None:
    """Whoever takes over an account has another key: Minecraft's fractureiser came that way."""
    install(mods, write_signed(tmp_path / "1", alice))
    file = write_signed(tmp_path / "2", eve, version="1.1.0")
    with pytest.raises(TaixuError, match="not by"):
        plan_install(mods, [str(file)])
    plan = plan_install(mods, [str(file)], InstallOptions(key=eve.public.text))
    assert kinds(plan) == ["key"] and eve.public.name in plan.alarms[0].text
    with pytest.raises(TaixuError, match="--accept key"):
        apply_plan(mods, plan)
    assert str(read_lock(mods)["alice.fish"].version) == "1.0.0", "nothing was written"
    install(mods, file, accept="key", key=eve.public.text)
    assert read_lock(mods)["alice.fish"].key == eve.public.text


def test_a_signature_that_is_left_out(mods: Path, tmp_path: Path, alice: SecretKey) -> None:
    install(mods, write_signed(tmp_path / "1", alice))
    plan = plan_install(mods, [str(write_signed(tmp_path / "2", None, version="1.1.0"))])
    assert kinds(plan) == ["key"] and "signed by nobody" in plan.alarms[0].text


def test_a_key_that_lies_beside_the_zip_again(mods: Path, tmp_path: Path, alice: SecretKey, eve: SecretKey) -> None:
    """The key beside a zip counts for the first time only, also in another project of the same user."""
    install(mods, write_signed(tmp_path / "1", alice))
    with pytest.raises(TaixuError, match="is signed by the key"):
        plan_install(tmp_path / "second" / "mods", [str(write_signed(tmp_path / "2", eve))])


def test_a_downgrade(mods: Path, tmp_path: Path, alice: SecretKey) -> None:
    """An old version with a hole, rightly signed."""
    old, new = write_signed(tmp_path, alice, version="1.0.0"), write_signed(tmp_path, alice, version="1.1.0")
    install(mods, new)
    plan = plan_install(mods, [str(old)])
    assert kinds(plan) == ["downgrade"]
    with pytest.raises(TaixuError, match="--accept downgrade"):
        apply_plan(mods, plan)
    remove_mods(mods, ["alice.fish"])
    assert kinds(plan_install(mods, [str(old)])) == ["downgrade"], "removing it first does not help"
    install(mods, old, accept="downgrade")
    assert kinds(plan_install(mods, [str(new)])) == []


def test_a_typing_error_that_somebody_waits_for(mods: Path, tmp_path: Path, alice: SecretKey, eve: SecretKey) -> None:
    install(mods, write_signed(tmp_path, alice))
    for id in ("alice.flsh", "allce.fish", "alice.fissh", "a1ice.fish"):
        plan = plan_install(mods, [str(write_signed(tmp_path, eve, id))])
        assert kinds(plan) == ["look-alike"] and "looks like alice.fish" in plan.alarms[0].text
    assert kinds(plan_install(mods, [str(write_signed(tmp_path, alice, "alice.fishy"))])) == [], "her own"
    assert kinds(plan_install(mods, [str(write_signed(tmp_path, eve, "eve.storm"))])) == []


def test_a_damaged_consent_is_not_taken_for_none(mods: Path, tmp_path: Path, alice: SecretKey) -> None:
    install(mods, write_signed(tmp_path, alice))
    for name in ("consents.json", "pins.json"):
        file = user_folder() / name
        assert file.stat().st_mode & 0o777 == 0o600
        good = file.read_text()
        inside = "mods" if name == "pins.json" else str(mods.resolve())
        for text in ("{", "[]", f'{{"{inside}": {{"alice.fish": 7}}}}'):
            file.write_text(text)
            with pytest.raises(TaixuError, match="damaged"):
                plan_install(mods, [])
        file.write_text(good)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('file = "alice.fish-1.0.0.zip"', 'file = "../../secret.zip"', "leads out"),
        ('file = "alice.fish-1.0.0.zip"', 'file = "sub/x.zip"', "no zip in this folder"),
        ('file = "alice.fish-1.0.0.zip"', 'file = "mods.lock"', "no zip in this folder"),
        ('id = "alice.fish"', 'id = "\u0430lice.fish"', r"U\+0430"),
        ('version = "1.0.0"', 'version = "1"', "no version"),
        ("direct = true", "direct = 1", "true or false"),
        ("enabled = true", 'enabled = true\nrun = "rm"', "takes id"),
        ("schema = 1", "schema = 2", "newer Taixu"),
        ("[[mod]]", "[mod]", "damaged"),
    ],
)
def test_lock_files_that_lie(mods: Path, tmp_path: Path, alice: SecretKey, old: str, new: str, said: str) -> None:
    install(mods, write_signed(tmp_path, alice))
    file = mods / "mods.lock"
    file.write_text(file.read_text().replace(old, new), encoding="utf-8")
    with pytest.raises(TaixuError, match=said):
        ProjectMods(mods)
