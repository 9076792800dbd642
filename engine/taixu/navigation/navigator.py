"""`Navigator`: keeps a world's mesh as its colliders are, in the background, tile by tile."""

from __future__ import annotations

import dataclasses
import logging

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.app.jobs import Job, Jobs
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.navigation.areas import MOST_AREAS, Area
from taixu.navigation.components import Agent, Navigation, NavigationArea, NavigationLink
from taixu.navigation.follower import ColliderFollower
from taixu.navigation.limits import fit_bounds
from taixu.navigation.mesh import Link, NavigationMesh, join_tiles, pieces_near, tiles_of
from taixu.navigation.pieces import Piece
from taixu.navigation.settings import MeshSettings
from taixu.navigation.tiles import Tile, find_tile, keep_tile, make_tile, tile_key
from taixu.physics.body_batches import instances_of
from taixu.physics.placement import world_placements
from taixu.physics.poses import compose
from taixu.scene import Transform

__all__ = ["Navigator"]

_log = logging.getLogger(__name__)
_LOOK_EVERY = 6
"""Fixed steps between looks at the world's colliders."""
_ORIGIN = np.zeros(3, np.int32)
_Place = tuple[int, int]


class Navigator:
    """The navigation mesh of a world (a resource).

    Attributes
    ----------
    mesh : NavigationMesh or None
        As it was when its last tiles were made; None before the first.
    version : int
        Goes up with every mesh.
    cache : bool
        Whether tiles are kept on disk.
    """

    def __init__(self) -> None:
        self.mesh: NavigationMesh | None = None
        self.version = 0
        self.cache = True
        self._follower = ColliderFollower()
        self._settings: MeshSettings | None = None
        self._tiles: dict[_Place, Tile] = {}
        self._keys: dict[_Place, str] = {}
        self._dirty: set[_Place] = set()
        self._all_dirty = False
        self._areas: tuple[Area, ...] = ()
        self._links: tuple[Link, ...] = ()
        self._rejoin = False
        self._job: Job | None = None
        self._next_look = 0
        self._refused = ""
        self._bounds: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._middle: NDArray[np.float64] | None = None
        self._within: frozenset[_Place] = frozenset()

    @property
    def busy(self) -> bool:
        """Whether something has changed that the mesh does not know yet."""
        return self._job is not None or bool(self._dirty) or self._all_dirty or self._rejoin

    def update(self, world: World) -> None:
        """Look at the world from time to time, and take a new mesh when one is ready: once a fixed step."""
        if not len(world.query(Agent)) and not len(world.query(Navigation)):
            return
        clock = world.resource(Clock)
        self._collect()
        if self.mesh is None or clock.ticks >= self._next_look:
            self._next_look = clock.ticks + _LOOK_EVERY
            self._look(world)
        if self.busy and self._job is None:
            self._begin(world, now=clock.max_steps is None)

    def wait(self, world: World) -> NavigationMesh:
        """The mesh of the world as it stands now, made at once.

        Raises
        ------
        TaixuError
            When its settings are impossible.
        """
        if self._job is not None and world.has_resource(Jobs):
            world.resource(Jobs).wait(self._job)
            self._collect()
        for _ in range(4):  # a body that has just moved is believed at the third look
            self._look(world, complain=False)
        if self._refused:
            raise TaixuError(self._refused)
        if self.busy or self.mesh is None:
            self._begin(world, now=True)
        assert self.mesh is not None
        return self.mesh

    # -- looking --------------------------------------------------------------------------------------------

    def _look(self, world: World, *, complain: bool = True) -> None:
        try:
            settings = _settings_of(world)
            self._refused = ""
        except TaixuError as error:
            if complain and str(error) != self._refused:
                _log.warning("%s.", error)
            self._refused = str(error)
            return
        boxes = self._follower.look(world)
        areas, links = _areas_of(world), _links_of(world)
        if settings != self._settings:
            self._settings, self._all_dirty = settings, True
            self._bounds, self._middle = None, None
        if areas != self._areas:
            boxes += [_bounds_of(area) for area in (*self._areas, *areas)]
            self._areas = areas
        if links != self._links:
            self._links, self._rejoin = links, True
        if boxes:
            # Bounds of the whole may be others now: where they are, tiles are looked through again.
            self._bounds = None
            border = settings.border_cells * settings.cell_m
            for low, high in boxes:
                spread = (high - low)[[0, 2]].max() / settings.tile_m
                if spread > 4096 or self.mesh is None:
                    self._all_dirty = True
                    break
                self._dirty.update(tiles_of(low - border, high + border, settings))

    # -- making ---------------------------------------------------------------------------------------------

    def _begin(self, world: World, *, now: bool) -> None:
        assert self._settings is not None or self._refused
        if self._settings is None:
            return
        pieces, settings = self._follower.pieces(), self._settings
        if self._bounds is None:
            # A part of a large world that was chosen once is kept to.
            around = _places_of(world) if self._middle is None else self._middle
            self._bounds = fit_bounds(pieces, settings, around)
            self._middle = np.stack(self._bounds).mean(axis=0, keepdims=True) if len(pieces) else None
        within = tiles_of(*self._bounds, settings)
        new = self._dirty | (set(within) - self._within)
        wanted = within if self._all_dirty else [place for place in within if place in new]
        self._within = frozenset(within)
        order = _Order(
            pieces, settings, self._areas, self._links, wanted, dict(self._tiles), dict(self._keys),
            self._within, self.cache,
        )  # fmt: skip
        self._dirty, self._all_dirty, self._rejoin = set(), False, False
        if now or not world.has_resource(Jobs):
            self._take(order.carry_out())
        else:
            self._job = world.resource(Jobs).submit_io(order.carry_out, label="navigation mesh")

    def _collect(self) -> None:
        job = self._job
        if job is None or not job.done:
            return
        self._job = None
        if job.error is not None:
            _log.warning("the navigation mesh stays as it was: %s", job.error)
        elif job.result is not None:
            self._take(job.result)

    def _take(self, made: _Made) -> None:
        self._tiles, self._keys = made.tiles, made.keys
        if made.mesh is not None or self.mesh is None:
            self.mesh = made.mesh
            self.version += 1

    # -- copies ---------------------------------------------------------------------------------------------

    def fork(self, world: object) -> Navigator:
        """A forked world begins with the same mesh, which never changes."""
        other = Navigator()
        other.mesh, other.version, other.cache = self.mesh, self.version, self.cache
        other._settings, other._tiles, other._keys = self._settings, self._tiles, self._keys
        other._areas, other._links = self._areas, self._links
        return other


