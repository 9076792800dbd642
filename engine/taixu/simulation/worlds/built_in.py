"""The kinds of simulators that Taixu brings, out of settings and files."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.simulator import Columns
from taixu.simulation.worlds.kinds import Poses, Prepared, SimulatorKind, SimulatorKinds, Site
from taixu.simulation.worlds.loose import body_poses, prepare_bodies
from taixu.simulation.worlds.relief import Relief, read_heights
from taixu.simulation.worlds.settings import Settings
from taixu.simulation.worlds.timetables import buses_of, transit_of

__all__ = ["add_built_in"]


def add_built_in(kinds: SimulatorKinds) -> None:
    """Make water, traffic, public transport, people, weather, fields, drones, loose bodies, units and SUMO known."""
    kinds.add("water", SimulatorKind(_water))
    kinds.add("traffic", SimulatorKind(_traffic, _car_poses, "car", ("bus",)))
    kinds.add("transit", SimulatorKind(_transit, _car_poses, "bus", ("train", "tram")))
    kinds.add("people", SimulatorKind(_people, _people_poses, "person"))
    kinds.add("weather", SimulatorKind(_weather))
    kinds.add("fields", SimulatorKind(_fields))
    kinds.add("drones", SimulatorKind(_drones, _drone_poses, "drone"))
    kinds.add("bodies", SimulatorKind(prepare_bodies, body_poses, "crate"))
    kinds.add("unit", SimulatorKind(_unit))
    kinds.add("sumo", SimulatorKind(_sumo, _car_poses, "car"))


def _water(settings: Settings, site: Site) -> Prepared:
    """``ground`` (an .npy file of heights) or ``heights`` (rows of numbers), ``cell``; the rest as `Water` takes it."""
    bed = read_heights(settings.file("ground")) if settings.has("ground") else settings.array("heights", shape=(None, None))
    cell = settings.number("cell", 1.0, low=1e-3, high=1e4)
    manning, depth = settings.number("manning", 0.02, low=0.0, high=1.0), settings.number("depth", 0.0, low=0.0, high=1e4)
    period, sides = settings.number("period_secs", 1.0, low=1e-3, high=3600.0), tuple(settings.texts("open_sides"))
    level = settings.number("level", -1e9)
    settings.done()
    start = np.maximum(depth, level - bed)  # a lake up to a height, or so much everywhere

    def make(name: str) -> Any:
        from taixu.simulation.water import Water

        return Water(bed, cell=cell, depth=start, manning=manning, open_sides=sides, name=name, period_secs=period)

    return Prepared(make, {"bed": bed, "cell": cell})


def _traffic(settings: Settings, site: Site) -> Prepared:
    """``network`` (SUMO's .net.xml), ``demand`` (.rou.xml and what belongs to it), ``lights`` (.add.xml), `_relief`, `buses_of`."""
    from taixu.simulation.traffic.demand import Demand
    from taixu.simulation.traffic.signals import read_signal_plan
    from taixu.simulation.traffic.sumo import read_sumo_demand, read_sumo_network

    file = settings.file("network")
    network = read_sumo_network(file, lights=settings.files("lights"))
    demand = read_sumo_demand(network, settings.files("demand"))
    if settings.has("timetable"):
        demand = Demand(network, [*demand.trips, *buses_of(settings, network, file)])
    plans = [read_signal_plan(each, network.signals) for each in settings.files("plans")]
    period = settings.number("period_secs", 0.5, low=1e-2, high=3600.0)
    jump = settings.number("jump_secs", 300.0, low=1.0, high=1e6)
    relief = _relief(settings)
    settings.done()

    def make(name: str) -> Any:
        from taixu.simulation.traffic import Traffic

        return Traffic(demand, name=name, period_secs=period, jump_secs=jump, plans=plans)

    return Prepared(make, {"network": network, "relief": relief})


def _transit(settings: Settings, site: Site) -> Prepared:
    """``timetable`` and what belongs to it, ``lines`` (`transit_of`), `_relief`."""
    from taixu.simulation.transit import Transit

    runs, courses = transit_of(settings)
    relief, period = _relief(settings), settings.number("period_secs", 0.5, low=1e-2, high=3600.0)
    settings.done()

    def make(name: str) -> Any:
        return Transit(runs, name=name, period_secs=period)

    make("transit")  # says at once what is wrong
    return Prepared(make, {"courses": courses, "relief": relief})


def _sumo(settings: Settings, site: Site) -> Prepared:
    """``network``, ``demand`` and ``additional`` (SUMO's files); it runs in a process of its own, of which SUMO wants one."""
    from taixu.simulation.traffic.sumo import read_sumo_network

    file, demand, additional = settings.file("network"), settings.files("demand"), settings.files("additional")
    network = read_sumo_network(file)
    period = settings.number("period_secs", 1.0, low=1e-2, high=3600.0)
    step = settings.number("step_secs", 1.0, low=1e-2, high=10.0)
    relief = _relief(settings)
    settings.done()
    files = ([str(each) for each in demand], [str(each) for each in additional])

    def make(name: str) -> Any:
        from taixu.simulation.remote import Remote

        return Remote("taixu.simulation.sumo:start_sumo", str(file), *files, name, period, step)

    return Prepared(make, {"network": network, "relief": relief})


def _people(settings: Settings, site: Site) -> Prepared:
    """``groups``: each ``count`` people over an ``area`` (x, z to x, z) at a ``height``, with ``goals`` (places) and ``seed``.

    They stand where there is a way to their goals.
    """
    from taixu.simulation.crowd.kernels import label_floors

    floors, places, groups, goals = site.floors(), [], [], []
    island = np.empty(len(floors), np.int32)
    label_floors(floors.links, island)
    for number, group in enumerate(settings.objects("groups")):
        count = int(group.number("count", 1, low=1, high=1 << 20))
        x0, z0, x1, z1 = group.array("area", shape=(4,))
        height, seed = group.number("height", 0.0), int(group.number("seed", number, low=0, high=1 << 62))
        goals.append(group.array("goals", shape=(None, 3)))
        group.done()
        at = floors.nearest(goals[-1], 1.0)
        leads = np.isin(island, island[at[at >= 0]])
        places.append(_scattered(floors, (x0, z0, x1, z1), leads, height=height, count=count, seed=seed))
        groups.append(np.full(count, number))
    doors = [_floors_near(floors, door) for door in settings.objects("doors")]
    period = settings.number("period_secs", 0.5, low=1e-2, high=3600.0)
    seed = int(settings.number("seed", 0, low=0, high=1 << 62))
    settings.done()
    if not places:
        raise TaixuError("people want groups, each with a count, an area and goals")

    def make(name: str) -> Any:
        from taixu.simulation.crowd import People

        everybody, group = np.concatenate(places), np.concatenate(groups)
        return People(floors, everybody, goals, group=group, doors=doors, seed=seed, name=name, period_secs=period)

    return Prepared(make, {"floors": floors}, in_world=True)


def _weather(settings: Settings, site: Site) -> Prepared:
    """``secs`` and ``columns`` by name, as `Weather` takes them."""
    secs = settings.array("secs", shape=(None,))
    period = settings.number("period_secs", 10.0, low=1e-2, high=3600.0)
    columns = {name: settings.array(name, shape=(None,)) for name in settings.names()}
    settings.done()

    def make(name: str) -> Any:
        from taixu.simulation.weather import Weather

        return Weather(secs.tolist(), {key: values.tolist() for key, values in columns.items()}, name=name, period_secs=period)

    return Prepared(make)


def _fields(settings: Settings, site: Site) -> Prepared:
    """By column, the field of its entity's components that says it: ``{"leave": "exits.group"}``."""
    columns = {name: settings.text(name) for name in list(settings.names())}
    settings.done()
    for name, field in columns.items():
        if field.count(".") != 1:
            raise TaixuError(f"{name} takes a field such as gate.open, not {field[:60]!r}")

    def make(name: str) -> Any:
        from taixu.simulation.fields import Fields

        return Fields(name=name)

    return Prepared(make, {"fields": columns})


def _drones(settings: Settings, site: Site) -> Prepared:
    """``ways``: each ``points`` (x, y, z) and ``speed``; ``loops`` 1 begins them again; ``tilt``, ``lift``."""
    ways, speeds = [], []
    for way in settings.objects("ways"):
        ways.append(way.array("points", shape=(None, 3)))
        speeds.append(way.number("speed", 12.0, low=0.01, high=1000.0))
        way.done()
    loops, tilt = settings.number("loops", 0, low=0, high=1) > 0, settings.number("tilt", 0.6, low=0.01, high=1.4)
    lift, period = settings.number("lift", 2.0, low=1.01, high=100.0), settings.number("period_secs", 0.1, low=1e-2, high=3600.0)
    settings.done()

    def make(name: str) -> Any:
        from taixu.simulation.drones import Drones

        return Drones(ways, speed=np.array(speeds), loops=loops, tilt=tilt, lift=lift, name=name, period_secs=period)

    make("drones")  # says at once what is wrong
    return Prepared(make)


def _unit(settings: Settings, site: Site) -> Prepared:
    """``file`` (an .fmu) and ``starts``: each a ``variable`` and its ``value``."""
    file, period = settings.file("file"), settings.number("period_secs", 0.1, low=1e-6, high=1e6)
    starts = {}
    for start in settings.objects("starts"):
        starts[start.text("variable")] = start.number("value", 0.0)
        start.done()
    settings.done()
    if not site.trusted:
        raise TaixuError("a unit is a program, and this project is not trusted; --trust lets it run")

    def make(name: str) -> Any:
        from taixu.simulation.fmi import Unit

        return Unit(file, starts=starts, name=name, period_secs=period)

    return Prepared(make)


def _relief(settings: Settings) -> Relief | None:
    """``ground`` (an .npy file of heights) with ``ground_cell`` and ``ground_corner`` (x, z); streets are level without."""
    if not settings.has("ground"):
        return None
    heights, (x, z) = read_heights(settings.file("ground")), settings.array("ground_corner", shape=(2,)).tolist()
    if not np.isfinite(heights).all():
        raise TaixuError("ground holds a height that is not finite")
    return Relief(heights, x, z, settings.number("ground_cell", 1.0, low=1e-3, high=1e4))


def _scattered(
    floors: Any, area: tuple[float, float, float, float], leads: NDArray[np.bool_], *, height: float, count: int, seed: int
) -> NDArray[np.float64]:
    """Places on floors of an area from which there is a way, the same for the same seed."""
    at = floors.centres(np.arange(len(floors)))
    x0, z0, x1, z1 = area
    fits = (at[:, 0] >= x0) & (at[:, 0] <= x1) & (at[:, 2] >= z0) & (at[:, 2] <= z1) & (np.abs(at[:, 1] - height) < 1.5)
    inside = np.flatnonzero(fits)
    if not len(inside):
        raise TaixuError(f"there is no floor at the height {height:g} m between {x0:g}, {z0:g} and {x1:g}, {z1:g}")
    inside = inside[leads[inside]]
    if not len(inside):
        raise TaixuError(f"there is no way to the goals from between {x0:g}, {z0:g} and {x1:g}, {z1:g}")
    rng = np.random.default_rng(seed)
    return np.asarray(at[rng.choice(inside, count, replace=count > len(inside))], np.float64)


def _floors_near(floors: Any, door: Settings) -> NDArray[np.int32]:
    """The floors of a door: those within a radius of its place."""
    at, radius = door.array("at", shape=(3,)), door.number("radius", 1.0, low=0.05, high=100.0)
    door.done()
    return np.flatnonzero(((floors.centres(np.arange(len(floors))) - at) ** 2).sum(axis=1) <= radius**2).astype(np.int32)


def _car_poses(said: Columns) -> Poses | None:
    if "place" not in said:
        return None
    flat, heading, speed = said["place"], said["heading"], said["speed"]
    place = np.stack([flat[:, 0], np.zeros(len(flat)), flat[:, 1]])
    velocity = np.stack([np.cos(heading) * speed, np.zeros(len(flat)), np.sin(heading) * speed])
    look = next((said[name].astype(np.int32) for name in ("look", "bus") if name in said), None)
    return Poses(said["number"].astype(np.int64), place, velocity, _turned(heading), look=look)


def _people_poses(said: Columns) -> Poses | None:
    if "place" not in said:
        return None
    flat = said["velocity"]
    velocity = np.stack([flat[:, 0], np.zeros(len(flat)), flat[:, 1]])
    return Poses(said["number"].astype(np.int64), said["place"].T, velocity, _turned(np.arctan2(flat[:, 1], flat[:, 0])))


def _drone_poses(said: Columns) -> Poses | None:
    if "place" not in said:
        return None
    return Poses(said["number"].astype(np.int64), said["place"].T, said["velocity"].T, said["rotation"].T.astype(np.float32))


def _turned(heading: NDArray[Any]) -> NDArray[np.float32]:
    """Turns around the vertical of what looks along +x, by the angle from +x towards +z."""
    half, none = -heading / 2, np.zeros(len(heading))
    return np.stack([none, np.sin(half), none, np.cos(half)]).astype(np.float32)
