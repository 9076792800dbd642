"""Networks and demand in SUMO's files (``.net.xml``, ``.rou.xml``, ``.add.xml``): https://sumo.dlr.de/docs/.

What is read: lanes, connections with their ways across junctions, who gives way to whom, static lights; vehicles and trips with
routes, kinds and distributions of kinds, stops at bus stops, and which classes may use which lanes. Detectors and persons are
not. SUMO's y points north; ours is z, which points the other way, so places are mirrored: ``z = -y``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.frames import check_crs
from taixu.assets.paths import read_bytes
from taixu.assets.safe_xml import parse_xml
from taixu.errors import TaixuError
from taixu.simulation.traffic.demand import Demand, Kind, Trip
from taixu.simulation.traffic.network import CLASSES, Connection, Lane, RoadNetwork, SignalProgram, class_bits
from taixu.simulation.traffic.routing import Router

__all__ = ["read_sumo_demand", "read_sumo_network", "sumo_places"]

_MAX_BYTES = 1 << 28
_SHORTEST = 0.1


def read_sumo_network(path: str | Path, *, lights: Sequence[str | Path] = ()) -> RoadNetwork:
    """Read a network.

    Parameters
    ----------
    path
        The ``.net.xml`` file.
    lights
        Additional files whose programs take the place of the network's.

    Raises
    ------
    TaixuError
        When it is none, or leads nowhere.
    """
    file = Path(path)
    root = _document(file, "net")
    lanes: list[Lane] = []
    for edge in root.iter("edge"):
        if edge.get("function") in ("crossing", "walkingarea"):
            continue
        name, across = _text(edge, "id", file), edge.get("function") == "internal"
        for lane in sorted(edge.iter("lane"), key=lambda lane: _number(lane, "index", file)):
            points = _points(lane, file)
            length = max(_number(lane, "length", file), _SHORTEST)
            limit = max(_number(lane, "speed", file), 0.5)
            lanes.append(Lane(_text(lane, "id", file), name, points, length, limit, across, _classes(lane)))
    known = {lane.name for lane in lanes}
    signals = dict(_programs(root, file))
    for each in lights:
        signals |= dict(_programs(_document(Path(each), ""), Path(each)))
    before = _first_comers(root, file)
    links = []
    for link in root.iter("connection"):
        start = f"{_text(link, 'from', file)}_{_text(link, 'fromLane', file)}"
        onto = f"{_text(link, 'to', file)}_{_text(link, 'toLane', file)}"
        via, lit = link.get("via", ""), link.get("tl", "")
        if start not in known or onto not in known or (via and via not in known):
            continue  # of kinds that are not read
        place = int(_number(link, "linkIndex", file)) if lit else 0
        program = signals.get(lit)
        if program is None or place >= len(program.states[0]):
            lit = ""
        links.append(Connection(start, onto, via, lit, place, tuple(lane for lane in before.get(via, ()) if lane in known)))
    return RoadNetwork(lanes, links, signals)


def read_sumo_demand(network: RoadNetwork, paths: Sequence[str | Path]) -> Demand:
    """Read who drives, from route files and what belongs to them, in the order that kinds and stops are declared.

    Trips that cannot be driven on this network are left out where they have no way; a way of streets that do not meet is refused.

    Raises
    ------
    TaixuError
        When a file is none, or names what is not there.
    """
    kinds: dict[str, Kind] = {}
    shares: dict[str, list[tuple[float, str]]] = {}
    routes: dict[str, tuple[str, ...]] = {}
    halts: dict[str, tuple[str, float]] = {}
    trips: list[Trip] = []
    routers: dict[str, Router] = {}
    for path in paths:
        file = Path(path)
        root = _document(file, "")
        for group in root.iter("vTypeDistribution"):
            members = [(_number(kind, "probability", file, 1.0), _text(kind, "id", file)) for kind in group.iter("vType")]
            shares[_text(group, "id", file)] = members
        for kind in root.iter("vType"):
            kinds[_text(kind, "id", file)] = _kind(kind, file)
        for halt in root.iter("busStop"):
            halts[_text(halt, "id", file)] = (_text(halt, "lane", file), _number(halt, "endPos", file, 0.0))
        for route in root.findall("route"):
            routes[_text(route, "id", file)] = tuple(_text(route, "edges", file).split())
        for vehicle in root:
            if vehicle.tag not in ("vehicle", "trip"):
                continue
            name = _text(vehicle, "id", file)
            drives = kinds.get(_chosen(vehicle.get("type", ""), shares, name), Kind())
            own = vehicle.find("route")
            if own is not None:
                way = tuple(_text(own, "edges", file).split())
            elif "route" in vehicle.attrib:
                way = routes.get(vehicle.attrib["route"], ())
            else:
                if drives.category not in routers:
                    routers[drives.category] = _router(network, drives.category)
                router = routers[drives.category]
                numbers = [network.edge_numbers.get(_text(vehicle, end, file), -1) for end in ("from", "to")]
                found = router.way(*numbers) if min(numbers) >= 0 else None
                if found is None:
                    continue
                way = tuple(network.edges[edge] for edge in found)
            stops = []
            for stop in vehicle.iter("stop"):
                lane, along = halts.get(stop.get("busStop", ""), (stop.get("lane", ""), _number(stop, "endPos", file, 0.0)))
                stops.append((lane, along, _number(stop, "duration", file, 20.0)))
            trips.append(Trip(_number(vehicle, "depart", file), way, drives, tuple(stops), name))
    return Demand(network, trips)


def sumo_places(path: str | Path) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """What leads from longitudes and latitudes ``[n, 2]`` to x and z of a network, by its projection; NaN where it has none.

    Raises
    ------
    TaixuError
        When the network does not say where it lies.
    MachineError
        Without pyproj.
    """
    file = Path(path)
    location = _document(file, "net").find("location")
    system = "!" if location is None else location.get("projParameter", "!")
    try:
        east, north = map(float, ("" if location is None else location.get("netOffset", "")).split(","))
    except ValueError:
        system = "!"
    if system == "!" or not np.isfinite((east, north)).all():
        raise TaixuError(f"{file.name}: it does not say where it lies on the earth; timetable_origin says it")
    crs = check_crs(system)
    from pyproj import Transformer

    project = Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def place(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = project.transform(degrees[:, 0], degrees[:, 1], errcheck=False)
        found = np.stack([x + east, -(y + north)], 1)
        found[~np.isfinite(found).all(1)] = np.nan
        return found

    return place


def _kind(kind: Element, file: Path) -> Kind:
    """SUMO's drivers are Krauss's, who keep `tau` seconds; its accelerations are peaks that ours come near to."""
    return Kind(
        length=_number(kind, "length", file, 5.0), gap=_number(kind, "minGap", file, 2.5), accel=_number(kind, "accel", file, 2.6),
        decel=_number(kind, "decel", file, 4.5), headway=_number(kind, "tau", file, 1.0),
        fastest=_number(kind, "maxSpeed", file, 55.0), category=_category(kind),
    )  # fmt: skip


def _category(kind: Element) -> str:
    name = kind.get("vClass", "passenger")
    return name if name in CLASSES or name == "ignoring" else "passenger"


def _classes(lane: Element) -> tuple[str, ...]:
    """Which classes may use a lane; names that are not known are passed over."""
    allowed, refused = lane.get("allow", "").split(), lane.get("disallow", "").split()
    if allowed and "all" not in allowed:
        return tuple(name for name in CLASSES if name in allowed) or ("authority",)
    if refused:
        return tuple(name for name in CLASSES if name not in refused and "all" not in refused) or ("authority",)
    return ()


def _router(network: RoadNetwork, category: str) -> Router:
    """Ways over streets of which a lane may be used."""
    arrays = network.arrays
    first = np.unique(arrays["edge"], return_index=True)[1]
    usable = np.maximum.reduceat((arrays["allows"] & class_bits([category])) != 0, first)
    return Router(network, np.where(usable, (arrays["length"] / arrays["limit"])[first], np.inf))


def _chosen(name: str, shares: dict[str, list[tuple[float, str]]], who: str) -> str:
    """A member of a distribution by its share, the same for the same vehicle on every machine."""
    members = shares.get(name)
    if not members:
        return name
    drawn = int.from_bytes(hashlib.blake2b(who.encode(), digest_size=8).digest(), "big") / 2**64
    chance = drawn * sum(share for share, _ in members)
    for share, member in members:
        chance -= share
        if chance < 0:
            return member
    return members[-1][1]


def _programs(root: Element, file: Path) -> Iterator[tuple[str, SignalProgram]]:
    for logic in root.iter("tlLogic"):
        phases = logic.findall("phase")
        states = tuple(_text(phase, "state", file) for phase in phases)
        seconds = tuple(_number(phase, "duration", file) for phase in phases)
        if states:
            yield _text(logic, "id", file), SignalProgram(states, seconds, _number(logic, "offset", file, 0.0))


def _first_comers(root: Element, file: Path) -> dict[str, list[str]]:
    """By lane across a junction: those that it gives way to. A request's bits count from the right."""
    found: dict[str, list[str]] = {}
    for junction in root.iter("junction"):
        inner = junction.get("intLanes", "").split()
        for request in junction.iter("request"):
            index, bits = int(_number(request, "index", file)), _text(request, "response", file)[::-1]
            if 0 <= index < len(inner):
                found[inner[index]] = [lane for lane, bit in zip(inner, bits, strict=False) if bit == "1"]
    return found


