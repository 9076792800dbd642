"""Chat, what is kept, and recordings of what people do: the parts that scripts and mods share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taixu.app import App
from taixu.platform import HeadlessPlatform, InputRecorder, PlatformPlugin, StoredEvent
from taixu.scene import Name, Transform
from taixu.scene.plugin import ScenePlugin
from taixu.script import Script, ScriptHost, ScriptPlugin, players
from taixu.script.chat import Chat
from taixu.script.inbox import Inbox, owner_of_text, owner_text
from taixu.script.storage import Storage
from taixu.script.stored import Stored
from taixu.script.widgets import Widget, Widgets
from taixu.script.wire import GameError

STEP = 1 / 60


def world(root: Path, source: str, *, recording: HeadlessPlatform | None = None, folder: Path | None = None) -> App:
    (root / "scripts").mkdir(exist_ok=True)
    (root / "scripts" / "a.py").write_text(source)
    app = App()
    for plugin in (PlatformPlugin(recording), ScenePlugin(), ScriptPlugin(root, trust=True)):
        app.add_plugin(plugin)
    app.resource(Storage).folder = folder
    app.world.spawn(Name("Ann"), Transform(), Script("scripts/a.py"), stable_id=0xAB)
    return app


def said(app: App) -> list[str]:
    return [message.text for message in app.resource(ScriptHost).log.messages]


# Chat


def test_a_line_is_one_line_and_players_are_never_slowed() -> None:
    chat = Chat()
    assert chat.say("a\nb\u202e", who="An\nn", role="player", now_secs=0)
    assert not chat.say(" \n ", who="Ann", role="player", now_secs=0)
    assert (chat.lines[0].text, chat.lines[0].who) == ("a b", "An n")
    assert all(chat.say("x" * 900, who="Ann", role="player", now_secs=0) for _ in range(200))
    assert (len(chat.lines), len(chat.lines[-1].text), chat.count) == (100, 300, 201)
    assert len(chat.since(199)) == 2
    assert len(chat.since(0)) == 100
    assert chat.since(201) == []


def test_scripts_and_mods_say_two_lines_a_second() -> None:
    chat = Chat()
    first = sum(chat.say("x", owner="a.mod", who="a.mod", role="mod", now_secs=0) for _ in range(50))
    assert first == 8
    assert chat.say("x", owner="b.mod", who="b.mod", role="mod", now_secs=0), "others are not slowed"
    later = sum(chat.say("x", owner="a.mod", who="a.mod", role="mod", now_secs=tick / 60) for tick in range(1, 601))
    assert later in (19, 20)


def test_a_script_hears_others_and_not_itself(tmp_path: Path) -> None:
    app = world(tmp_path, """
import game
def on_start():
    game.chat("I am here")
def on_event(event):
    if event.kind == "chat":
        game.log(event.name, event.role, event.text)
""")  # fmt: skip
    app.frame(STEP)
    players.say(app.world, "Hello!", who="Bob")
    app.frame(STEP)
    app.frame(STEP)
    assert said(app) == ["Bob player Hello!"]
    assert [line.who for line in app.resource(Chat).lines] == ["Ann", "Bob"]
    for _ in range(5):
        app.frame(STEP)
    assert said(app) == ["Bob player Hello!"]


def test_who_says_too_much_is_told_and_goes_on(tmp_path: Path) -> None:
    app = world(tmp_path, "import game\ndef on_tick(dt):\n    game.chat('again')\n")
    for _ in range(20):
        app.frame(STEP)
    assert app.resource(Chat).count == 8
    assert not app.resource(ScriptHost).stopped()
    assert "more than two lines a second" in said(app)[0]


# What is kept


def test_only_what_fits_is_kept() -> None:
    stored = Stored({"old": [1, 2]}, most_bytes=40)
    stored.put("a", "x" * 20)
    with pytest.raises(GameError, match="does not fit"):
        stored.put("b", "x" * 20)
    stored.put("a", None)
    stored.put("b", "太")
    assert stored.values == {"old": [1, 2], "b": "太"}
    assert stored.size == len("old[1,2]") + len('b"') + len("太".encode()) + 1
    many = Stored(most_bytes=1 << 20)
    for number in range(1000):
        many.put(str(number), 1)
    with pytest.raises(GameError, match="1000 keys"):
        many.put("one more", 1)


KEEPS = """
import game
def on_start():
    game.log(game.stored("visits", 0))
    game.store("visits", game.stored("visits", 0) + 1)
