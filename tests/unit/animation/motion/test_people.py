"""Avatars in a world: they step as they move, stand on what is there, look, blink, speak, and hair swings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from call_count import count_calls
from stick_figure import stick_figure

from taixu.animation import Morph, MorphWeights
from taixu.animation.motion import Face, Gaze, Motion, People, Speech, Springs
from taixu.animation.motion.faces import blinking, overridden
from taixu.animation.motion.graph import read_graph
from taixu.app import App, Clock, GameServices
from taixu.assets.humanoid import Constraint
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Transform, Visibility, WorldTransforms
from taixu.scene.instantiate import Spawned, spawn_model
from taixu.scene.plugin import ScenePlugin

FRAME = 1.0 / 60.0


class Stand:
    """A world of people without a window: frames one by one."""

    def __init__(self) -> None:
        from taixu.animation import AnimationPlugin

        self.app = App()
        self.app.add_plugin(ScenePlugin())
        self.app.add_plugin(AnimationPlugin())
        self.world: World = self.app.world
        self.model = stick_figure()

    def person(self, *components: Any, at: tuple[float, float, float] = (0.0, 0.0, 0.0), model: Any = None) -> Spawned:
        owner = self.world.spawn(Transform(translation=at), *components)
        shown = model or self.model
        return spawn_model(self.world, owner, shown, key=id(shown))

    def frames(self, count: int, secs: float = FRAME) -> None:
        for _ in range(count):
            self.app.frame(secs)

    def place(self, spawned: Spawned, bone: str) -> np.ndarray:
        entity = int(spawned.entities[spawned.model.avatar.humanoid[bone]])  # type: ignore[union-attr]
        return self.world.resource(WorldTransforms).matrix(entity & 0xFFFFFFFF)[:3, 3]


@pytest.fixture
def stand() -> Iterator[Stand]:
    found = Stand()
    yield found
    found.app.close()


def test_who_is_moved_steps_and_feet_stay_where_they_stand(stand: Stand) -> None:
    person = stand.person(Motion(seed=3))
    people, ankles, planted = stand.world.resource(People), [], []
    speed = 0.0
    z = 0.0
    for frame in range(160):
        speed = min(speed + 0.03, 1.3) if frame < 100 else max(speed - 0.03, 0.4)  # it speeds up, and slows down
        z += speed * FRAME
        stand.world.set(person.owner, Transform, translation=(0.0, 0.0, z))
        stand.frames(1)
        ankles.append(np.stack([stand.place(person, f"{side}Toes") for side in ("left", "right")]))
        planted.append((people.feet.planted[:, 0] > 0.5) & (people.feet.pitches[:, 0] <= 0.0))  # type: ignore[union-attr]
    assert people.crowd.speeds[0] == pytest.approx(0.4, abs=0.05)
    moved, stands = np.abs(np.diff(np.array(ankles)[:, :, 2], axis=0)), np.array(planted)
    both = stands[1:] & stands[:-1]
    assert both[50:].sum() > 40 and moved[50:][both[50:]].max() < 0.006 and moved.max() > 0.03


def test_who_is_put_elsewhere_does_not_run_there(stand: Stand) -> None:
    person = stand.person(Motion())
    stand.frames(5)
    stand.world.set(person.owner, Transform, translation=(30.0, 0.0, 8.0))
    stand.frames(3)
    assert abs(stand.world.resource(People).crowd.speeds[0]) < 0.3
    assert np.abs(stand.place(person, "leftFoot") - (30.0, 0.08, 8.0)).max() < 0.4


def test_feet_stand_on_steps_and_slopes(stand: Stand) -> None:
    """The ground is whatever answers the service's rays: here a step of 0.2 m from x = 0 on."""

    def raycasts(world: World, origins: np.ndarray, directions: np.ndarray, *, max_distance: float) -> list[Any]:
        return [
            {"entity": 9, "position": (x, 0.2 if x > 0 else 0.0, z), "normal": (0.0, 1.0, 0.0), "distance": 1.0}
            for x, _, z in origins.tolist()
        ]

    stand.world.resource(GameServices).provide("raycasts", raycasts)
    person, level = stand.person(Motion(seed=2)), stand.person(Motion(seed=2, ground=False), at=(-5.0, 0.0, 0.0))
    stand.frames(20, 0.05)
    assert stand.place(person, "leftFoot")[1] - stand.place(level, "leftFoot")[1] == pytest.approx(0.2, abs=0.02)
    assert stand.place(person, "rightFoot")[1] == pytest.approx(stand.place(level, "rightFoot")[1], abs=0.02)


