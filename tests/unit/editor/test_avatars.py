"""The avatar studio without a window: a draft with locks and a way back, a worker that draws, and operations that place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from taixu.animation.motion import Face, Motion
from taixu.errors import TaixuError
from taixu.scene import Model
from taixu_editor.avatars import AvatarDesk, Draft, made_avatar
from taixu_editor.avatars.choices import KINDS, MOODS, PARTS, TABS, fields_of_tab, tab_of_slider
from taixu_editor.avatars.making import catalogue, draw, make_look
from taixu_editor.host import Host

DESK = Path(__file__).parents[2] / "ui" / "worlds" / "desk"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    root = tmp_path_factory.mktemp("avatars") / "desk"
    shutil.copytree(DESK, root)
    host = Host(trust=False)
    host.open(root)
    yield host
    host.close()


def made(host: Host, **wish: Any) -> Any:
    return host.do("avatar.make", prompt="a robot", seed=3, wait=True, **wish)


def test_every_choice_stands_in_one_tab() -> None:
    from dataclasses import fields

    from taixu.generate.avatars import AvatarSpec
    from taixu.generate.avatars.cartoon import CartoonSpec

    for kind, spec, silent in (("human", AvatarSpec, {"name", "sliders", "variation"}), ("cartoon", CartoonSpec, {"name"})):
        shown = [name for tab in TABS for name in fields_of_tab(kind, tab)]
        assert len(shown) == len(set(shown))
        assert set(shown) == {each.name for each in fields(spec)} - silent


def test_the_catalogue_has_every_part_that_there_is_to_choose() -> None:
    there = catalogue()
    for kind in KINDS:
        assert set(there[kind]["parts"]) == set(PARTS[kind])
        assert all(there[kind]["parts"].values()) and len(there[kind]["presets"]) >= 20
    assert {tab_of_slider(name) for name in there["human"]["sliders"]} == {"body", "face"}


def test_somebody_is_drawn_of_words_and_what_is_locked_stays() -> None:
    found = draw("", "a tall old sailor with a red beard", "", 4, {})
    assert found["kind"] == "human" and found["values"]["age_years"] > 60 and found["values"]["beard"]
    again = draw("", "a tall old sailor with a red beard", "", 4, {})
    assert again == found
    kept = draw("human", "", "", 5, {"human": {"beard": found["values"]["beard"], "sliders": {"nose_hump": 0.5}}})
    assert kept["values"]["beard"] == found["values"]["beard"] and kept["values"]["sliders"]["nose_hump"] == 0.5
    assert draw("", "一只戴围巾的小猫", "", 1, {"human": {"beard": "goatee"}})["kind"] == "cartoon"


def test_a_look_is_the_finest_form_with_small_pictures() -> None:
    values = draw("cartoon", "", "robot", 1, {})["values"]
    model = make_look("cartoon", values)
    assert model.avatar is not None and "happy" in model.avatar.expressions
    assert not any("MSFT_lod" in node.extensions for node in model.nodes)
    with pytest.raises(TaixuError):
        make_look("cartoon", {**values, "head": "no such head"})


def test_a_draft_goes_back_and_forth_and_keeps_what_is_locked() -> None:
    draft = Draft()
    draft.take("cartoon", {"height_m": 1.0, "eyes": "dots", "accessories": []}, words="somebody", seed=3)
    assert not draft.can_undo, "before it there was nobody"
    for height in (1.1, 1.2, 1.3):
        draft.set("height_m", height, merge="a drag")
    draft.turn_part("scarf")
    draft.turn_part("cape")
    draft.turn_part("scarf")
    assert draft.values["accessories"] == ["cape"]
    for _ in range(3):
        draft.undo()
    assert draft.values == {"height_m": 1.3, "eyes": "dots", "accessories": []}
    draft.undo()
    assert draft.values["height_m"] == 1.0, "a drag is one step"
    draft.redo()
    assert draft.values["height_m"] == 1.3 and draft.words == "somebody"
    draft.turn_lock("face")
    assert draft.kept("cartoon") == {"eyes": "dots"}
    assert not draft.use_kind("human") and draft.kind == "cartoon"
    draft.take("human", {"sliders": {"nose_hump": 0.1}})
    draft.set_slider("nose_hump", 3.0)
    assert draft.kept("human")["sliders"] == {"nose_hump": 1.0}
    assert draft.use_kind("cartoon") and draft.values["height_m"] == 1.3, "each kind keeps its own"
    assert draft.settings() == {"kind": "cartoon", "height_m": 1.3, "eyes": "dots", "accessories": []}


def test_a_worker_draws_and_makes_the_look_of_what_was_chosen_last() -> None:
    desk = AvatarDesk()

    def is_there() -> bool:
        desk.frame()
        return not desk.is_busy and desk.model is not None

    try:
        desk.draw(kind="cartoon", preset="slime")
        until(is_there, what="a look at a slime")
        first, number = desk.model, desk.version
        desk.draft.set("height_m", 1.9)
        until(lambda: is_there() and desk.version > number, what="another look")
        assert desk.model is not first and "cartoon" in desk.catalogue
        desk.draft.set("head", "no such head")
        until(lambda: is_there() and bool(desk.error), what="a sentence")
        assert "no such head" in desk.error
    finally:
        desk.close()


def test_an_avatar_is_made_placed_known_again_replaced_and_undone(host: Host) -> None:
    world, before = host.session.world, host.session.world.state_hash()
    values = draw("cartoon", "a robot", "", 3, {})["values"]
    done = made(host, settings={"kind": "cartoon", **values}, position=(1.0, 0.0, 2.0))
    entity = host.session.entity(done["entity"])
    source = world.get(entity, Model).source
    assert world.has(entity, Motion) and world.has(entity, Face) and source.endswith(".vrm")
    assert host.session.current.selection == (done["entity"],)
    about = made_avatar(host.session, done["entity"])
    assert about is not None and about.kind == "cartoon" and about.words == "a robot"
    assert about.values == values, "nothing was left to chance: it is what was seen"
    said: Any = host.do("avatar.spec", entity=done["entity"])
    assert said["seed"] == 3 and said["settings"]["head"] == values["head"]
    other = made(host, settings={"kind": "cartoon", **values, "height_m": 0.5}, entity=done["entity"])
    assert other["entity"] == done["entity"] and world.get(entity, Model).source != source
    host.do("history.undo")
    assert world.get(entity, Model).source == source
    host.do("history.undo")
    assert world.state_hash() == before, "all of it was one step"


def test_words_of_the_other_kind_do_not_fight_the_choices(host: Host) -> None:
    values = draw("cartoon", "", "ghost", 1, {})["values"]
    done: Any = host.do(
        "avatar.make", prompt="an old sailor", seed=1, settings={"kind": "cartoon", **values}, wait=True
    )
    about = made_avatar(host.session, done["entity"])
    assert about is not None and about.values["body"] == "ghost" and not about.words


def test_what_is_no_avatar_is_refused_in_a_sentence(host: Host) -> None:
    crate = host.do("entity.spawn", name="Crate", components={"transform": {}, "shape": {}})
    for operation, wish, sentence in (
        ("avatar.place", {"path": "assets/cart.prefab.json"}, r"ends in \.vrm or \.glb"),
        ("avatar.place", {"path": "assets/nobody.vrm"}, "no such file"),
        ("avatar.replace", {"path": "assets/nobody.vrm", "entity": crate}, "no such file"),
        ("avatar.spec", {"entity": crate}, "no avatar"),
        ("avatar.make", {"prompt": "a robot", "settings": {"kind": "cartoon", "head": "none such"}, "wait": True}, "none such"),
    ):
        with pytest.raises(TaixuError, match=sentence):
            host.do(operation, **wish)
    assert host.studio.tasks == []


def test_choices_and_parts_are_said_in_chinese() -> None:
    pytest.importorskip("imgui_bundle")
    from taixu_editor.panels.avatar_forms import AvatarWords, fields_of, spec_of_slider, spec_of_weight
    from taixu_editor.texts import Texts, read_table
    from taixu_editor.widgets import humanise

    word, names = AvatarWords(Texts("zh-Hans")), set()
    for kind, there in catalogue().items():
        names |= {spec.title for spec in fields_of(kind).values()} | {name.capitalize() for name in there["presets"]}
        names |= {humanise(name) for parts in there["parts"].values() for name in parts}
        names |= {spec_of_slider(name).title for name in there["sliders"]}
    names |= {spec_of_weight(name).title for name in MOODS}
    assert len([name for name in names if word(name) == name]) < 0.1 * len(names), "new parts may come before their names"
    assert word("Eyes") == "眼睛" and word("Body") == "身体"
    assert list(read_table("zh-Hans", "avatars")) == sorted(read_table("zh-Hans", "avatars"))