@dataclasses.dataclass(frozen=True, slots=True)
class _Made:
    tiles: dict[_Place, Tile]
    keys: dict[_Place, str]
    mesh: NavigationMesh | None


@dataclasses.dataclass(frozen=True, slots=True)
class _Order:
    """A mesh to be made: all that it takes, so that a thread can do it while the world goes on."""

    pieces: list[Piece]
    settings: MeshSettings
    areas: tuple[Area, ...]
    links: tuple[Link, ...]
    wanted: list[_Place]
    tiles: dict[_Place, Tile]
    keys: dict[_Place, str]
    within: frozenset[_Place]
    cache: bool

    def carry_out(self) -> _Made:
        """Make the tiles that are not what they should be, and join all."""
        border = self.settings.border_cells * self.settings.cell_m
        for place in [place for place in self.tiles if place not in self.within]:
            self.tiles.pop(place)
            self.keys.pop(place, None)
        for x, z in self.wanted:
            near = pieces_near(self.pieces, self.settings, x, z, border)
            if not near:
                self.tiles.pop((x, z), None)
                self.keys.pop((x, z), None)
                continue
            key = tile_key(near, self.areas, self.settings, x, z)
            if self.keys.get((x, z)) == key:
                continue
            tile = find_tile(key) if self.cache else None
            if tile is None:
                tile = make_tile(near, self.areas, self.settings, x, z)
                if self.cache:
                    keep_tile(key, tile)
            self.tiles[x, z], self.keys[x, z] = tile, key
        return _Made(self.tiles, self.keys, join_tiles(self.tiles, self.settings, areas=self.areas, links=self.links))


def _settings_of(world: World) -> MeshSettings:
    entities = world.query(Navigation).entities
    if not len(entities):
        return MeshSettings()
    first = entities[np.argmin(world.stable_ids(entities))]
    found = world.get(int(first), Navigation)
    return MeshSettings(
        agent_radius_m=round(found.agent_radius_m, 6), agent_height_m=round(found.agent_height_m, 6), step_m=round(found.step_m, 6),
        slope_rad=round(found.slope_rad, 6), cell_m=round(found.cell_m, 6), low=found.low, high=found.high,
    )  # fmt: skip


def _ordered(world: World, cls: type) -> NDArray[np.uint64]:
    entities = world.query(cls, Transform).entities
    return entities[np.argsort(world.stable_ids(entities), kind="stable")]


def _areas_of(world: World) -> tuple[Area, ...]:
    entities = _ordered(world, NavigationArea)[:MOST_AREAS]
    if not len(entities):
        return ()
    poses, scales = world_placements(world, entities, _ORIGIN)
    found = []
    for area, pose, scale in zip(instances_of(world, entities, NavigationArea), poses, scales, strict=True):
        size = tuple(np.abs(np.asarray(area.size) * scale).tolist())
        if np.isfinite(pose).all() and np.isfinite(size).all():
            found.append(Area(area.kind, float(np.clip(area.cost, 0.1, 1000.0)), tuple(np.round(pose, 5).tolist()), size))
    return tuple(found)


def _links_of(world: World) -> tuple[Link, ...]:
    entities = _ordered(world, NavigationLink)
    if not len(entities):
        return ()
    poses, scales = world_placements(world, entities, _ORIGIN)
    found = []
    for link, pose, scale in zip(instances_of(world, entities, NavigationLink), poses, scales, strict=True):
        end = compose(pose, np.array([*(np.asarray(link.to) * scale), 0.0, 0.0, 0.0, 1.0]))[:3]
        if link.open and np.isfinite(pose).all() and np.isfinite(end).all():
            start, there = np.round(pose[:3], 4).tolist(), np.round(end, 4).tolist()
            found.append(Link(tuple(start), tuple(there), bool(link.two_way), float(link.cost), link.kind))
    return tuple(found)


def _bounds_of(area: Area) -> NDArray[np.float64]:
    reach = float(np.linalg.norm(area.size_m)) / 2
    middle = np.asarray(area.pose[:3])
    return np.stack([middle - reach, middle + reach])


def _places_of(world: World) -> NDArray[np.float64]:
    entities = world.query(Agent, Transform).entities
    if not len(entities):
        return np.zeros((0, 3))
    poses, _ = world_placements(world, entities, _ORIGIN)
    return poses[np.isfinite(poses).all(axis=1), :3]