def test_a_graph_takes_people_from_act_to_act(stand: Stand) -> None:
    person = stand.person(Motion(act="sit", seed=4))
    stand.frames(30, 0.05)
    low = stand.place(person, "hips")[1]
    stand.world.set(person.owner, Motion, act="wave")
    stand.frames(30, 0.05)
    assert low < 0.65 and stand.place(person, "hips")[1] > 0.85
    assert stand.place(person, "rightHand")[1] > stand.place(person, "rightUpperArm")[1] > stand.place(person, "leftHand")[1]
    stand.world.set(person.owner, Motion, act="")
    stand.frames(20, 0.05)
    assert stand.place(person, "rightHand")[1] < 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "no JSON"), ("[" * 100_000, "no JSON"), ('{"layers": 3}', "list"), ('{"layers": [{}]}', "needs a state"),
        ('{"layers": [{"states": [{"motion": "fly"}]}]}', "one of move"),
        ('{"layers": [{"states": [{"name": "a"}], "transitions": [{"to": "b"}]}]}', "no state 'b'"),
        ('{"layers": [{"states": [{"name": "a"}], "transitions": [{"to": "a", "when": [{"parameter": "speed"}]}]}]}', "above"),
        ('{"layers": [{"states": [{"clips": [{"at": 1e999, "clip": "x"}]}]}]}', "number"),
    ],
)  # fmt: skip
def test_graphs_that_are_wrong_are_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        read_graph(text, name="g.json")


def test_people_look_at_things_as_far_as_they_can(stand: Stand) -> None:
    target = stand.world.spawn(Transform(translation=(3.0, 1.6, 3.0)))
    person, other = stand.person(Motion(), Gaze(target=target)), stand.person(Motion(), at=(-4.0, 0.0, 0.0))
    stand.frames(20, 0.05)
    head, eye = stand.place(person, "head"), stand.place(person, "leftEye") + stand.place(person, "rightEye")
    front = eye / 2 - head
    turned = np.arctan2(front[0], front[2])
    assert 0.3 < turned < 0.8, "to the left, most of the way"
    assert abs(stand.world.resource(People).crowd.gazes[0, stand.world.resource(People).row(other.owner)]) < 1e-3
    stand.world.set(target, Transform, translation=(0.1, 1.6, -5.0))
    stand.frames(20, 0.06)
    behind = (stand.place(person, "leftEye") + stand.place(person, "rightEye")) / 2 - stand.place(person, "head")
    assert abs(np.arctan2(behind[0], behind[2])) < 0.4, "nobody's head turns right round"


def morphs(stand: Stand, person: Spawned) -> np.ndarray:
    entity = int(person.entities[person.model.avatar.humanoid["head"]])  # type: ignore[union-attr]
    assert stand.world.has(entity, Morph)
    return stand.world.resource(MorphWeights).of(stand.world, entity)


def test_faces_show_moods_that_fade_and_override(stand: Stand) -> None:
    person = stand.person(Motion(), Face(expression="happy", fade_secs=0.5, saying="aaa aaa aaa aaa aaa"))
    stand.frames(2)
    assert 0.0 < morphs(stand, person)[6] < 0.3
    stand.frames(12, 0.06)
    found = morphs(stand, person)
    assert found[6] == 1.0 and found[5] == 0.0 and found[0] == 0.0, "happy; it blocks blinking and the mouth"
    stand.world.set(person.owner, Face, expression="")
    shut = []
    for _ in range(160):
        stand.frames(1, 0.06)
        shut.append(morphs(stand, person)[5])
    assert max(shut) > 0.6 and np.mean(np.array(shut) > 0.1) < 0.15, "eyes blink now and then"


def test_lips_follow_words(stand: Stand) -> None:
    person = stand.person(Motion(act="talk"), Face(saying="Oh my, 你好"))
    opened = []
    for _ in range(60):
        stand.frames(1, 0.04)
        opened.append(morphs(stand, person)[:5].copy())
    assert np.array(opened).max(axis=0)[[0, 1, 4]].min() > 0.5 and np.abs(opened[-1]).max() < 0.05


def test_overrides_are_those_of_vrm() -> None:
    overrides = np.array(((1, 0), (0, 1)), np.float32)
    assert overridden(overrides, np.array(((0.0, 0.1), (0.4, 0.0)), np.float32)).tolist() == pytest.approx([0.6, 0.0])


def test_nobody_blinks_with_anybody() -> None:
    times = np.arange(0, 20, 1 / 60, dtype=np.float32)
    one, two = (blinking(times, np.full(len(times), seed, np.float32)) for seed in (0.2, 0.7))
    assert one.max() > 0.9 and np.corrcoef(one, two)[0, 1] < 0.5
    starts = np.flatnonzero((one[1:] > 0) & (one[:-1] == 0))
    assert 4 <= len(starts) <= 12