"""


def test_it_is_there_in_the_next_session(tmp_path: Path) -> None:
    for visits in range(3):
        app = world(tmp_path, KEEPS, folder=tmp_path / "kept")
        app.frame(STEP)
        app.close()
        assert said(app) == [str(visits)]
    (file,) = (tmp_path / "kept").iterdir()
    assert json.loads(file.read_text()) == {"visits": 3}


@pytest.mark.parametrize("damage", ["", "{", "[1]", "null", "\x00"])
def test_a_damaged_file_is_as_none(damage: str, tmp_path: Path) -> None:
    app = world(tmp_path, KEEPS, folder=tmp_path)
    file = app.resource(Storage)._file(owner_text(0xAB))
    file.write_text(damage)
    app.frame(STEP)
    app.close()
    assert said(app) == ["0"]
    assert json.loads(file.read_text()) == {"visits": 1}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "secret.json"
    target.write_text('{"visits": 70}')
    app = world(tmp_path, KEEPS, folder=tmp_path / "kept")
    file = app.resource(Storage)._file(owner_text(0xAB))
    file.parent.mkdir()
    file.symlink_to(target)
    app.frame(STEP)
    app.close()
    assert said(app) == ["0"]
    assert json.loads(target.read_text()) == {"visits": 70}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    app = world(tmp_path, KEEPS, folder=tmp_path / "file" / "below")
    app.frame(STEP)
    app.close()
    assert "is not saved" in said(app)[-1]


def test_names_of_files_are_names_everywhere(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    names = {storage._file(key).name for key in ("a.mod", "A.mod ", "../evil", "..", "#ab", "x" * 300, "太", "con/aux")}
    assert len(names) == 8
    assert all(name.isascii() and "/" not in name and not name.startswith(".") and len(name) < 90 for name in names)
    here, there = (Storage.place(tmp_path, tmp_path / name / "game", "main") for name in ("a", "b"))
    assert here != there
    assert here.parent.name.startswith("game-")


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    for _ in range(2):
        app = world(tmp_path, KEEPS)
        app.frame(STEP)
        app.close()
        assert said(app) == ["0"]


# Recordings


def test_a_replay_finds_what_was_kept_then_and_hears_what_people_did(tmp_path: Path) -> None:
    source = KEEPS + """
    game.show_button("go", "Go")
    game.show_input("name")
def on_event(event):
    game.log(game.tick, event.kind, event.name, sorted(event.data.items()))
"""
    folder = tmp_path / "kept"
    storage = Storage(folder)
    folder.mkdir()
    storage._file(owner_text(0xAB)).write_text('{"visits": 41}')
    app = world(tmp_path, source, folder=folder)
    app.insert_resource(InputRecorder())
    for step in range(8):
        if step == 2:
            players.press(app.world, 0xAB, "go")
        if step == 4:
            players.submit(app.world, 0xAB, "name", "Bob")
            players.say(app.world, "Hello!")
        app.frame(STEP)
    app.close()
    assert said(app)[0] == "41"
    assert len(said(app)) == 4
    data = json.loads(json.dumps(app.resource(InputRecorder).to_data()))
    again = world(tmp_path, source, recording=HeadlessPlatform(InputRecorder.from_data(data)))
    for _ in range(8):
        again.frame(STEP)
    again.close()
    assert said(again) == said(app)
    assert isinstance(InputRecorder.from_data(data)[0][1], StoredEvent)


def test_presses_of_what_is_not_there_are_dropped() -> None:
    widgets = Widgets()
    widgets.show(Widget(1, "go", "button"))
    widgets.show(Widget(1, "name", "input"))
    for owner, name in ((1, "name"), (1, "none"), (2, "go"), ("a.mod", "go")):
        widgets.press(owner, name)
    widgets.submit(1, "go", "x")
    assert widgets.inbox.take(of_mods=False) == widgets.inbox.take(of_mods=True) == []
    widgets.submit(1, "name", "x" * 900)
    assert [len(facts["text"]) for _, _, _, facts in widgets.inbox.take(of_mods=False)] == [500]


def test_nobody_fills_an_inbox() -> None:
    inbox = Inbox()
    for number in range(200):
        inbox.add("a.mod", "button", str(number))
    inbox.add("b.mod", "button", "mine")
    taken = inbox.take(of_mods=True)
    assert len(taken) == 65
    assert taken[-1][0] == "b.mod"


@pytest.mark.parametrize("owner", [0xAB, 1, (1 << 64) - 1, "a.mod"])
def test_owners_are_texts_in_recordings(owner: int | str) -> None:
    assert owner_of_text(owner_text(owner)) == owner


def test_a_text_that_names_nobody() -> None:
    assert owner_of_text("#zz") == ""
