"""Generating without a window: operations, drafts, names, and a history that others may have spoilt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from generator_samples import Boxes, Bricks, Misbehaving, Slow, Tinted

from taixu.errors import TaixuError, UsageError
from taixu.scene import Environment, Material, Model
from taixu_editor.generating import Wish
from taixu_editor.generating.draft import Draft
from taixu_editor.generating.history import History
from taixu_editor.generating.meaning import understand
from taixu_editor.generating.naming import free_name, name_of
from taixu_editor.generating.small import map_fields
from taixu_editor.generating.varying import vary
from taixu_editor.generating.wish import look_settings
from taixu_editor.host import Host

DESK = Path(__file__).parents[2] / "ui" / "worlds" / "desk"
CRATE = f"{0xC1:016x}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    patch = pytest.MonkeyPatch()
    patch.setenv("TAIXU_CACHE", str(folder / "cache"))
    patch.setenv("TAIXU_GENERATE_ON", "processor")
    patch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "support"), prepend=":")
    yield folder
    patch.undo()


@pytest.fixture(scope="module")
def host(home: Path) -> Iterator[Host]:
    """One for all: a worker process is started once."""
    root = home / "desk"
    shutil.copytree(DESK, root)
    made = Host()
    made.open(root)
    for each in (Bricks, Tinted, Boxes, Slow, Misbehaving):
        made.studio.generators.add(each)
    yield made
    made.close()


def started(host: Host, generator: str, prompt: str = "", **more: Any) -> str:
    done: Any = host.do("generate.start", generator=generator, prompt=prompt, wait=True, **more)
    return str(done["results"][0])


def test_a_material_is_made_kept_applied_undone_saved_and_there_again(host: Host) -> None:
    result = started(host, "bricks", "small bricks", seed=7, settings={"size": 32})
    kept: Any = host.do("generate.keep", result=result)
    assert kept == ["assets/materials/small_bricks_albedo.png", "assets/materials/small_bricks_height.png"]
    assert host.do("generate.keep", result=result) == kept, "it is kept once"
    assert (host.session.project.root / f"{kept[0]}.asset.toml").is_file()
    before = len(host.session.history._done)
    assert host.do("generate.apply", path=kept[0], entity=CRATE) == CRATE
    crate = host.session.entity(CRATE)
    assert host.session.world.get(crate, Material).base_color_texture == kept[0]
    assert len(host.session.history._done) == before + 1
    host.do("history.undo")
    assert not host.session.world.get(crate, Material).base_color_texture
    host.do("history.redo")
    host.do("world.save")
    world = json.loads((host.session.project.root / "worlds" / "main.world.json").read_text("utf-8"))
    assert kept[0] in json.dumps(world)
    assert History(host.session.project.root).find(result).kept == tuple(kept)


def test_a_model_made_from_a_picture_of_the_project_stands_in_the_world(host: Host) -> None:
    picture: Any = host.do("generate.keep", result=started(host, "bricks", "blue", seed=1, settings={"size": 16}))
    result = started(host, "boxes", "a crate", parents=[picture[0]])
    kept: Any = host.do("generate.keep", result=result, folder="assets/crates", name="crate")
    assert kept == ["assets/crates/crate.glb"]
    made: Any = host.do("generate.apply", path=kept[0], position=(1.0, 0.0, 2.0))
    assert host.session.world.get(host.session.entity(made), Model).source == kept[0]
    host.do("history.undo")


def test_a_sound_goes_into_a_thing_and_a_picture_lies_in_the_world_as_a_square(host: Host) -> None:
    from taixu.audio import AudioSource

    sound: Any = host.do("generate.keep", result=started(host, "sound", "a coin", seed=3))
    host.do("generate.apply", path=sound[0], entity=CRATE)
    assert host.session.world.get(host.session.entity(CRATE), AudioSource).clip == sound[0]
    host.do("history.undo")
    bricks: Any = host.do("generate.keep", result=started(host, "bricks", "blue", seed=2, settings={"size": 16}))
    made: Any = host.do("generate.apply", path=bricks[0])
    assert host.session.world.get(host.session.entity(made), Material).base_color_texture == bricks[0]
    host.do("history.undo")


def test_variations_differ_and_keep_what_is_locked(host: Host) -> None:
    generator = host.studio.generators.find("bricks")
    wish = Wish("bricks", "small blue bricks", 7, {"size": 16})
    varied = vary(generator, wish, 4, amount=0.6, locked=("color",))
    assert len({each.seed for each in varied}) == 4
    assert any(each.settings.get("rows", 16) != 16 for each in varied)
    assert all("color" not in each.settings and 1 <= each.settings["rows"] <= 64 for each in varied)
    seeds = vary(generator, wish, 3)
    assert all(each.settings == wish.settings for each in seeds)
    same = vary(generator, wish, 2, amount=0.5, keeps_seed=True)
    assert {each.seed for each in same} == {7}
    material = host.studio.generators.find("material")
    clean = vary(material, Wish("material", "white marble", 1), 6, amount=1.0)
    assert all("moss" not in each.settings and "wetness" not in each.settings for each in clean), "what is not there stays away"
    assert all("sliders" in each.settings for each in clean)


def test_the_queue_is_moved_cancelled_and_leaves_nothing(host: Host) -> None:
    from taixu.generate.cache import work_folder

    given: Any = host.do("generate.start", generator="slow", prompt="slow", count=4)
    first, *_, last = given["tasks"]
    host.do("generate.move", task=last, place=0)
    listed: Any = host.do("generate.queue")
    assert listed[0]["state"] == "running" and listed[-3]["task"] == last
    assert host.do("generate.cancel", task=first) == 1
    assert host.do("generate.cancel") == 3
    assert host.do("generate.queue") == []
    host.studio.wait([])
    for _ in range(200):
        host.studio.frame()
        if not list(work_folder().iterdir()):
            break
        sleep(0.02)
    assert not list(work_folder().iterdir())


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"generator": "misbehaving", "settings": {"how": "nan"}}, "numbers that are none"),
        ({"generator": "bricks", "prompt": "hardcore porn"}, "this is not made"),
        ({"generator": "tinted"}, "needs a picture"),
        ({"generator": "bricks", "settings": {"rows": 999}}, "from 1 to 64"),
        ({"generator": "nobody"}, "nothing here makes"),
        ({"generator": "tinted", "parents": ["../../secret.png"]}, "leads out of the project"),
        ({"generator": "bricks", "prompt": "x" * 5000}, "letters"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(host: Host, wish: dict[str, Any], said: str) -> None:
    with pytest.raises(TaixuError, match=said) as caught:
        host.do("generate.start", wait=True, **wish)
    assert "\n" not in str(caught.value)
    assert host.do("generate.queue") == []


def test_a_result_whose_files_the_cache_dropped_is_made_again(host: Host, home: Path) -> None:
    result = started(host, "bricks", "small", seed=11, settings={"size": 16})
    entry = host.studio.history.find(result)
    for file in entry.cached():
        file.unlink()
    assert entry.cached() == ()
    kept: Any = host.do("generate.keep", result=result)
    assert (host.session.project.root / kept[0]).is_file()


def test_small_pictures_are_made_once_and_go_with_the_result(host: Host) -> None:
    result = started(host, "bricks", "small", seed=12, settings={"size": 64})
    entry = host.studio.history.find(result)
    while host.studio.small(entry) is None:
        host.frame(0.0)
    small = host.studio.small(entry)
    assert small is not None and set(small) == {"albedo"}
    host.do("generate.forget", result=result)
    assert not host.studio.history.folder_of(entry).exists()
    with pytest.raises(UsageError, match="no result"):
        host.do("generate.star", result=result)


def test_a_draft_takes_what_words_mean_under_what_is_set_and_locked(host: Host) -> None:
    draft = Draft(host.studio)
    draft.generator_name = "material"
    draft.say("mossy old red bricks")
    assert draft.meaning.parameters["family"] == "bricks" and draft.meaning.parameters["moss"] == 0.6
    draft.set("moss", 0.1)
    draft.turn_lock("dirt", 0.9)
    draft.set("rows", 5, is_detail=True)
    wish = draft.wish()
    assert wish.settings["moss"] == 0.1 and "rows=5" in wish.settings["sliders"] and "color=" in wish.settings["sliders"]
    draft.say("mossy planks")
    assert "moss" not in draft.settings, "words decide again"
    assert draft.settings["dirt"] == 0.9, "locked"
    assert "rows" not in draft.wish().settings.get("sliders", "")
    draft.reset_all()
    assert draft.settings == {"dirt": 0.9}
    draft.say("mossy old red bricks")
    draft.set("family", "marble")
    wish = draft.wish()
    assert draft.meaning.details is not None
    assert wish.settings.get("variant", "") in draft.meaning.details.choices["variant"]
    assert started(host, wish.generator, wish.prompt, settings={**wish.settings, "size_px": 32})
    other = Draft(host.studio)
    history_like = host.studio.history.find(started(host, "material", "wet cobbles", seed=5, settings={"size_px": 32, "dirt": 0.5}))
    other.take(history_like)
    assert other.wish() == history_like.wish


def test_words_are_read_without_making_anything(host: Host) -> None:
    material = host.studio.generators.find("material")
    said = understand(material, "锈蚀的蓝色铁板", {})
    assert said.problem == "" and {"family", "color"} <= {chip.name for chip in said.chips}
    assert "no word" in understand(material, "qwrtz", {}).problem
    assert understand(material, "x" * 5000, {}).problem
    assert understand(host.studio.generators.find("bricks"), "anything", {"rows": 900}).problem

    class Broken(Bricks):
        name = "broken"

        def read_words(self, prompt: str) -> dict[str, object]:
            raise KeyError(prompt)

    assert "cannot read these words" in understand(Broken(), "bricks", {}).problem


def test_looks_are_small(host: Host) -> None:
    assert look_settings(host.studio.generators.find("material")) == {"size_px": 256}
    assert look_settings(host.studio.generators.find("sound")) == {}


def test_names_say_what_it_is_and_never_meet(tmp_path: Path) -> None:
    assert name_of("Mossy, old & red bricks!", "x") == "mossy_old_red_bricks"
    assert name_of("锈蚀的蓝色铁板", "x") == "锈蚀的蓝色铁板"
    assert name_of("../../etc/passwd", "x") == "etc_passwd"
    assert name_of("...", "sound") == "sound" and name_of("", "sound") == "sound"
    assert len(name_of("a" * 300, "x")) == 40
    (tmp_path / "oak_albedo.png").touch()
    assert free_name(tmp_path, "oak") == "oak_2"
    assert free_name(tmp_path, "oa") == "oa"


def test_maps_are_worn_by_what_they_are() -> None:
    worn = map_fields([("a.png", "base_color"), ("n.png", "normal"), ("o.png", "orm"), ("h.png", "height"), ("e.png", "emission")])
    assert worn["metallic_roughness_texture"] == worn["occlusion_texture"] == "o.png"
    assert (worn["normal_texture"], worn["emissive"]) == ("n.png", [1.0, 1.0, 1.0])
    assert map_fields([("n.png", "normal")]) == {}


def test_a_spoilt_history_loses_only_what_is_spoilt(tmp_path: Path) -> None:
    folder = tmp_path / ".taixu" / "generate"
    folder.mkdir(parents=True)
    made = {"makes": "material", "key": "0" * 32, "files": [["made.png", ""]]}
    good = {"id": "0123456789ab", "wish": {"generator": "bricks"}, **made}
    bad = [
        {}, 7, {**good, "id": "../../x"}, {**good, "key": "../.."}, {**good, "files": [["../../secret.png", ""]]},
        {**good, "files": []}, {**good, "wish": {"nobody": 1}}, {**good, "wish": 3},
    ]  # fmt: skip
    (folder / "history.json").write_text(json.dumps({"format": 1, "results": [*bad, good]}))
    assert [each.id for each in History(tmp_path).entries] == ["0123456789ab"]
    for text in ("", "[", "[]", '{"format": 9}', "[" * 100_000):
        (folder / "history.json").write_text(text)
        assert History(tmp_path).entries == []


def test_an_agent_has_something_made_and_applies_it_as_a_step(host: Host) -> None:
    from taixu.audio import AudioSource
    from taixu_editor.agents import AgentTools

    tools = AgentTools(host)
    task = tools.generate("sound", prompt="a coin", seed=77)["task"]
    found = tools.generated()
    assert {"material", "sound"} <= {each["generator"] for each in found["generators"]}
    while any(each["task"] == task for each in found["tasks"]) or not found["results"][0]["kept"]:
        sleep(0.01)
        found = tools.generated()
    assert found["results"][0]["seed"] == 77
    step = {"operation": "generate.apply", "parameters": {"path": found["results"][0]["kept"][0], "entity": CRATE}}
    assert tools.rehearse([step])["counts"]["changed"] == 1
    tools.apply([step], label="a sound", agent="Anna")
    assert host.session.world.has(host.session.entity(CRATE), AudioSource)
    assert tools.undo(agent="Anna")
    with pytest.raises(TaixuError, match="nothing here makes"):
        tools.generate("nobody")


def test_an_editor_that_is_closed_leaves_no_worker_and_no_file(home: Path, tmp_path: Path) -> None:
    import os
    import subprocess

    from taixu.generate.cache import work_folder

    root = tmp_path / "desk"
    shutil.copytree(DESK, root)
    host = Host()
    host.open(root)
    host.studio.generators.add(Slow)
    host.do("generate.start", generator="slow", prompt="slow", count=3)
    host.studio.looking.want(Wish("slow", "slow", 1))
    running = host.studio.running[0]
    while running.progress == 0.0 or host.studio.looking.progress == 0.0:
        host.frame(0.0)
        sleep(0.005)
    host.close()
    assert running.state == "cancelled" and host.studio.tasks == []
    assert not [each for each in work_folder().iterdir() if each.name.startswith(f"{os.getpid()}-")]
    if shutil.which("ps"):
        below = subprocess.run(["ps", "-o", "pid=,cmd=", "--ppid", str(os.getpid())], capture_output=True, text=True).stdout
        mine = [line for line in below.splitlines() if "taixu.app.worker" in line]
        assert len(mine) <= 1, "only the worker of the host that other tests share"


def test_the_sky_of_the_world_is_one_that_was_made(host: Host) -> None:
    from taixu.assets.sidecar import Provenance, Sidecar, write_sidecar

    root = host.session.project.root
    picture: Any = host.do("generate.keep", result=started(host, "bricks", "blue", seed=21, settings={"size": 16}))
    sky = root / "assets" / "dusk.png"
    shutil.copyfile(root / picture[0], sky)
    write_sidecar(sky, Sidecar(provenance=Provenance(generator="x", kind="sky")))
    host.do("generate.apply", path="assets/dusk.png")
    world = host.session.world
    entity = world.query(Environment).entities[0]
    assert world.get(int(entity), Environment).sky == "assets/dusk.png"
    host.do("history.undo")
