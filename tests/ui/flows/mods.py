"""Mods: installed after they were agreed to, refused, turned off and on, stopped and started again, written while one plays."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from assets import middle_of_view, wait_until
from editor_flows import Hand, flow
from mod_packages import Keeper, write_signed
from scripts import replace_line

from taixu.edit import WorldSettings
from taixu.mods.packages.minisign import PublicKey
from taixu.mods.packages.secret_key import SecretKey
from taixu.scene import Node

YARD = Path("tests/ui/worlds/yard")
CRATE, POST = "00000000000000c1", "00000000000000c2"
LIFT = """import game

speed: float = game.field(1.0)
steps = 0


def on_tick(dt):
    global steps
    steps += 1
    post = game.find("Post")
    post.position = (2, 1 + steps * 0.001, 0)


def on_save():
    return {"steps": steps}


def on_load(state):
    global steps
    steps = state["steps"]
"""
ABOUT = """schema = 1
id = "{id}"
version = "1.0.0"
api = "^1.0"
entry = "main.py"
title = "{title}"
description = "{about}"
licence = "CC0-1.0"
authors = ["Anna Berg"]

[access]
read = ["name"]
write = ["transform"]
{more}"""
ASKS = """
[capabilities.ui]
why = "how high it is"

[capabilities.net]
hosts = ["weather.example.org"]
why = "the wind of today"
"""


def key_of(name: str) -> SecretKey:
    """A key that is the same each time, so that pictures are."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = hashlib.sha256(name.encode()).digest()
    return SecretKey(PublicKey(seed[:8], Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()), seed)


def begin(hand: Hand, *mods: tuple[str, str]) -> Path:
    """A yard of one's own with mods in work, (folder, source), which were agreed to; nothing but what is needed is shown."""
    root = Path(tempfile.mkdtemp(prefix="taixu-yard-")) / "yard"
    shutil.copytree(YARD, root)
    for folder, source in mods:
        write_mod(root, folder, source)
    from taixu_editor.mods.own import agree_to_own

    agree_to_own(root / "mods")
    hand.host.open(root)
    hand.window.shell.trust.give(root)
    for panel in hand.window.panels:
        panel.is_open = panel.id in ("mods", "inspector", "scripts", "hierarchy")
    hand.wait(3)
    hand.window.shell.show_panel("mods")
    wait_until(hand, lambda: len(hand.host.mods.listing.entries) == len(mods))
    wait_until(hand, lambda: not mods or hand.host.mods.is_standing)
    hand.wait(3)
    return root


def write_mod(root: Path, folder: str, source: str, more: str = "") -> None:
    place = root / "mods" / folder
    place.mkdir(parents=True, exist_ok=True)
    about = ABOUT.format(id=f"anna.{folder}", title=folder.capitalize(), about="Lifts the post a little in each step.", more=more)
    (place / "mod.toml").write_text(about)
    (place / "main.py").write_text(source)


def mods_panel(hand: Hand) -> Any:
    return next(panel for panel in hand.window.panels if panel.id == "mods")


def press(hand: Hand, name: str) -> None:
    """Click something of the panel by its name."""
    panel = mods_panel(hand)
    wait_until(hand, lambda: name in panel.places)
    hand.move(*panel.places[name])
    hand.wait(2)
    hand.click_at(*panel.places[name])


def play(hand: Hand) -> None:
    hand.keys("F5")
    wait_until(hand, lambda: hand.host.play.is_playing)


def stop(hand: Hand) -> None:
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)
    hand.wait(3)


def lifted(hand: Hand) -> float:
    """How far the post is above where it stood."""
    return float(Node(hand.session.world, hand.session.entity(POST)).position[1]) - 1.0


def look_at(hand: Hand, path: Path) -> Any:
    """Choose a zip in the dialog, and wait for what installing it would do."""
    press(hand, "install")
    hand.click("//$FOCUSED/###from zip")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(3)
    hand.click("//###dialog/##name")
    hand.type(str(path), enter=True)
    return answerable(hand)


def answerable(hand: Hand) -> Any:
    """The dialog, when it takes an answer."""
    from taixu_editor.panels.mods_dialogs import LookDialog

    dialogs = hand.window.shell.dialogs
    wait_until(hand, lambda: isinstance(dialogs.current, LookDialog) and (dialogs.current.problem or dialogs.current.takes_answers))
    hand.wait(3)
    assert not dialogs.current.problem, dialogs.current.problem
    return dialogs.current


def closed(hand: Hand) -> None:
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    hand.wait(2)


