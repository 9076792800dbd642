"""Indexes that lie, play back, hold back, or are somebody else's."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from mod_installing import from_index, ids, install, kinds, running
from mod_packages import Keeper, contents, write_signed

from taixu.errors import TaixuError
from taixu.mods.packages import index_source
from taixu.mods.packages.index_format import parse_index
from taixu.mods.packages.index_making import USUAL_DAYS, make_index
from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install
from taixu.mods.packages.secret_key import SecretKey, sign
from taixu.mods.packages.zip_writer import zip_bytes


def test_a_downgrade_by_an_index(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish", "1.1.0")
    install(mods, "alice.fish", **from_index(keeper))
    for file in keeper.folder.glob("alice.fish-1.1.0*"):
        file.unlink()
    keeper.add(alice, "alice.fish", "1.0.0")
    plan = plan_install(mods, ["alice.fish"], InstallOptions(update=True, **from_index(keeper)))
    assert str(plan.items[0].package.manifest.version) == "1.1.0", "what is installed stays the newest"


def test_an_old_index_is_played_back(mods: Path, tmp_path: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    keeper.publish()
    old = tmp_path / "old"
    shutil.copytree(keeper.folder, old)
    install(mods, "alice.fish", **from_index(keeper))
    shutil.copy(old / "index.json", keeper.folder)
    shutil.copy(old / "index.json.minisig", keeper.folder)
    with pytest.raises(TaixuError, match="serial number went back from 2 to 1"):
        plan_install(mods, ["alice.fish"], InstallOptions(indexes=(str(keeper.folder),)))


def test_an_index_that_was_changed(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    options = from_index(keeper)
    file = keeper.folder / "index.json"
    file.write_bytes(file.read_bytes().replace(b'"title": "Fish"', b'"title": "Evil"'))
    with pytest.raises(TaixuError, match="is not what the key"):
        plan_install(mods, ["alice.fish"], InstallOptions(**options))


def test_an_index_signed_by_somebody_else(mods: Path, keeper: Keeper, alice: SecretKey, eve: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    install(mods, "alice.fish", **from_index(keeper))
    forged = Keeper(keeper.folder, eve)
    for name in ("index.json", "index.json.minisig"):
        (keeper.folder / name).unlink()
    forged.publish()
    with pytest.raises(TaixuError, match=f"signed by the key {eve.public.name}"):
        plan_install(mods, ["alice.fish"], InstallOptions(indexes=(str(keeper.folder),), update=True))


def test_an_index_at_first_sight_is_asked_about(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    place = (str(keeper.publish()),)
    plan = plan_install(mods, ["alice.fish"], InstallOptions(indexes=place))
    assert kinds(plan) == ["index"] and keeper.key.public.name in plan.alarms[0].text
    with pytest.raises(TaixuError, match="--accept index"):
        apply_plan(mods, plan)
    assert not mods.exists()
    install(mods, "alice.fish", accept="index", indexes=place)
    assert kinds(plan_install(mods, ["alice.fish"], InstallOptions(indexes=place))) == []


def test_an_index_whose_package_is_another(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    options = from_index(keeper)
    file = keeper.folder / "alice.fish-1.0.0.zip"
    data = zip_bytes(contents() | {"main.py": b"import game  # evil\n"})
    file.write_bytes(data)
    with pytest.raises(TaixuError, match="is not the file that the index names|is larger|bytes"):
        plan_install(mods, ["alice.fish"], InstallOptions(**options))


def lying_index(keeper: Keeper, old: str, new: str) -> dict[str, object]:
    """An index whose keeper lies, and signs it."""
    options = from_index(keeper)
    file = keeper.folder / "index.json"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    (keeper.folder / "index.json.minisig").write_text(sign(file.read_bytes(), keeper.key, comment="x").file_text)
    return options


def test_a_keeper_who_gives_a_mod_to_another_author(mods: Path, keeper: Keeper, alice: SecretKey, eve: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    options = lying_index(keeper, alice.public.text, eve.public.text)
    with pytest.raises(TaixuError, match="is signed by the key"):
        plan_install(mods, ["alice.fish"], InstallOptions(**options))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"1.0.0": {', '"9.0.0": {', "not the package that the index describes"),
        ('"alice.fish": {', '"alice.bird": {', "not the package that the index describes"),
        ('"title": "Fish"', '"title": "Fish", "depends": {"eve.worm": "*"}', "eve.worm"),
        ('"file": "alice.fish-1.0.0.zip"', '"file": "../secret.zip"', "leads out"),
        ('"file": "alice.fish-1.0.0.zip"', '"file": "https://evil.example/x.zip"', "no name"),
        ('"file": "alice.fish-1.0.0.zip"', '"file": "/etc/x.zip"', "absolute"),
        ('"size": ', '"size": 99999999999999', "size"),
        ('"serial": 1', '"serial": 1e3', "serial"),
        ('"format": "taixu.mods"', '"format": "other"', "no index of mods"),
        ('"version": 1', '"version": 2', "update Taixu"),
        ('"title": "Fish"', '"title": "Fi\\u001b[2Jsh"', "can be shown"),
        ('"revoked": []', '"revoked": [{"id": "a.b", "key": "x"}]', "revoked.0"),
    ],
)
def test_an_index_that_lies(mods: Path, keeper: Keeper, alice: SecretKey, old: str, new: str, said: str) -> None:
    keeper.add(alice, "alice.fish")
    options = lying_index(keeper, old, new)
    with pytest.raises(TaixuError, match=said):
        plan_install(mods, ["alice.bird" if "bird" in new else "alice.fish"], InstallOptions(**options))


def test_dependency_confusion(tmp_path: Path, mods: Path, alice: SecretKey, eve: SecretKey) -> None:
    """A studio's own index has studio.core 1.0.0; a public one grows a studio.core 99.0.0. Most resolvers take the higher."""
    studio, public = Keeper(tmp_path / "studio"), Keeper(tmp_path / "public")
    studio.add(alice, "studio.core")
    public.add(eve, "eve.game", more='[depends]\n"studio.core" = "*"\n')
    public.add(eve, "studio.core", "99.0.0")
    places = (str(studio.publish()), str(public.publish()))
    everything = {"1.0.0": "studio", "99.0.0": "public"}
    assert everything[max(everything, key=lambda text: int(text.partition(".")[0]))] == "public", "so says a plain comparison"
    with pytest.raises(TaixuError, match="studio.core: is in more than one index"):
        plan_install(mods, ["studio.core"], InstallOptions(indexes=places, accept=frozenset({"index"})))
    install(mods, "studio.core", accept="index", indexes=places[:1])
    plan = install(mods, "eve.game", accept="index", indexes=places, update=True)
    chosen = {item.package.id: (str(item.package.manifest.version), item.origin) for item in plan.items}
    assert chosen["studio.core"] == ("1.0.0", f"index {places[0]}"), "it stays where it came from"
    new = tmp_path / "new" / "mods"
    plan = plan_install(new, ["studio.core"], InstallOptions(indexes=places[1:]))
    assert plan.items[0].origin == f"index {places[0]}", "also in another project, and where the other index alone is named"
    shutil.rmtree(studio.folder)
    with pytest.raises(TaixuError, match="studio.core: came from .*studio before, which is not asked now"):
        plan_install(new, ["studio.core"], InstallOptions(indexes=places[1:]))
    moved = InstallOptions(indexes=places[1:], accept=frozenset({"origin"}))
    assert set(kinds(plan_install(new, ["studio.core"], moved))) == {"origin", "key"}