def test_hair_swings_keeps_its_length_and_stays_out_of_the_head(stand: Stand) -> None:
    person = stand.person(Motion())
    stand.frames(30)
    joints = [joint.node for joint in person.model.avatar.springs[0].joints]  # type: ignore[union-attr]

    def chain() -> np.ndarray:
        matrices = stand.world.resource(WorldTransforms)
        return np.array([matrices.matrix(int(person.entities[node]) & 0xFFFFFFFF)[:3, 3] for node in joints])

    still = chain()
    assert len(stand.world.resource(Springs)) == 3
    for frame in range(30):
        stand.world.set(person.owner, Transform, translation=(0.0, 0.0, 0.06 * frame))
        stand.frames(1)
    swung = chain()
    lengths = np.linalg.norm(np.diff(swung, axis=0), axis=1)
    assert lengths == pytest.approx(0.08, abs=1e-3)
    assert (swung[-1, 2] - swung[0, 2]) < (still[-1, 2] - still[0, 2]) - 0.03, "it stays behind who runs"
    stand.frames(80, 0.05)
    assert np.abs((chain() - chain()[0]) - (still - still[0])).max() < 0.05, "and comes to rest"
    assert np.isfinite(chain()).all()


def test_nodes_follow_others() -> None:
    model = stick_figure()
    assert model.avatar is not None
    bones = model.avatar.humanoid
    model.avatar.constraints = [Constraint(bones["jaw"], bones["head"], "rotation", weight=1.0)]
    stand = Stand()
    person = stand.person(Motion(mood="sad"), model=model)
    stand.frames(3)
    jaw, head = (stand.world.get(int(person.entities[bones[bone]]), Transform).rotation for bone in ("jaw", "head"))
    assert np.allclose(jaw, head, atol=1e-5) and abs(head[0]) > 0.01
    stand.app.close()


def test_a_crowd_is_one_and_follows_who_comes_and_goes(stand: Stand) -> None:
    folk = [stand.person(Motion(measured=False, speed=1.0), at=(i, 0.0, 0.0)) for i in range(12)]
    stand.frames(10)
    people = stand.world.resource(People)
    phases = people.crowd.phases.copy()
    assert len(people.crowd) == 12 and len(np.unique(np.round(phases, 3))) > 8, "no two walk in step"
    rows = [people.row(one.owner) for one in folk]
    before = phases[rows[5:]]
    for one in folk[:5]:
        stand.world.despawn([one.owner])
    stand.frames(1)
    assert len(people.crowd) == 7
    now = people.crowd.phases[[people.row(one.owner) for one in folk[5:]]]
    assert np.allclose((now - before) % 1.0, (now - before)[0] % 1.0, atol=0.01), "the others go on as they went"


def test_a_crowd_costs_no_more_calls_than_a_few(stand: Stand) -> None:
    def calls() -> int:
        stand.frames(3)
        return count_calls(lambda: stand.frames(1))

    look = (Motion(measured=False, speed=1.0), Face(expression="happy"), Gaze(point=(0.0, 1.5, 9.0)))
    for place in range(4):
        stand.person(*look, at=(place, 0.0, 0.0))
    few = calls()
    for place in range(40):
        stand.person(*look, at=(place, 0.0, 3.0))
    assert calls() < 1.1 * few + 50, "nothing is done person by person"


def test_who_looks_out_of_its_own_eyes_does_not_see_its_head(stand: Stand) -> None:
    model = stick_figure()
    assert model.avatar is not None
    bones = model.avatar.humanoid
    model.avatar.first_person = {bones["hips"]: "thirdPersonOnly", bones["chest"]: "firstPersonOnly", bones["head"]: "both"}
    person = stand.person(Motion(), model=model)

    def seen(bone: str) -> bool:
        entity = int(person.entities[bones[bone]])
        return not stand.world.has(entity, Visibility) or stand.world.get(entity, Visibility).visible

    stand.frames(1)
    assert not seen("chest"), "the others never see what is for its own eyes"
    stand.world.set(person.owner, Motion, first_person=True)
    stand.frames(1)
    assert [seen(bone) for bone in ("hips", "chest", "head", "jaw", "leftHand")] == [False, True, True, False, True]
    stand.world.set(person.owner, Motion, first_person=False)
    stand.frames(1)
    assert [seen(bone) for bone in ("hips", "chest", "head", "jaw", "leftHand")] == [True, False, True, True, True]


def test_lips_follow_a_voice(stand: Stand) -> None:
    person = stand.person(Motion(), Face())
    stand.frames(1)
    people = stand.world.resource(People)
    times = np.arange(11_025) / 22_050
    people.faces.say(people.row(person.owner), Speech.of_sound(0.3 * np.sin(2 * np.pi * 730 * times), 22_050))
    stand.frames(12)
    assert morphs(stand, person)[:5].max() > 0.3
    stand.frames(60)
    assert morphs(stand, person)[:5].max() < 0.05


def test_a_paused_world_stands_still(stand: Stand) -> None:
    person = stand.person(Motion(measured=False, speed=1.4))
    stand.frames(20)
    before = stand.place(person, "leftHand")
    stand.world.resource(Clock).paused = True
    stand.frames(20)
    assert np.allclose(stand.place(person, "leftHand"), before, atol=1e-6)


