"""What mods cost the engine outside of their box: counted, shared out, put off, and charged to who asked for it."""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from mod_worlds import STEP, add_mod, hosts, mod_app, mod_lines

from taixu.mods.budget import Budget
from taixu.mods.decoding import Answer, Order, decode_answer
from taixu.mods.inbox import Inbox, length_of
from taixu.mods.work import Share, post_work, refused_work, share_out, structure_work, take_portion, work_of
from taixu.physics import Collider, PhysicsPlugin, RigidBody
from taixu.scene import Name, Shape, Transform

FULL = 8000


def _shares(*units: int) -> list[Any]:
    made = [SimpleNamespace(share=Share(), budget=Budget(100)) for _ in units]
    for each, left in zip(made, units, strict=True):
        each.share.units = left
    return made


def test_units_go_to_those_that_lack_some_in_equal_parts() -> None:
    mods = _shares(FULL, FULL - 100, -50_000, -50_000)
    share_out(mods)
    assert [each.share.units for each in mods] == [FULL, FULL, -50_000 + 350, -50_000 + 350]
    assert [each.share.waits for each in mods] == [False, False, True, True]


def test_who_is_slowed_gets_less_and_nobody_gets_more_for_it() -> None:
    mods = _shares(*[-50_000] * 4)
    for level, each in enumerate(mods):
        each.budget.level = level
    share_out(mods)
    assert [each.share.units + 50_000 for each in mods] == [200, 200, 50, 50]


def test_the_highest_wave_that_there_can_be_is_worked_off_and_slows_nobody() -> None:
    (mod,) = _shares(FULL)
    backlog = deque(Order("spawn", {}) for _ in range(256))
    for tick in range(200):
        if backlog and not mod.share.waits:
            mod.share.spend(take_portion(backlog, mod.share.most_at_once)[1])
        share_out([mod], tick)
        if mod.share.waits:
            mod.budget.note(2 * mod.budget.fuel)
    assert not backlog
    assert mod.budget.level == 1


def test_thirty_two_that_ask_for_everything_get_no_more_than_one() -> None:
    alone, many = _shares(-(1 << 30)), _shares(*[-(1 << 30)] * 32)
    for _ in range(60):
        share_out(alone)
        share_out(many)
    gained = [sum(each.share.units + (1 << 30) for each in mods) for mods in (alone, many)]
    assert gained[1] == pytest.approx(gained[0], abs=60 * 32)


def test_an_answer_is_worked_off_in_portions_in_its_order() -> None:
    orders = deque(Order("spawn", {"name": str(number)}) for number in range(25))
    portions = []
    while orders:
        taken, units = take_portion(orders)
        portions.append(len(taken))
        assert units == 300 * len(taken)
    assert sum(portions) == 25
    assert max(portions) == 10
    large = deque([Order("set", {"entities": [1] * 9000}), Order("spawn", {})])
    assert len(take_portion(large)[0]) == 1, "one is always done, however large"
    assert len(take_portion(deque([Order("spawn", {})] * 900), 1e9)[0]) == 900


def test_many_rays_are_cast_in_parts_and_answered_together() -> None:
    rays = [[float(number), 0.0, 0.0] for number in range(1000)]
    orders = deque([Order("raycasts", {"batch": 3, "origins": rays, "directions": rays, "mask": 1}), Order("spawn", {})])
    cast: list[list[float]] = []
    steps = 0
    while orders:
        taken, units = take_portion(orders)
        assert units <= 3000
        for order in taken:
            cast += order.arguments["origins"] if order.name == "raycasts" else []
            assert order.name == "spawn" or order.arguments["directions"] == order.arguments["origins"]
        steps += 1
    assert cast == rays
    assert steps == 7
    uneven = deque([Order("raycasts", {"origins": rays, "directions": rays[1:]})])
    assert len(take_portion(uneven)[0]) == 1, "what is refused is refused as a whole"


