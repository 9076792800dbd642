"""A newcomer makes things out of words and brings them into the world."""

from __future__ import annotations

from desk import CRATES
from editor_flows import Hand, flow
from generating import (
    choose_kind,
    click_result,
    click_text,
    entity_at,
    into_sight,
    make,
    open_generating,
    press,
    slide,
    until,
    words,
)

from taixu.scene import Material


def material_of(hand: Hand, entity: str) -> Material:
    return hand.session.world.get(hand.session.entity(entity), Material)


@flow()
def a_newcomer_makes_a_material_from_words_and_drags_it_onto_a_box(hand: Hand) -> None:
    panel = open_generating(hand, also=("viewport", "hierarchy", "generate"))
    click_text(hand, "mossy old red bricks")
    assert {"Bricks", "Moss 60%"} <= set(panel.words.places), "what was understood is shown"
    until(hand, lambda: panel.stage.shown == "look" and not panel.studio.looking.is_busy)
    seen = panel.studio.looking.version
    slide(hand, "moss", -60)
    until(hand, lambda: panel.studio.looking.version > seen and panel.stage.shown == "look" and not panel.studio.looking.is_busy)
    assert panel.draft.settings["moss"] < 0.6
    steps = len(hand.session.history._done)
    into_sight(hand, lambda: panel.stage.grip)
    hand.drag(panel.stage.grip, entity_at(hand, CRATES[1]), steps=10)
    until(hand, lambda: material_of(hand, CRATES[1]).base_color_texture)
    dressed = material_of(hand, CRATES[1])
    assert dressed.base_color_texture == "assets/materials/mossy_old_red_bricks_base_color.png"
    assert dressed.normal_texture.endswith("_normal.png") and dressed.metallic_roughness_texture.endswith("_orm.png")
    assert (hand.session.project.root / dressed.normal_texture).is_file(), "kept in the project"
    assert len(hand.session.history._done) == steps + 1
    assert panel.studio.history.entries[0].wish.settings == panel.draft.wish().settings, "in full size it is what was seen"
    hand.keys("Ctrl+Z")
    assert not material_of(hand, CRATES[1]).base_color_texture
    hand.keys("Ctrl+Shift+Z")
    assert material_of(hand, CRATES[1]) == dressed
    hand.keys("Ctrl+S")
    until(hand, lambda: hand.session.history.is_saved)
    hand.host.open(hand.session.project.root)
    hand.wait(2)
    assert material_of(hand, CRATES[1]) == dressed, "saved with the world"
    hand.keys("F5")
    until(hand, lambda: hand.host.play.is_playing)
    assert material_of(hand, CRATES[1]) == dressed
    hand.keys("Shift+F5")
    until(hand, lambda: not hand.host.play.is_playing)


@flow()
def a_result_is_dropped_on_a_row_a_folder_and_a_field(hand: Hand) -> None:
    panel = open_generating(hand, also=("hierarchy", "assets", "generate"))
    words(hand, "wet grey cobbles")
    slide(hand, "size_px", -120)
    press(hand, "keeps")
    entry = make(hand)
    until(hand, lambda: entry.id in panel.strip.places)
    assert not entry.kept
    tree = next(each for each in hand.window.panels if each.id == "hierarchy")
    into_sight(hand, lambda: panel.strip.places[entry.id])
    hand.drag(panel.strip.places[entry.id], tree.center_of(CRATES[0]), steps=10)
    until(hand, lambda: material_of(hand, CRATES[0]).base_color_texture)
    root = hand.session.project.root
    assets = next(each for each in hand.window.panels if each.id == "assets")
    until(hand, lambda: "assets/" in assets.places)
    into_sight(hand, lambda: panel.strip.places[entry.id])
    hand.drag(panel.strip.places[entry.id], assets.places["scripts/"], steps=10)
    until(hand, lambda: list((root / "scripts").glob("wet_grey_cobbles*.png")))
    assert list((root / "scripts").glob("wet_grey_cobbles*.asset.toml")), "with sidecars"


@flow()
def a_sound_is_made_by_keys_heard_and_put_into_a_thing(hand: Hand) -> None:
    from taixu.audio import AudioSource

    panel = open_generating(hand, also=("hierarchy", "generate"))
    choose_kind(hand, "sound")
    hand.keys("Ctrl+M")
    until(hand, lambda: not panel.words.wants_focus)
    hand.wait(2)
    hand.type("a high bright coin")
    until(hand, lambda: panel.draft.prompt == "a high bright coin" and panel.stage.shown == "look")
    press(hand, "listen")
    until(hand, lambda: panel.stage.bar.listening.count == 1)
    hand.click_at(*panel.words.places["##prompt"])
    hand.keys("Enter")
    until(hand, lambda: len(panel.studio.history) == 1 and panel.studio.history.entries[0].kept)
    entry = panel.studio.history.entries[0]
    assert entry.kept == ("assets/sounds/a_high_bright_coin.wav",)
    tree = next(each for each in hand.window.panels if each.id == "hierarchy")
    hand.click_at(*tree.center_of(CRATES[0]))
    click_result(hand, entry)
    press(hand, "apply")
    world, crate = hand.session.world, hand.session.entity(CRATES[0])
    until(hand, lambda: world.has(crate, AudioSource))
    assert world.get(crate, AudioSource).clip == entry.kept[0]
    hand.keys("Ctrl+Z")
    assert not world.has(crate, AudioSource)


@flow()
def a_mod_is_made_of_words_read_kept_and_undone(hand: Hand) -> None:
    panel = open_generating(hand, also=("generate",))
    choose_kind(hand, "script")
    words(hand, "the crate spins at night and yodels")
    entry = make(hand)
    panel.choose(entry)
    until(hand, lambda: panel.stage.shown == "result" and panel.stage.script.lines)
    assert "yodels" in str(panel.stage.script.facts["not_understood"]), "what was not understood is said"
    assert any("def on_tick" in line for _, line in panel.stage.script.lines)
    until(hand, lambda: panel.studio.trial(entry) is not None)
    assert not panel.studio.trial(entry)["fault"]
    root = hand.session.project.root
    until(hand, lambda: "keep mod" in panel.stage.bar.places)
    into_sight(hand, lambda: panel.stage.bar.places["keep mod"])
    hand.click_at(*panel.stage.bar.places["keep mod"])
    until(hand, lambda: list(root.glob("mods/*/main.py")))
    until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.keys("Escape")
    until(hand, lambda: hand.window.shell.dialogs.current is None)
    hand.host.do("history.undo")
    assert not list(root.glob("mods/*/main.py")), "keeping is one step"
