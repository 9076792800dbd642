"""Behaviour trees: read, refused, walked through, and done by people in a world."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from walking_worlds import make_walking_app, spawn_block, walk

from taixu.animation.motion import Face, Motion
from taixu.app import App, GameEvents
from taixu.assets.paths import data_path
from taixu.errors import TaixuError
from taixu.navigation import Agent, Behavior, Behaviors
from taixu.navigation.behavior import behavior_schema, parse_tree
from taixu.navigation.behavior.kinds import KINDS
from taixu.navigation.behavior.mind import FAILURE, RUNNING, SUCCESS, Mind
from taixu.scene import Name, Transform
from taixu.scene.shape_meshes import ShapeState


class Puppet:
    """A body whose leaves end as their texts say: waits last as many steps as their number."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.ended: list[str] = []

    def begin(self, mind: Mind, node: Any) -> str:
        if node.kind == "wait":
            mind.states[node.number] = {"until": mind.now + int(node.values["secs"])}
            return self.go_on(mind, node)
        self.done.append(node.values["text"])
        return FAILURE if node.values["text"].startswith("no") else SUCCESS

    def go_on(self, mind: Mind, node: Any) -> str:
        until = mind.states[node.number]["until"]
        if mind.now >= until:
            return SUCCESS
        mind.wake_at(until)
        return RUNNING

    def end(self, mind: Mind, node: Any) -> None:
        self.ended.append(node.where)

    def holds(self, mind: Mind, test: dict[str, Any]) -> bool:
        return bool(mind.memory.get(test["key"]))


def say(text: str) -> dict[str, Any]:
    return {"do": "say", "text": text}


def wait(steps: int) -> dict[str, Any]:
    return {"do": "wait", "secs": steps}


def play(root: dict[str, Any], *, steps: int = 60, seed: int = 1, **memory: Any) -> tuple[Puppet, Mind]:
    """Ask a tree whenever it wants to be asked."""
    body, mind = Puppet(), Mind(1, parse_tree(json.dumps({"root": root})), memory, seed)
    for step in range(steps):
        if not mind.ended and step >= mind.wake:
            mind.tick(body, step)
    return body, mind


def group(kind: str, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"do": kind, "children": list(children), **more}


def over(kind: str, child: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"do": kind, "child": child, **more}


@pytest.mark.parametrize(
    ("root", "said"),
    [
        (group("sequence", say("a"), say("no"), say("b")), "a no"),
        (group("selector", say("no"), say("a"), say("b")), "no a"),
        (group("sequence", say("a"), wait(3), say("b")), "a b"),
        (group("sequence", over("invert", say("no")), say("a")), "no a"),
        (group("sequence", over("succeed", say("no")), say("a")), "no a"),
        (over("repeat", say("a"), times=3), "a a a"),
        (group("sequence", over("repeat", say("no"), until_failure=True), say("a")), "no a"),
        (group("parallel", group("sequence", wait(4), say("late")), group("sequence", wait(1), say("soon"))), "soon late"),
        (group("parallel", group("sequence", wait(4), say("late")), group("sequence", wait(1), say("soon")), any=True), "soon"),
        (group("sequence", over("chance", say("a"), of=0.0)), ""),
        (over("chance", say("a"), of=1), "a"),
        (over("repeat", group("selector", over("cooldown", say("a"), secs=0.25), wait(5)), times=5), "a a"),
    ],
)  # fmt: skip
def test_nodes_do_what_they_are_for(root: dict[str, Any], said: str) -> None:
    body, mind = play(root)
    assert " ".join(body.done) == said and mind.ended


def test_what_is_broken_off_is_told() -> None:
    root = group("parallel", wait(50), group("sequence", wait(2), say("no")))
    body, mind = play(root)
    assert body.ended == ["/root/children/0"] and mind.ended and not mind.states
    body, _ = play(over("while", wait(50), test={"key": "sun", "set": True}), sun=False)
    assert body.done == []


def test_chance_is_the_seed_s_alone() -> None:
    root = over("repeat", group("pick", *(say(letter) for letter in "abcdefgh")), times=20)
    one, same, other = (play(root, seed=seed)[0].done for seed in (5, 5, 6))
    assert one == same != other and len(set(one)) > 4


def test_a_tree_that_never_waits_stops_no_frame() -> None:
    body, mind = play(over("repeat", say("a")), steps=3)
    assert not mind.ended and 100 < len(body.done) < 1000 and mind.wake == 3


