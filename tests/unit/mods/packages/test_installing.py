"""Installing: what is asked, what is remembered, and what hostile packages, indexes and projects try."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from mod_packages import Keeper, contents, write_signed

from taixu.errors import TaixuError
from taixu.mods.packages.install_plan import Plan, plan_lines
from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install, remove_mods
from taixu.mods.packages.lock import read_lock
from taixu.mods.packages.project_mods import LoadableMods, ProjectMods
from taixu.mods.packages.secret_key import SecretKey, make_key, sign
from taixu.mods.packages.user_files import user_folder
from taixu.mods.packages.zip_writer import zip_bytes

SPAWN = '[capabilities.spawn]\nmax = {}\nwhy = "fish"\n'
NET = '[capabilities.net]\nhosts = ["{}"]\nwhy = "weather"\n'


@pytest.fixture(scope="module")
def alice() -> SecretKey:
    return make_key()


@pytest.fixture(scope="module")
def eve() -> SecretKey:
    return make_key()


@pytest.fixture
def mods(tmp_path: Path) -> Path:
    return tmp_path / "project" / "mods"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "index")


def install(folder: Path, *wanted: str | Path, accept: str = "", **options: object) -> Plan:
    """Plan, agree to what is printed and to alarms that are named, and do it."""
    chosen = InstallOptions(accept=frozenset(accept.split()), **options)
    plan = plan_install(folder, [str(each) for each in wanted], chosen)
    apply_plan(folder, plan, chosen)
    return plan


def running(folder: Path, settings: dict[str, object] | None = None) -> LoadableMods:
    return ProjectMods(folder).loadable(settings)


def ids(found: LoadableMods) -> list[str]:
    return [mod.package.id for mod in found.mods]


def kinds(plan: Plan) -> list[str]:
    return [alarm.kind for alarm in plan.alarms]


def from_index(keeper: Keeper) -> dict[str, object]:
    return {"indexes": (str(keeper.publish()),), "index_key": keeper.key.public.text}


# What is asked, and what is not


def test_a_signed_zip_is_installed_and_runs(tmp_path: Path, mods: Path, alice: SecretKey) -> None:
    file = write_signed(tmp_path, alice, more=SPAWN.format(20) + '[access]\nwrite = ["transform.translation"]\n')
    plan = plan_install(mods, [str(file)])
    said = "\n".join(plan_lines(plan))
    assert f"signed by {alice.public.name}" in said
    assert "make up to 20 entities: fish" in said
    assert "change transform.translation of all entities" in said
    assert not mods.exists(), "a plan writes nothing"
    apply_plan(mods, plan)
    found = running(mods)
    assert ids(found) == ["alice.fish"] and not found.refused
    assert found.mods[0].capabilities["spawn"].maximum == 20
    lock = read_lock(mods)["alice.fish"]
    assert (lock.key, lock.source, str(lock.version)) == (alice.public.text, "file", "1.0.0")
    assert not plan_install(mods, []).changes


def test_what_was_not_agreed_to_does_not_run(tmp_path: Path, mods: Path, alice: SecretKey) -> None:
    """A project that somebody sends: its mods lie there, its lock file names them, and nothing runs."""
    install(mods, write_signed(tmp_path, alice))
    sent = tmp_path / "elsewhere" / "mods"
    shutil.copytree(mods, sent)
    found = running(sent)
    assert ids(found) == [] and "was not accepted on this machine" in found.refused["alice.fish"]
    plan = plan_install(sent, [])
    assert [item.package.id for item in plan.changes] == ["alice.fish"] and not plan.alarms
    apply_plan(sent, plan)
    assert ids(running(sent)) == ["alice.fish"]


def test_an_update_that_wants_more_asks_and_one_that_wants_less_does_not(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish", "1.0.0", SPAWN.format(20))
    install(mods, "alice.fish", **from_index(keeper))
    wants = {
        "1.1.0": (SPAWN.format(20), []),
        "1.2.0": (SPAWN.format(10), []),
        "1.3.0": ("", []),
        "1.4.0": (SPAWN.format(30), ["spawn"]),
        "1.5.0": (SPAWN.format(30) + NET.format("api.example.org"), ["net"]),
        "1.6.0": (SPAWN.format(30) + NET.format("other.example.org"), ["net"]),
        "1.7.0": ('[access]\nwrite = ["transform"]\n', ["write:transform"]),
        "1.8.0": ('[access]\nwrite = ["transform.translation"]\nread = ["transform"]\n', ["read:transform"]),
        "1.9.0": ("[quota]\nms = 4.0\n", ["quota:ms"]),
    }
    for version, (more, asked) in wants.items():
        keeper.add(alice, "alice.fish", version, more)
        plan = install(mods, update=True, **from_index(keeper))
        (item,) = plan.items
        assert [each.name for each in item.asked] == asked, version
        assert item.is_decided == (not asked), version
        assert str(item.package.manifest.version) == version
        assert ids(running(mods)) == ["alice.fish"]


def test_a_capability_that_is_denied_stays_denied(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish", "1.0.0", SPAWN.format(20) + NET.format("api.example.org"))
    install(mods, "alice.fish", denied=frozenset({"net"}), **from_index(keeper))
    (mod,) = running(mods).mods
    assert set(mod.capabilities) == {"spawn"}
    keeper.add(alice, "alice.fish", "1.1.0", SPAWN.format(20) + NET.format("b.example.org"))
    plan = install(mods, update=True, **from_index(keeper))
    assert plan.items[0].is_decided, "no is remembered too"
    assert set(running(mods).mods[0].capabilities) == {"spawn"}


def test_dependencies_come_along_and_go_again(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.top", more='[depends]\n"alice.base" = "^1"\n')
    keeper.add(alice, "alice.base", "1.0.0")
    keeper.add(alice, "alice.base", "2.0.0")
    install(mods, "alice.top", **from_index(keeper))
    assert ids(running(mods)) == ["alice.base", "alice.top"]
    assert not read_lock(mods)["alice.base"].direct
    with pytest.raises(TaixuError, match="alice.top needs alice.base"):
        remove_mods(mods, ["alice.base"])
    assert [mod.id for mod in remove_mods(mods, ["alice.top"])] == ["alice.base", "alice.top"]
    assert sorted(file.name for file in mods.iterdir()) == ["mods.lock"]
    assert ids(running(mods)) == []


def test_mods_are_turned_off_in_a_world(tmp_path: Path, mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.top", more='[depends]\n"alice.base" = "^1"\n')
    keeper.add(alice, "alice.base")
    install(mods, "alice.top", **from_index(keeper))
    off = running(mods, {"disabled": ["alice.base"]})
    assert ids(off) == []
    assert off.refused == {"alice.base": "is off in this world", "alice.top": "needs alice.base ^1, which does not run here"}
    assert ids(running(mods, {"disabled": ["alice.top"]})) == ["alice.base"]
    assert ids(running(mods, {"disabled": 7, "enabled": {}})) == ["alice.base", "alice.top"], "what is no list says nothing"


def test_mods_in_work(mods: Path) -> None:
    for name, data in contents().items():
        (mods / "fish").mkdir(parents=True, exist_ok=True)
        (mods / "fish" / name).write_bytes(data)
    assert "was not accepted" in running(mods).refused["alice.fish"]
    install(mods)
    assert running(mods).mods[0].folder == mods / "fish"
    (mods / "fish" / "main.py").write_text("import game\n")
    assert ids(running(mods)) == ["alice.fish"], "it changes all the time"
    (mods / "fish" / "mod.toml").write_bytes(contents(more=SPAWN.format(5))["mod.toml"])
    assert "asks for more than was accepted" in running(mods).refused["alice.fish"]
    (mods / "bad").mkdir()
    (mods / "bad" / "mod.toml").write_text("schema = 7")
    assert {"alice.fish", "bad"} == running(mods).refused.keys(), "one bad folder takes no other with it"


def test_samples_that_ship_with_taixu_need_no_consent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = tmp_path / "samples"
    for folder in (samples / "sea" / "mods", tmp_path / "copied" / "mods"):
        (folder / "fish").mkdir(parents=True)
        for name, data in contents(more=SPAWN.format(5)).items():
            (folder / "fish" / name).write_bytes(data)
    monkeypatch.setattr("taixu.mods.packages.project_mods.data_path", lambda name: tmp_path / name)
    assert ids(running(samples / "sea" / "mods")) == ["alice.fish"]
    assert "was not accepted" in running(tmp_path / "copied" / "mods").refused["alice.fish"]
    (samples / "link").symlink_to(tmp_path / "copied")
    assert "was not accepted" in running(samples / "link" / "mods").refused["alice.fish"]


def test_a_consent_for_a_folder_is_none_for_a_package(tmp_path: Path, mods: Path, eve: SecretKey) -> None:
    (mods / "fish").mkdir(parents=True)
    for name, data in contents().items():
        (mods / "fish" / name).write_bytes(data)
    install(mods)
    shutil.rmtree(mods / "fish")
    other = tmp_path / "other" / "mods"
    install(other, write_signed(tmp_path / "zips", eve))
    for file in other.iterdir():
        shutil.copy(file, mods / file.name)
    assert "is another than was accepted here" in running(mods).refused["alice.fish"]


# Attacks


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


def test_a_typing_error_that_somebody_waits_for(mods: Path, tmp_path: Path, alice: SecretKey, eve: SecretKey) -> None:
    install(mods, write_signed(tmp_path, alice))
    for id in ("alice.flsh", "allce.fish", "alice.fissh", "a1ice.fish"):
        plan = plan_install(mods, [str(write_signed(tmp_path, eve, id))])
        assert kinds(plan) == ["look-alike"] and "looks like alice.fish" in plan.alarms[0].text
    assert kinds(plan_install(mods, [str(write_signed(tmp_path, alice, "alice.fishy"))])) == [], "her own"
    assert kinds(plan_install(mods, [str(write_signed(tmp_path, eve, "eve.storm"))])) == []


def test_what_is_misspelt_is_guessed(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    with pytest.raises(TaixuError, match="did you mean alice.fish"):
        plan_install(mods, ["alice.fihs"], InstallOptions(**from_index(keeper)))
    with pytest.raises(TaixuError, match=r"as an id it holds U\+0430"):
        plan_install(mods, ["\u0430lice.fish"])


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


def test_the_same_installation_writes_the_same_lock_file(tmp_path: Path, keeper: Keeper, alice: SecretKey) -> None:
    for name in ("alice.one", "alice.two", "alice.three"):
        keeper.add(alice, name)
    options, digests = from_index(keeper), set()
    for number, order in enumerate((("alice.one", "alice.two", "alice.three"), ("alice.three", "alice.one", "alice.two"))):
        folder = tmp_path / str(number)
        install(folder, *order, **options)
        digests.add(hashlib.sha256((folder / "mods.lock").read_bytes()).hexdigest())
    assert len(digests) == 1
