"""Mods and people: what a mod may say, keep and ask, and what it hears; each as far as it was granted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mod_worlds import STEP, add_mod, hosts, mod_app, mod_lines

from taixu.app import GameServices
from taixu.mods.granting import grants_of
from taixu.mods.packages.manifest import Capability, Manifest, read_manifest
from taixu.mods.playing import ModsPlugin
from taixu.platform import AnswerEvent, Input
from taixu.script import players
from taixu.script.chat import Chat
from taixu.script.storage import Storage
from taixu.script.widgets import Widgets

HEARS = """
import game
def on_event(event):
    game.log(event.kind, event.name, sorted(event.data.items()))
"""


def steps(app: Any, count: int = 3) -> None:
    for _ in range(count):
        app.frame(STEP)


def test_the_chat_is_for_who_was_granted_it() -> None:
    app = mod_app()
    add_mod(app, HEARS, "a.hears", capabilities=("chat",))
    add_mod(app, HEARS, "b.deaf")
    add_mod(app, "import game\ndef on_start():\n    game.chat('hi')\n", "c.speaks", capabilities=("chat",))
    steps(app)
    players.say(app.world, "Who is there?", who="Ann")
    steps(app)
    assert mod_lines(app) == [
        "chat c.speaks [('role', 'mod'), ('text', 'hi')]", "chat Ann [('role', 'player'), ('text', 'Who is there?')]",
    ]  # fmt: skip
    assert [(line.who, line.role) for line in app.resource(Chat).lines] == [("c.speaks", "mod"), ("Ann", "player")]
    app.close()


def test_a_flood_of_lines_is_refused_and_told_once() -> None:
    app = mod_app()
    mod = add_mod(app, "import game\ndef on_tick(dt):\n    game.chat('again')\n", capabilities=("chat",))
    steps(app, 30)
    assert app.resource(Chat).count == 8
    assert mod.cost.refused > 10
    assert mod_lines(app) == ["mod 'a.mod' was refused: game.chat: the mod says more than two lines a second"]
    app.close()


def test_nothing_goes_without_being_granted() -> None:
    calls = ("chat('x')", "store('a', 1)", "stored('a')", "request('a', 'https://a.b')", "show_input('a')", "show_map('a', [])")
    for call in calls:
        app = mod_app()
        mod = add_mod(app, f"import game\ndef on_start():\n    game.{call}\n")
        steps(app)
        assert "needs the capability" in mod.fault, call
        assert app.resource(Chat).count == len(app.resource(Widgets)) == 0
        app.close()


KEEPS = """
import game
def on_start():
    game.log(game.stored("visits", 0))
    game.store("visits", game.stored("visits", 0) + 1)
"""


def test_each_mod_finds_its_own_in_the_next_session(tmp_path: Path) -> None:
    for visits in range(2):
        app = mod_app()
        app.resource(Storage).folder = tmp_path
        add_mod(app, KEEPS, "a.mod", capabilities=("storage",))
        if visits:
            add_mod(app, KEEPS, "b.mod", capabilities=("storage",))
        steps(app)
        app.close()
        assert mod_lines(app) == [str(visits), "0"][: visits + 1]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mod.json", "b.mod.json"]


def test_what_is_kept_is_there_after_a_reload_and_bounded() -> None:
    app = mod_app()
    mod = add_mod(app, KEEPS, capabilities=("storage",))
    steps(app)
    hosts(app).reload("a.mod", {"main.py": "import game\ndef on_load(state):\n    game.log(game.stored('visits'))\n"})
    steps(app)
    assert mod_lines(app)[0] == "0"
    assert "1" in mod_lines(app)
    source = "import game\ndef on_tick(dt):\n    game.store(str(game.tick), ['x' * 19000] * 10)\n"
    add_mod(app, source, "b.greedy", capabilities=("storage",))
    steps(app, 12)
    greedy = hosts(app).mods["b.greedy"]
    assert "does not fit" in greedy.fault
    assert greedy.stored.size <= 1 << 20
    assert mod.fault == ""
    app.close()


def test_a_mod_that_reaches_around_the_check_keeps_no_more() -> None:
    app = mod_app()
    mod = add_mod(app, """
import game
from _game_mirror import mirror
def on_tick(dt):
    for number in range(3):
        mirror.order("store", {"key": f"{game.tick} {number}", "value": ["x" * 19000] * 10})
""", capabilities=("storage",))  # fmt: skip
    steps(app, 4)
    assert 900_000 < mod.stored.size <= 1 << 20
    assert mod.cost.refused > 0
    assert not mod.fault
    app.close()


def test_servers_are_asked_with_the_hosts_that_were_granted() -> None:
    asked: list[Any] = []
    manifest: Manifest = read_manifest(b"""
schema = 1
id = "a.mod"
version = "1.0.0"
api = "^1.0"
entry = "main.py"
title = "A"
licence = "MIT"
[capabilities.net]
hosts = ["api.example.com"]
why = "rates"
[capabilities.storage]
max_kb = 3
why = "rates"
""")
    grants = grants_of(manifest)
    assert grants.hosts == frozenset({"api.example.com"})
    assert grants.capabilities["storage"] == 3
    assert grants_of(manifest, {"storage": Capability("storage", "x", 3)}).hosts == frozenset(), "the player said no"
    app = mod_app()
    app.resource(GameServices).provide("request", lambda world, owner, hosts, **facts: asked.append((owner, hosts, facts)))
    source = HEARS + "def on_start():\n    game.request('rates', 'https://api.example.com/', method='POST', body='{}')\n"
    hosts(app).load("a.mod", {"main.py": source}, grants=grants)
    add_mod(app, HEARS, "b.mod", capabilities=("net",))
    steps(app)
    assert asked == [
        ("a.mod", grants.hosts, {"name": "rates", "url": "https://api.example.com/", "method": "POST", "body": "{}"})
    ]  # fmt: skip
    app.resource(Input).inject(AnswerEvent("a.mod", "rates", 200, "[1.5]", ""))
    steps(app)
    assert mod_lines(app) == ["answer rates [('error', ''), ('status', 200), ('text', '[1.5]')]"]
    app.close()


def test_a_run_that_repeats_asks_nobody_and_says_so() -> None:
    plugin = ModsPlugin(wait=True)
    app = mod_app()
    for _ in range(3):
        plugin._request(app.world, "a.mod", {"api.example.com"}, name="x", url="https://api.example.com/")
    assert plugin._net.waiting == 0
    assert [line for line in mod_lines(app) if "recorded answers" in line] == mod_lines(app)
    assert len(mod_lines(app)) == 1
    app.close()


@pytest.mark.parametrize("badge", ["", "no wall of the operating system here"])
def test_where_a_wall_has_gaps_no_mod_asks(badge: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModsPlugin, "badge", badge)
    plugin = ModsPlugin(wait=False)
    assert bool(plugin._why_no_net()) == bool(badge)