def test_a_mind_that_waits_is_not_asked() -> None:
    asked = []
    body, mind = Puppet(), Mind(1, parse_tree(json.dumps({"root": over("repeat", wait(30))})), {}, 1)
    for step in range(300):
        if step >= mind.wake:
            asked.append(step)
            mind.tick(body, step)
    assert len(asked) == 10 and mind.path() == ["/root repeat", "/root/child wait"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "no JSON"),
        ("[]", "object with a root"),
        ('{"root": 3}', '/root: a node is an object that says what to "do"'),
        ('{"root": {"do": "dance"}}', "/root/do: there is no 'dance'"),
        ('{"root": {"do": "sequence"}}', "needs a list of children"),
        ('{"root": {"do": "sequence", "children": []}}', "needs a list"),
        ('{"root": {"do": "invert"}}', "/root/child"),
        ('{"root": {"do": "wait"}}', "wait needs 'secs'"),
        ('{"root": {"do": "wait", "secs": -1}}', "/root/secs: this lies between"),
        ('{"root": {"do": "wait", "secs": true}}', "this is a number"),
        ('{"root": {"do": "wait", "secs": 1e400}}', "this is a number"),
        ('{"root": {"do": "wait", "secs": NaN}}', "this is a number"),
        ('{"root": {"do": "go_to", "place": [1, 2]}}', "a place is"),
        ('{"root": {"do": "wait", "secs": 1, "loud": 2}}', "does not take this"),
        ('{"root": {"do": "say", "text": ""}}', "a text of"),
        ('{"root": {"do": "if", "test": {}}}', "a test has one of"),
        ('{"root": {"do": "if", "test": {"key": "a"}}}', "is, over, under"),
        ('{"root": {"do": "if", "test": {"field": "agent", "is": 1}}}', "component.field"),
        ('{"root": {"do": "if", "test": {"near": "$a"}}}', "within: this is a number"),
        ('{"version": 9, "root": {"do": "wait", "secs": 1}}', "version 1"),
        ('{"roots": 1, "root": {"do": "wait", "secs": 1}}', "/roots"),
        (json.dumps({"root": group("sequence", *[wait(1)] * 2001)}), "at most 2000 nodes"),
        ("[" * 100_000, "no JSON"),
        (" " * 300_000, "at most 256 KB"),
    ],
)  # fmt: skip
def test_what_is_no_tree_is_refused_in_a_sentence(document: str, words: str) -> None:
    with pytest.raises(TaixuError, match=words) as error:
        parse_tree(document, name="day.behavior.json")
    assert str(error.value).startswith("day.behavior.json: ") and "\n" not in str(error.value) and len(str(error.value)) < 600


def test_deep_trees_are_refused() -> None:
    root = wait(1)
    for _ in range(60):
        root = over("invert", root)
    with pytest.raises(TaixuError, match="nodes deep"):
        parse_tree(json.dumps({"root": root}))


def test_the_schema_says_the_same() -> None:
    schema = behavior_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    for file in sorted((data_path("assets") / "behaviors").glob("*.behavior.json")):
        text = file.read_text(encoding="utf-8")
        assert parse_tree(text, name=file.name).count > 3 and list(check.iter_errors(json.loads(text))) == []
    assert list(check.iter_errors({"root": {"do": "dance"}})) and list(check.iter_errors({"root": {"do": "wait", "secs": -1}}))
    assert set(KINDS) >= {"sequence", "selector", "parallel", "go_to", "follow", "flee", "call"}


# In a world


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path_factory.getbasetemp() / "navigation-cache"))
    made = make_walking_app()
    made.register_component(Motion)
    made.register_component(Face)
    spawn_block(made, (24.0, 1.0, 24.0), (0.0, -0.5, 0.0))
    return made


def person(
    app: App, tree: Any, at: tuple[float, float, float], *, name: str = "", folder: Path | None = None, **board: Any
) -> int:
    if folder is not None:
        (folder / f"{name}.behavior.json").write_text(json.dumps({"root": tree}))
        app.world.resource(ShapeState).resolve = lambda path: folder / path
        tree = f"{name}.behavior.json"
    return app.world.spawn(
        Transform(translation=at), Agent(), Motion(), Face(), Name(name), Behavior(tree=tree, blackboard=board, seed=3)
    )


def test_a_person_goes_says_waves_and_calls_the_script(app: App, tmp_path: Path) -> None:
    root = group(
        "sequence", {"do": "go_to", "place": "$shop"}, {"do": "wave", "secs": 1},
        {"do": "say", "text": "Good morning", "secs": 0.5},
        {"do": "set", "key": "bought", "value": 3}, {"do": "call", "name": "opened"}, wait(1000),
    )  # fmt: skip
    who = person(app, root, (0.0, 0.0, 0.0), name="ann", folder=tmp_path, shop=[3.0, 0.0, 4.0])
    events = app.world.resource(GameEvents)
    cursor, acts = events.cursor, set()
    for _ in range(420):
        walk(app, 1)
        acts.add(app.world.get(who, Motion).act)
    minds = app.world.resource(Behaviors)
    assert np.array(app.world.get(who, Transform).translation) == pytest.approx((3, 0, 4), abs=0.2)
    assert acts == {"", "wave"} and app.world.get(who, Face).saying == "Good morning"
    assert minds.blackboard(who)["bought"] == 3 and minds.doing(who) == ["/root sequence", "/root/children/5 wait"]
    assert [batch.kind for batch in events.since(cursor)] == ["arrived", "message"]