@flow("")
def a_mod_is_installed_after_one_has_agreed_and_plays(hand: Hand) -> None:
    root = begin(hand)
    more = '[access]\nread = ["name"]\nwrite = ["transform"]\n' + ASKS
    file = write_signed(root.parent / "got", key_of("bob"), "bob.lift", more=more)
    dialog = look_at(hand, file)
    (item,) = dialog.form.proposal.plan.changes
    assert item.key_name == key_of("bob").public.name and not (root / "mods").exists(), "nothing is written before one agrees"
    hand.click("**/###grant net")
    hand.click("//###dialog/###Install")
    closed(hand)
    entry = hand.host.mods.listing.find("bob.lift")
    assert entry.denied == ("net",) and entry.signer == item.key_name and not entry.needs_consent
    wait_until(hand, lambda: hand.host.mods.is_standing)
    play(hand)
    wait_until(hand, lambda: hand.host.mods.running and hand.host.mods.running["bob.lift"].cost.steps > 2)
    assert set(hand.host.mods.running["bob.lift"].grants.capabilities) == {"ui"}
    stop(hand)
    assert not hand.host.mods.running
    more += '\n[capabilities.audio]\nwhy = "a hum"\n'
    newer = write_signed(root.parent / "got", None, "bob.lift", "1.1.0", more)
    dialog = look_at(hand, newer)
    assert [alarm.kind for alarm in dialog.form.proposal.plan.alarms] == ["key"] and dialog.form.lacks
    hand.click("//###dialog/###Refuse")
    closed(hand)
    assert hand.host.mods.listing.find("bob.lift").version == "1.0.0"
    press(hand, "row bob.lift")
    press(hand, "remove")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Remove")
    wait_until(hand, lambda: not hand.host.mods.listing.entries)
    assert not list((root / "mods").glob("*.zip"))


@flow("")
def one_is_chosen_from_an_index_that_is_new_here(hand: Hand) -> None:
    from taixu_editor.panels.mods_dialogs import IndexDialog

    root = begin(hand)
    keeper = Keeper(root.parent / "public", key_of("community"))
    keeper.add(key_of("carl"), "carl.wave", more='[access]\nread = ["name"]\nwrite = ["transform"]\n')
    keeper.add(key_of("eve"), "eve.storm", "2.1.0")
    keeper.publish()
    dialogs = hand.window.shell.dialogs
    press(hand, "install")
    hand.click("//$FOCUSED/###from index")
    wait_until(hand, lambda: isinstance(dialogs.current, IndexDialog))
    hand.wait(3)
    dialog = dialogs.current
    hand.click("//###dialog/###place")
    hand.type(str(root / "mods"), enter=True)
    wait_until(hand, lambda: dialog.problem)
    assert "\n" not in dialog.problem and not dialog.found
    hand.click("//###dialog/###place")
    hand.type(str(keeper.folder), enter=True)
    wait_until(hand, lambda: dialog.found)
    assert dialog.found == [("carl.wave", "1.0.0"), ("eve.storm", "2.1.0")] and not dialog.problem
    hand.wait(2)
    hand.click("**/###mod carl.wave")
    hand.click("//###dialog/###Look at it")
    form = answerable(hand).form
    assert [alarm.kind for alarm in form.proposal.plan.alarms] == ["index"] and form.lacks, "nobody knows the index yet"
    assert not (root / "mods").exists()
    hand.click("**/###accept index 0")
    assert not form.lacks
    hand.click("//###dialog/###Install")
    closed(hand)
    entry = hand.host.mods.listing.find("carl.wave")
    assert entry.signer == key_of("carl").public.name and not entry.needs_consent
    assert str(keeper.folder) in (root / "mods" / "mods.lock").read_text()


@flow("")
def turning_one_off_is_an_edit_and_while_one_plays_it_ends_at_once(hand: Hand) -> None:
    begin(hand, ("lift", LIFT))
    before = hand.session.world.state_hash()
    press(hand, "switch anna.lift")
    settings = hand.session.world.resource(WorldSettings)
    assert settings.section("mods") == {"disabled": ["anna.lift"]} and hand.session.history.undo_label == "Turn a mod on or off"
    hand.keys("Ctrl+Z")
    assert settings.section("mods") == {}
    hand.keys("Ctrl+Shift+Z")
    play(hand)
    hand.wait(10)
    assert not hand.host.mods.running
    press(hand, "switch anna.lift")
    wait_until(hand, lambda: lifted(hand) > 0.002)
    hand.keys("F6")
    wait_until(hand, lambda: hand.host.play.is_paused)
    hand.wait(3)
    height, steps = lifted(hand), hand.session.current.app.clock.ticks
    hand.wait(5)
    assert lifted(hand) == height, "time stands"
    hand.keys("F7")
    wait_until(hand, lambda: hand.session.current.app.clock.ticks == steps + 1)
    hand.keys("F6")
    wait_until(hand, lambda: lifted(hand) > height + 0.002)
    stop(hand)
    assert settings.section("mods") == {"disabled": ["anna.lift"]} and lifted(hand) == 0.0, "stopping forgets"
    hand.keys("Ctrl+Z")
    assert hand.session.world.state_hash() == before