def test_rays_beyond_what_a_step_holds_are_answered_when_all_are_cast() -> None:
    source = """
import game
def ask(count):
    hits = yield game.raycasts([(n, 5, 0) for n in range(count)], [(0, -1, 0)] * count)
    game.log(f"{count}: {len(hits)} rays, met at {[n for n, hit in enumerate(hits) if hit is not None]}")
def on_tick(dt):
    if game.tick == 3: game.start(ask(400))
"""
    app = mod_app()
    app.add_plugin(PhysicsPlugin())
    for place in (7, 390):
        app.world.spawn(Transform(translation=(float(place), 0.0, 0.0)), RigidBody(kind="static"), Collider("box"))
    mod = add_mod(app, source)
    mod.share.units = FULL  # it has set itself up long ago
    for _ in range(30):
        app.frame(STEP)
    assert [line for line in mod_lines(app) if "rays" in line] == ["400: 400 rays, met at [7, 390]"]


def test_what_waits_to_be_done_is_kept_with_the_world_and_what_came_after_is_forgotten() -> None:
    source = "import game\ndef on_tick(dt):\n    if game.tick == 3:\n        for n in range(60): game.spawn('box', name=f'N{n}')\n"
    app = mod_app()
    mod = add_mod(app, source, capabilities=["spawn"])
    mod.share.units = FULL
    while not 0 < len(app.world.query(Shape)) < 40:
        app.frame(STEP)
    kept = deepcopy([getattr(mod, name) for name in ("_backlog", "answered")])
    assert kept[0]
    state = hosts(app).save_state()
    for _ in range(30):
        app.frame(STEP)
    assert not mod._backlog
    hosts(app).load_state(state)
    now = hosts(app).mods["a.mod"]
    assert [getattr(now, name) for name in ("_backlog", "answered")] == kept


def test_reading_an_answer_is_work() -> None:
    answer = decode_answer(b'{"commands": [["hide", {"name": "a"}], ["despawn", {"entity": 0}]]}', capabilities={"ui", "spawn"})
    assert work_of(answer, 10_000) == 100 + answer.items + refused_work(1) + 8 * len(answer.orders)
    assert refused_work(2) == 2 * refused_work(1) > 0 == refused_work(0)
    assert work_of(Answer(), 0) == 0


def test_what_all_mods_have_to_see_costs_whoever_asks_for_it() -> None:
    spawns = [Order("set", {}), Order("spawn", {}), Order("spawn", {})]
    assert structure_work(spawns, 30) == 30 * structure_work(spawns[1:2], 1) > 0
    assert structure_work(spawns[:1], 30) == 0
    assert post_work(5000, 30) == 30 * post_work(5000, 1) > post_work(50, 30) > post_work(50, 0) == 0


def test_those_who_waited_go_on_in_the_same_steps() -> None:
    mods = _shares(-100, -2500, -5200)
    for each in mods:
        assert each.share.waits
    went_on: list[tuple[int, int]] = []
    for tick in range(1, 41):
        share_out(mods, tick)
        went_on += [(tick, place) for place, each in enumerate(mods) if not each.share.waits]
        mods = [each for each in mods if each.share.waits]
    assert len(went_on) == 3
    assert {tick % 10 for tick, _ in went_on} == {0}


def test_a_message_to_all_costs_its_sender_as_many_as_hear_it() -> None:
    source = "import game\ndef on_tick(dt):\n    if game.tick == 3: game.send('all', text='x' * 4000)\n"
    spent: list[list[int]] = []
    for others in (0, 6):
        app = mod_app()
        mod = add_mod(app, source)
        for number in range(others):
            add_mod(app, "import game\n", name=f"other.mod{number}")
        spent.append([])
        mod.share.spend = spent[-1].append  # type: ignore[method-assign]
        for _ in range(8):
            app.frame(STEP)
    assert sum(spent[1]) == sum(spent[0]) + post_work(length_of("all", {"text": "x" * 4000}), 6)


def test_a_wave_of_spawns_comes_over_some_steps_and_nothing_is_lost() -> None:
    source = "import game\ndef on_tick(dt):\n    if game.tick == 3:\n        for n in range(90): game.spawn('box', name=f'N{n}')\n"
    app = mod_app()
    mod = add_mod(app, source, capabilities=["spawn"])
    mod.share.units = FULL  # it has set itself up long ago
    counts = []
    for _ in range(40):
        app.frame(STEP)
        counts.append(len(app.world.query(Shape)))
    new = [after - before for before, after in pairwise(counts)]
    assert counts[-1] == 90
    assert max(new) <= 10
    names = [app.world.get(handle, Name).text for table in app.world.query(Name) for handle in table.entities.tolist()]
    assert names == [f"N{number}" for number in range(90)]
    assert mod.status == "running"
    assert mod.cost.steps < 40, "it was not called while it caught up"