def _document(file: Path, tag: str) -> Element:
    root = parse_xml(read_bytes(file, max_bytes=_MAX_BYTES), name=str(file))
    if tag and root.tag != tag:
        raise TaixuError(f"{file}: is no network of SUMO: its root is <{root.tag[:40]}>, not <{tag}>")
    return root


def _points(lane: Element, file: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    pairs = [point.split(",") for point in _text(lane, "shape", file).split()]
    try:
        points = np.array([(float(pair[0]), -float(pair[1])) for pair in pairs], np.float64).reshape(-1, 2)
    except (ValueError, IndexError) as error:
        raise TaixuError(f"{file}: the lane {lane.get('id')} has a shape of other things than points") from error
    return np.repeat(points, 2, axis=0) if len(points) == 1 else points


def _text(element: Element, name: str, file: Path) -> str:
    if name not in element.attrib:
        raise TaixuError(f"{file}: <{element.tag[:40]} id={element.get('id', '?')!r}> has no {name}")
    return element.attrib[name]


def _number(element: Element, name: str, file: Path, default: float | None = None) -> float:
    if name not in element.attrib and default is not None:
        return default
    text = _text(element, name, file)
    said = f"{file}: <{element.tag[:40]} id={element.get('id', '?')!r}> says {name}={text[:40]!r}, which is"
    try:
        value = float(text)
    except ValueError as error:
        raise TaixuError(f"{said} no number") from error
    if not np.isfinite(value):
        raise TaixuError(f"{said} not finite")
    return value