def test_a_file_of_yours_is_not_replaced_by_an_index(
    tmp_path: Path, mods: Path, keeper: Keeper, alice: SecretKey, eve: SecretKey
) -> None:
    install(mods, write_signed(tmp_path / "own", alice))
    keeper.add(eve, "alice.fish", "9.0.0")
    plan = plan_install(mods, ["alice.fish"], InstallOptions(update=True, **from_index(keeper)))
    assert str(plan.items[0].package.manifest.version) == "1.0.0"


def test_what_was_withdrawn(mods: Path, tmp_path: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish", "1.0.0")
    keeper.add(alice, "alice.fish", "1.1.0")
    install(mods, "alice.fish@1.0.0", **from_index(keeper))
    (keeper.folder / "revoked.toml").write_text('[[revoked]]\nid = "alice.fish"\nversions = "<1.1"\nwhy = "it eats worlds"\n')
    keeper.publish()
    assert ids(running(mods)) == ["alice.fish"], "nobody has asked the index yet"
    plan = plan_install(mods, ["alice.fish"], InstallOptions(indexes=(str(keeper.folder),)))
    assert str(plan.items[0].package.manifest.version) == "1.1.0"
    found = running(mods)
    assert ids(found) == []
    assert "withdrawn by its index: it eats worlds" in found.refused["alice.fish"], "known from here on, offline too"
    lock = mods / "mods.lock"
    honest = lock.read_text()
    lock.write_text(honest.replace(f'"index {keeper.folder.resolve()}"', '"file"'))
    assert "withdrawn" in running(mods).refused["alice.fish"], "also where the lock file says that it came from elsewhere"
    lock.write_text(honest)
    apply_plan(mods, plan)
    assert ids(running(mods)) == ["alice.fish"]
    (keeper.folder / "revoked.toml").write_text(f'[[revoked]]\nkey = "{alice.public.text}"\nwhy = "stolen"\n')
    with pytest.raises(TaixuError, match="were withdrawn by .*: stolen"):
        plan_install(tmp_path / "new", ["alice.fish"], InstallOptions(indexes=(str(keeper.publish()),)))
    assert "stolen" in running(mods).refused["alice.fish"]


def test_an_index_withdraws_nothing_of_others(mods: Path, tmp_path: Path, alice: SecretKey, eve: SecretKey) -> None:
    install(mods, write_signed(tmp_path, alice))
    public = Keeper(tmp_path / "public")
    public.add(eve, "eve.storm")
    (public.folder / "revoked.toml").write_text(f'[[revoked]]\nid = "alice.fish"\n[[revoked]]\nkey = "{alice.public.text}"\n')
    install(mods, "eve.storm", accept="index", indexes=(str(public.publish()),))
    assert ids(running(mods)) == ["alice.fish", "eve.storm"]


def test_an_index_that_is_held_back(
    mods: Path, keeper: Keeper, alice: SecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands between can serve the same old index for ever, so that nobody hears what was withdrawn since."""
    keeper.add(alice, "alice.fish")
    options = from_index(keeper)
    install(mods, "alice.fish", **options)
    last = date.today() + timedelta(days=USUAL_DAYS + 2)
    monkeypatch.setattr(index_source, "_today", lambda: last)
    plan = plan_install(mods, ["alice.fish"], InstallOptions(update=True, **{**options, "index_key": ""}))
    assert kinds(plan) == ["stale"]
    assert "holds back what it says now" in plan.alarms[0].text
    with pytest.raises(TaixuError, match="--accept stale"):
        apply_plan(mods, plan)
    assert ids(running(mods)) == ["alice.fish"], "what is installed runs on"
    make_index(keeper.folder, keeper.key, days=400)
    assert kinds(plan_install(mods, ["alice.fish"], InstallOptions(update=True, indexes=options["indexes"]))) == []


@pytest.mark.parametrize("day", ['"2030-13-01"', '"20300101"', "7", '"9999-99-99"', "null"])
def test_an_index_that_never_ends(mods: Path, keeper: Keeper, alice: SecretKey, day: str) -> None:
    keeper.add(alice, "alice.fish")
    keeper.publish()
    expires = parse_index((keeper.folder / "index.json").read_bytes(), file="x").expires
    options = lying_index(keeper, f'"expires": "{expires}"', f'"expires": {day}')
    with pytest.raises(TaixuError, match="expires: takes a day"):
        plan_install(mods, ["alice.fish"], InstallOptions(**options))


def test_an_address_that_is_not_encrypted_is_not_asked(mods: Path) -> None:
    for place in ("http://mods.example.org/", "http://127.0.0.1.example.org/", "http://[::2]/", "ftp://mods.example.org/"):
        with pytest.raises(TaixuError, match="https"):
            plan_install(mods, ["alice.fish"], InstallOptions(indexes=(place,)))