@flow("")
def one_that_misbehaves_is_told_of_in_a_line_and_the_game_goes_on(hand: Hand) -> None:
    bad = LIFT.replace("    steps += 1\n", "    steps += 1\n    if steps > 20:\n        print(1 / 0)\n")
    begin(hand, ("bad", bad), ("good", "import game\n\n\ndef on_tick(dt):\n    game.find('Crate').scale = (2, 2, 2)\n"))
    play(hand)
    wait_until(hand, lambda: hand.host.mods.running and hand.host.mods.running["anna.bad"].fault)
    told = [line for line in hand.window.log.lines if line.level == "error"]
    assert [(line.file, line.line) for line in told] == [("mods/bad/main.py", 11)] and "ZeroDivisionError" in told[0].text
    steps, ticks = hand.host.mods.running["anna.good"].cost.steps, hand.session.current.app.clock.ticks
    wait_until(hand, lambda: hand.host.mods.running["anna.good"].cost.steps > steps + 5)
    assert hand.session.current.app.clock.ticks > ticks
    press(hand, "row anna.bad")
    hand.window.shell.toasts.clear()
    press(hand, "restart")
    wait_until(hand, lambda: not hand.host.mods.running["anna.bad"].fault)
    wait_until(hand, lambda: hand.host.mods.running["anna.bad"].fault)
    hand.wait(3)
    hand.window.shell.toasts.clear()
    press(hand, "fault")
    scripts = next(panel for panel in hand.window.panels if panel.id == "scripts")
    wait_until(hand, lambda: scripts.tabs and scripts.tabs[0].editor.get_main_cursor_position().line == 10)
    assert scripts.tabs[0].file.path == "mods/bad/main.py"
    stop(hand)


@flow("")
def a_new_mod_is_written_while_one_plays_and_keeps_its_state(hand: Hand) -> None:
    root = begin(hand)
    press(hand, "new mod")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(3)
    hand.context.key_chars("anna.rise")
    hand.wait(2)
    hand.click("//###dialog/###Make it")
    scripts = next(panel for panel in hand.window.panels if panel.id == "scripts")
    wait_until(hand, lambda: scripts.tabs)
    assert scripts.tabs[0].file.path == "mods/rise/main.py" and (root / "mods" / "rise" / "mod.toml").is_file()
    source = "import game\n\nsteps = 0\n\n\ndef on_tick(dt):\n    global steps\n    steps += 1\n    game.log(f'one {steps}')\n"
    keeps = "\n\ndef on_save():\n    return steps\n\n\ndef on_load(state):\n    global steps\n    steps = state\n"
    (root / "mods" / "rise" / "main.py").write_text(source + keeps)
    wait_until(hand, lambda: scripts.tabs[0].editor.get_text() == source + keeps)
    wait_until(hand, lambda: hand.host.mods.is_standing)
    play(hand)

    def said() -> str:
        return next((line.text for line in reversed(hand.window.log.lines) if line.file == "mods/rise/main.py"), "")

    wait_until(hand, lambda: said().startswith("one") and int(said().split()[1]) > 5)
    hand.window.shell.show_panel("scripts")
    hand.wait(3)
    replace_line(hand, 9, "    game.log(f'two {steps}')")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: said().startswith("two "))
    first = next(line.text for line in hand.window.log.lines if line.text.startswith("two "))
    assert int(first.split()[1]) > 5, "it counts on"
    wait_until(hand, lambda: any("runs anew" in toast.text for toast in hand.window.shell.toasts.shown))
    stop(hand)