def test_people_follow_flee_face_and_talk(app: App, tmp_path: Path) -> None:
    fox = person(app, {"do": "go_to", "place": [8.0, 0.0, 8.0]}, (0.0, 0.0, 0.0), name="fox", folder=tmp_path)
    hunt = {"do": "follow", "what": "$prey", "secs": 60, "speed": 2.0}
    hound = person(app, hunt, (-3.0, 0.0, 0.0), name="hound", folder=tmp_path, prey="fox")
    hare = person(app, {"do": "flee", "what": "fox", "metres": 6}, (6.0, 0.0, 7.0), name="hare", folder=tmp_path)
    speaker = person(app, {"do": "talk_to", "what": "listener", "secs": 50}, (-8.0, 0.0, -8.0), name="speaker", folder=tmp_path)
    app.world.spawn(Transform(translation=(-6.0, 0.0, -8.0)), Name("listener"))
    walk(app, 100)
    _, y, _, w = app.world.get(speaker, Transform).rotation
    assert 2 * np.arctan2(y, w) == pytest.approx(np.pi / 2, abs=0.2) and app.world.get(speaker, Motion).act == "talk"
    walk(app, 500)
    places = {who: np.array(app.world.get(who, Transform).translation) for who in (fox, hound, hare)}
    assert np.linalg.norm(places[hound] - places[fox]) < 2.5 and np.linalg.norm(places[hare] - (6.0, 0.0, 7.0)) > 3.5


def test_waiting_in_front_of_what_is_shut_ends_after_a_while(app: App, tmp_path: Path) -> None:
    spawn_block(app, (0.4, 3.0, 24.0), (0.0, 1.5, 0.0))
    after = group("sequence", {"do": "set", "key": "gave_up", "value": True}, wait(999))
    root = group("selector", {"do": "go_to", "place": [5, 0, 0], "patience": 2}, after)
    who = person(app, root, (-3.0, 0.0, 0.0), name="bob", folder=tmp_path)
    walk(app, 240)
    assert app.world.get(who, Agent).state == "blocked" and "gave_up" not in app.world.resource(Behaviors).blackboard(who)
    walk(app, 180)
    assert app.world.resource(Behaviors).blackboard(who)["gave_up"] and not app.world.get(who, Agent).going


@pytest.mark.parametrize("tree", ["stroll", "shopkeeper", "guard", "child", "talk"])
def test_what_ships_runs(app: App, tree: str) -> None:
    board = {"places": [[4.0, 0.0, 4.0], [-4.0, 0.0, 2.0]], "comes": True}
    others = dict.fromkeys(("other", "friend", "customer", "intruder"), "b")
    who = person(app, tree, (0.0, 0.0, 0.0), name="a", **board, **others)
    app.world.spawn(Transform(translation=(1.6, 0.0, 1.0)), Name("b"))
    seen = set()
    for _ in range(60):
        walk(app, 10)
        seen.update(line.split()[-1] for line in app.world.resource(Behaviors).doing(who))
    assert len(seen & set(KINDS)) >= 3


def test_trees_change_stop_and_are_refused_in_the_log(app: App, caplog: pytest.LogCaptureFixture) -> None:
    who = person(app, "stroll", (0.0, 0.0, 0.0), name="a")
    lost = person(app, "dreamer", (2.0, 0.0, 0.0), name="b")
    missing = person(app, "none.behavior.json", (4.0, 0.0, 0.0), name="c")
    walk(app, 60)
    minds = app.world.resource(Behaviors)
    assert minds.doing(who) and not minds.doing(lost) and not minds.doing(missing)
    assert "there is no behaviour 'dreamer'" in caplog.text and "cannot be read" in caplog.text
    app.world.set(who, Behavior, active=False)
    walk(app, 2)
    assert not minds.doing(who) and not app.world.get(who, Agent).going
    app.world.set(lost, Behavior, tree="guard")
    app.world.despawn(missing)
    walk(app, 60)
    assert minds.doing(lost) and minds.waiting == 1


def test_days_repeat_from_a_snapshot(app: App) -> None:
    for i in range(6):
        person(app, "stroll", (2.0 * i - 5, 0.0, 0.0), name=f"p{i}")
    walk(app, 60)
    kept = app.world.snapshot()
    ends = []
    for _ in range(2):
        app.world.restore(kept)
        walk(app, 240)
        ends.append([app.world.get(int(who), Transform).translation for who in app.world.query(Agent).entities])
    assert ends[0] == ends[1]