def test_what_starts_is_not_put_off() -> None:
    app = mod_app()
    add_mod(app, "import game\ndef on_start():\n    for n in range(200): game.spawn('')\n", capabilities=["spawn"])
    app.frame(STEP)
    app.frame(STEP)
    assert len(app.world) == 200


def test_who_waits_all_the_time_is_paused_and_told() -> None:
    source = "import game\ndef on_tick(dt):\n    for n in range(60): game.spawn('')\n"
    app = mod_app()
    mod = add_mod(app, source, capabilities=["spawn"])
    for _ in range(400):
        app.frame(STEP)
    assert mod.status == "paused"
    said = [line for line in mod_lines(app) if "'a.mod'" in line]
    assert len([line for line in said if "called less often" in line]) == 1
    assert len([line for line in said if "is paused" in line]) == 1
    assert mod.share.waited > 100


def test_steps_far_above_the_budget_count_as_several() -> None:
    def steps(fuel: int) -> int:
        budget, count = Budget(100), 0
        while budget.level < 3:
            count += 1
            budget.note(fuel)
        return count

    assert steps(101) == steps(299) == 30 + 60 + 90
    assert steps(1000) == steps(10**9) == (30 + 60 + 90) // 5


def test_learning_anew_who_is_there_gives_nobody_more_than_that_takes() -> None:
    """A mod could once make things come and go, to be given the fuel of its first step again and again, uncounted."""
    source = (
        "import game\nown = []\ndef on_start(): own.extend(game.spawn('') for _ in range(200))\n"
        "def on_tick(dt):\n    for e in own: e.add('light') if game.tick % 2 else e.remove('light')\n"
    )
    app = mod_app()
    sent: list[int] = []
    mod = add_mod(app, source, read=["light", "transform"], capabilities=["spawn"])
    send = mod.boxed.send
    mod.boxed.send = lambda *args, fuel=0, **more: sent.append(fuel) or send(*args, fuel=fuel, **more)  # type: ignore[method-assign]
    for number in range(300):
        app.world.spawn(Transform(), stable_id=number + 1)
        app.frame(STEP)
    most = 10 * mod.grants.fuel + 2 * 10_000 * len(app.world) + 10_000_000
    assert max(sent[1:]) <= most
    assert mod.budget.level > 0


def test_a_flood_of_texts_reaches_others_in_portions() -> None:
    app = mod_app()
    handles = [app.world.spawn(Name(str(number)), stable_id=number + 1) for number in range(60)]
    seen = "import game\ndef on_tick(dt): game.log(len(game.query('name')), sum(len(e.name) for e in game.query('name')))\n"
    mod = add_mod(app, seen, read=["name"])
    for _ in range(3):
        app.frame(STEP)
    for handle in handles:
        app.world.set(handle, Name, text="x" * 20_000)
    lengths = []
    for _ in range(14):
        app.frame(STEP)
        lengths.append(len(mod.boxed.sent[-1][1]))  # type: ignore[attr-defined]
    assert max(lengths) < 160_000
    assert mod_lines(app)[-1] == f"60 {60 * 20_000}", "all of it in the end"
    assert mod.fault == ""


def test_who_sends_much_takes_nothing_from_who_sends_little() -> None:
    box = Inbox()
    for number in range(100):
        box.add("loud", "m", {"n": number})
        for other in range(8):
            box.add(f"loud{other}", "m", {"n": number, "t": "x" * 300})
    assert box.add("quiet", "m", {"n": 7})
    letters = box.take()
    assert [letter.data["n"] for letter in letters if letter.data == {"n": 7}][-1] == 7
    assert "quiet" not in box.missed
    assert not box.add("one", "long", {"t": "x" * 17_000})


def test_what_a_mod_did_not_call_stops_it() -> None:
    app = mod_app()
    source = "import game, _game_mirror\ndef on_tick(dt): _game_mirror.mirror.commands.append(['exec', {'text': 'boom'}])\n"
    mod = add_mod(app, source)
    app.frame(STEP)
    app.frame(STEP)
    assert mod.status == "stopped"
    assert mod.fault == "mod 'a.mod' answered with what no call of game gives (there is no command 'exec'): it is stopped"
    assert hosts(app).mods["a.mod"] is mod