@flow("")
def a_script_runs_as_a_mod_and_what_it_cannot_do_there_is_told_before(hand: Hand) -> None:
    root = begin(hand)
    (root / "scripts").mkdir()
    lines = ("import os", "import game", "", "", "def on_frame(dt):", "    pass", "", "", "def on_tick(dt):",
             "    game.entity.position += (0.01, 0, 0)", "")  # fmt: skip
    (root / "scripts" / "walk.py").write_text("\n".join(lines))
    hand.window.do("component.add", component="script", fields={"path": "scripts/walk.py"}, entities=[POST])
    hand.window.do("selection.set", entities=[POST])
    inspector = next(panel for panel in hand.window.panels if panel.id == "inspector")
    inspector.closed |= {"transform", "shape", "material"}
    wait_until(hand, lambda: "script.run_as_mod" in inspector.form.places)
    hand.wait(3)
    assert [found.message for found in hand.host.mods.script_access("scripts/walk.py").findings] == [
        "the box has no os: nothing outside of it can be reached", "on_frame is never called in a mod"
    ]  # fmt: skip
    (root / "scripts" / "walk.py").write_text("\n".join(lines[1:]))
    hand.click_at(*inspector.form.places["script.run_as_mod"])
    wait_until(hand, lambda: hand.host.mods.is_standing)
    hand.move(*middle_of_view(hand))  # nothing explains itself in the picture
    hand.wait(4)
    hand.picture("inspector_run_as_mod", panel="inspector")
    play(hand)
    start = float(Node(hand.session.world, hand.session.entity(POST)).position[0])
    wait_until(hand, lambda: float(Node(hand.session.world, hand.session.entity(POST)).position[0]) > start + 0.05)
    from taixu.script import ScriptHost

    assert not hand.session.world.resource(ScriptHost).instances
    assert list(hand.host.mods.running) == [f"scripts/walk.py@{int(POST, 16):x}"]
    stop(hand)
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+Z")


@flow("")
def mods_in_all_looks(hand: Hand) -> None:
    from looks import in_all_looks, rest

    root = begin(hand, ("lift", LIFT), ("turn", LIFT))
    write_mod(root, "turn", LIFT, ASKS)  # it wants more than was agreed to
    more = '[access]\nread = ["name"]\nwrite = ["transform", "light.intensity"]\n' + ASKS
    got = root.parent / "got"
    first = write_signed(got, key_of("bob"), "bob.wind", "1.0.0", more)
    desk, panel = hand.host.mods, mods_panel(hand)
    hand.window.do("mods.install", agreed=hand.window.do("mods.look", wanted=[str(first)])["digest"], denied=["bob.wind:net"])
    write_mod(root, "turn", LIFT, '[quota]\nms = 4\n')
    more += '\n[capabilities.spawn]\nmax = 40\nwhy = "leaves"\n'
    newer = write_signed(got, None, "bob.wind", "2.0.0", more)
    wait_until(hand, lambda: len(desk.listing.entries) == 3 and desk.listing.find("anna.turn").needs_consent)
    panel.chosen = "bob.wind"
    hand.wait(3)

    def take(look: str) -> None:
        hand.window.shell.toasts.clear()
        rest(hand)
        hand.wait(3)
        hand.picture(f"mods_{look}", panel="mods")
        panel.install((str(newer),))
        answerable(hand)
        rest(hand)
        hand.picture(f"mods_consent_{look}", panel="dialog")
        hand.click("//###dialog/###Refuse")
        closed(hand)

    in_all_looks(hand, take)


@flow("")
def what_mods_cost_in_all_looks(hand: Hand) -> None:
    from looks import in_all_looks, rest

    bad = LIFT.replace("    steps += 1\n", "    steps += 1\n    if steps > 3:\n        print(1 / 0)\n")
    begin(hand, ("bad", bad), ("lift", LIFT))
    panel = mods_panel(hand)
    play(hand)
    wait_until(hand, lambda: hand.host.mods.running.get("anna.bad") and hand.host.mods.running["anna.bad"].fault)
    running = hand.host.mods.running
    wait_until(hand, lambda: running["anna.lift"].cost.steps > 20)
    hand.keys("F6")
    wait_until(hand, lambda: hand.host.play.is_paused)
    hand.wait(5)
    for number, mod in enumerate(running.values()):  # what it took is another each time
        mod.cost.recent_micros.clear()
        mod.cost.recent_micros.extend(400 + 900 * number + 300 * (step * step % 17 == 4) + step % 7 * 40 for step in range(400))
        mod.cost.memory_bytes, mod.cost.orders, mod.cost.refused = 15 << 20, 1200 + number, number
        mod.cost.late = mod.cost.traps = 0

    def take(look: str) -> None:
        for chosen in ("anna.bad", "anna.lift"):
            panel.chosen = chosen
            hand.window.shell.toasts.clear()
            rest(hand)
            hand.wait(3)
            hand.picture(f"mods_{chosen.removeprefix('anna.')}_{look}", panel="mods")

    in_all_looks(hand, take)
    stop(hand)
