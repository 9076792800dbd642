"""`Crowd`: people on a mesh as columns. It knows no world; `taixu.navigation.agents` ties it to one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.avoidance import Pairs, avoid, find_pairs
from taixu.navigation.funnel import first_points, next_corners
from taixu.navigation.goals import GoalFields
from taixu.navigation.mesh import NavigationMesh
from taixu.navigation.walking import slide

__all__ = ["ARRIVED", "BLOCKED", "IDLE", "STATES", "WAITING", "WALKING", "Crowd"]

Array = NDArray[Any]
STATES = ("idle", "waiting", "walking", "arrived", "blocked")
IDLE, WAITING, WALKING, ARRIVED, BLOCKED = range(5)
_NEAR_M = 0.12
"""Who is so near to a goal has arrived."""
_LOOK_SECS = 1.5
_REACH_M = 2.5
_PAIRS_EVERY = 4
_REPLAN_EVERY = 12
"""Steps after which somebody looks again for the next corner."""
_PATIENCE_STEPS = 60
"""After which who stands in the way is asked aside."""
_JAM_M = 1.0
"""Who gets no nearer than this, because others stand there, has arrived as well."""
_ACCELERATION = 8.0
_TURN_SPEED = 6.0
_CLIMB_SPEED = 0.8


class Crowd:
    """People who walk to goals.

    Attributes
    ----------
    places : float64 [n, 3]
        Feet.
    velocities : float64 [n, 2]
        Along x and z.
    yaws, facing : float64 [n]
        Where they look: 0 is +z, a quarter turn +x; and where to, who stands (not a number: as they are).
    goals : float64 [n, 3]
    going : bool [n]
        Who is on the way.
    speeds, radii, near : float64 [n]
        m/s and m; `near` is near enough to a goal.
    states : uint8 [n]
        Numbers of `STATES`.
    planned, corners : bool [n], float64 [n, 3]
        Who knows the way, and where each walks to just now.
    """

    def __init__(self) -> None:
        self._allocate(0)
        self.fields = GoalFields()
        self._mesh: NavigationMesh | None = None
        self._pairs: Pairs | None = None
        self._steps = 0

    def _allocate(self, n: int) -> None:
        self.places, self.goals = np.zeros((n, 3)), np.zeros((n, 3))
        self.velocities, self.yaws = np.zeros((n, 2)), np.zeros(n)
        self.going, self.states = np.zeros(n, bool), np.zeros(n, np.uint8)
        self.speeds, self.radii = np.full(n, 1.4), np.full(n, 0.25)
        self.floors = np.full(n, -1, np.int32)
        self._rows = np.full(n, -1, np.int64)  # whose field leads each
        self._aims = np.full(n, -1, np.int64)  # and the polygon that it leads to
        self._ends = np.zeros((n, 3))  # where the way ends: the goal, or the nearest place to it
        self._partial = np.zeros(n, bool)
        self._points, self._polygons = np.full(n, -1, np.int32), np.full(n, -1, np.int64)
        self.corners, self._last = np.zeros((n, 3)), np.zeros(n, bool)
        self._links = np.full(n, -1, np.int32)
        self._crossing = np.full(n, -1, np.int32)  # the portal of the link that somebody is on
        self._across = np.zeros((n, 3))
        self._looked = np.full(n, -(10**9), np.int64)
        self._aimed, self.planned = np.zeros(n, bool), np.zeros(n, bool)
        self.near, self.facing = np.zeros(n), np.full(n, np.nan)
        self.turning, self._slow = np.zeros(n, bool), np.zeros(n, np.int64)  # and for how many steps somebody has not got on

    _COLUMNS = (
        "places", "goals", "velocities", "yaws", "going", "states", "speeds", "radii", "floors", "_rows", "_aims", "_aimed",
        "_ends", "_partial",
        "_points", "_polygons", "corners", "_last", "_links", "_crossing", "_across", "_looked", "planned", "near",
        "facing", "turning", "_slow",
    )  # fmt: skip

    def __len__(self) -> int:
        return len(self.places)

    def rearrange(self, kept: Array) -> None:
        """Other people: for each the number that it had before, or -1 for somebody new."""
        before = {name: getattr(self, name) for name in self._COLUMNS}
        self._allocate(len(kept))
        old = kept >= 0
        for name, column in before.items():
            getattr(self, name)[old] = column[kept[old]]
        self._pairs = None

    def set_goals(self, who: Array, goals: Array) -> None:
        """Send people [n] (numbers) to goals [n, 3]."""
        self.goals[who] = goals
        self.planned[who], self._aimed[who] = False, False

    def put(self, who: Array, places: Array) -> None:
        """Put people elsewhere."""
        self.places[who] = places
        self.velocities[who] = 0.0
        self.floors[who], self._crossing[who] = -1, -1
        self._polygons[who] = -1
        self.planned[who], self._aimed[who] = False, False

    def stop(self, who: Array) -> None:
        """Let people stand where they are."""
        self.going[who] = False
        self.states[who] = IDLE

    def save_state(self) -> dict[str, Any]:
        """How everybody moves just now; ways are looked for again."""
        return {name: getattr(self, name).copy() for name in self._COLUMNS} | {"steps": self._steps}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on as when the state was saved."""
        for name in self._COLUMNS:
            setattr(self, name, state[name].copy())
        self._steps = state["steps"]
        self._mesh, self._pairs = None, None

    def remaining_m(self) -> NDArray[np.float64]:
        """Straight distance of everybody to the goal."""
        return np.linalg.norm(self.goals - self.places, axis=1)

    # -- a step ---------------------------------------------------------------------------------------------

    def step(self, mesh: NavigationMesh, dt: float) -> None:
        """Everybody goes on for a time, s."""
        if not len(self) or not len(mesh.floors):
            return
        if mesh is not self._mesh:
            self._take(mesh)
        self._stand(mesh)
        self._plan(mesh)
        self._look(mesh)
        wanted = self._wish(dt)
        self._move(mesh, wanted, dt)
        self._cross(mesh, dt)
        self._arrive()
        self._steps += 1

    def _take(self, mesh: NavigationMesh) -> None:
        """The mesh is another: all that was known of it is forgotten."""
        self._mesh = mesh
        self.fields.forget(mesh)
        self.floors[:], self._rows[:], self._points[:], self._polygons[:] = -1, -1, -1, -1
        self.planned[:], self._aimed[:] = False, False
        self._links[:], self._crossing[:] = -1, -1

    def _stand(self, mesh: NavigationMesh) -> None:
        lost = np.flatnonzero((self.floors < 0) & (self._crossing < 0))
        if len(lost):
            on = mesh.locate(self.places[lost])
            missing = on < 0
            if missing.any():
                on[missing] = mesh.nearest_floors(self.places[lost[missing]])
                found = lost[missing][on[missing] >= 0]
                # Who stands beside the mesh steps onto it.
                self.places[found] = mesh.floors.places(on[missing][on[missing] >= 0], self.places[found])
            self.floors[lost] = on

    def _plan(self, mesh: NavigationMesh) -> None:
        """Find out which field leads whom."""
        new = np.flatnonzero(self.going & ~self.planned & ~self._aimed & (self.floors >= 0))
        if len(new):
            self.states[new] = WAITING
            polygons = mesh.floors.polygon[self.floors[new]]
            self._aims[new], self._ends[new], self._partial[new] = self.fields.aim(mesh, self.goals[new], mesh.islands[polygons])
            self._aimed[new] = True
        waiting = np.flatnonzero(self.going & ~self.planned & self._aimed & (self.floors >= 0) & (self._aims >= 0))
        if len(waiting):
            self.states[waiting] = WAITING
            rows = self.fields.rows(self._aims[waiting])
            ready = waiting[rows >= 0]
            self._rows[ready] = rows[rows >= 0]
            self.planned[ready] = True
            self._polygons[ready] = -1
            self._looked[ready] = -(10**9)
            self.states[ready] = WALKING
        self.fields.work(np.where(self.going & self.planned, self._rows, -1))
        taken = np.flatnonzero(self.planned & (self._rows >= 0))
        self.planned[taken[self.fields.polygons[self._rows[taken]] != self._aims[taken]]] = False

    def _look(self, mesh: NavigationMesh) -> None:
        """Where everybody goes next."""
        walking = self.going & self.planned & (self.floors >= 0) & (self._crossing < 0)
        polygons = mesh.floors.polygon[np.maximum(self.floors, 0)]
        first = walking & (self._looked < 0)
        entered = np.flatnonzero((walking & (self._polygons < 0)) | (walking & (polygons != self._polygons)))
        if len(entered):
            inside = self.fields.polygons[self._rows[entered]] == polygons[entered]
            self._points[entered[inside]] = -1
            lost = entered[~inside]
            if len(lost):
                self._points[lost] = self._follow(mesh, lost, polygons[lost])
                no_way = lost[self._points[lost] < 0]
                self.planned[no_way], self._aimed[no_way] = False, False
                walking[no_way] = False
            self._polygons[entered] = polygons[entered]
        if self._steps & 1:  # what costs by the call is done for more people in every other step
            return
        turn = (np.arange(len(self)) + self._steps) % _REPLAN_EVERY < 2
        near = ((self.corners - self.places)[:, [0, 2]] ** 2).sum(axis=1) < 0.01
        who = np.flatnonzero(walking & (first | turn | (near & ~self._last)))
        if not len(who):
            return
        self._looked[who] = self._steps
        fields = self.fields
        steps = next_corners(
            mesh, fields.after, fields.via, self._rows[who], self._ends[who], polygons[who], self.places[who], self._points[who]
        )
        self.corners[who], self._links[who], self._last[who] = steps.corner, steps.link, steps.last

    def _follow(self, mesh: NavigationMesh, who: Array, polygons: Array) -> NDArray[np.int32]:
        """The points to head for from new polygons: along the way that everybody was on, else by a look around."""
        fields, rows = self.fields, self._rows[who]
        found, point = np.full(len(who), -1, np.int32), np.where(self._looked[who] < 0, -1, self._points[who])
        for _ in range(4):
            number = np.maximum(point, 0)
            on_way = (point >= 0) & (fields.via[rows, number] == polygons) & (found < 0)
            found = np.where(on_way, fields.after[rows, number], found).astype(np.int32)
            point = np.where(point >= 0, fields.after[rows, number], -1)
        missing = np.flatnonzero(found < 0)
        if len(missing):
            found[missing] = first_points(mesh, fields.costs, rows[missing], polygons[missing], self.places[who[missing]])
        return found

    def _wish(self, dt: float) -> NDArray[np.float64]:
        """Velocities that people would like, [n, 2]."""
        walking = self.going & self.planned & (self._crossing < 0) & (self.floors >= 0) & (self._looked >= 0)
        towards = (self.corners - self.places)[:, [0, 2]]
        away = np.linalg.norm(towards, axis=1)
        speed = np.where(self._last, np.minimum(self.speeds, 2.5 * away), self.speeds)
        arrived = (self.states == BLOCKED) & (away < 2 * _NEAR_M)
        wanted = np.where((walking & ~arrived)[:, None], towards / np.maximum(away, 1e-9)[:, None] * speed[:, None], 0.0)
        change = wanted - self.velocities
        much = np.linalg.norm(change, axis=1)
        return self.velocities + change * np.minimum(1.0, _ACCELERATION * dt / np.maximum(much, 1e-9))[:, None]

    def _move(self, mesh: NavigationMesh, wanted: Array, dt: float) -> None:
        if self._pairs is None or self._steps % _PAIRS_EVERY == 0:
            self._pairs = find_pairs(self.places, _REACH_M)
        flat = self.places[:, [0, 2]]
        yields = self.going & (self._crossing < 0)
        # Half of them think in each step; the others go on as they went.
        thinks = yields & (((np.arange(len(self)) + self._steps) & 1 == 0) | (np.abs(self.velocities).max(axis=1) < 1e-3))
        moved = avoid(
            flat, self.velocities, wanted, self.radii, self.speeds, yields, thinks, self._slow > _PATIENCE_STEPS, self._pairs,
            ahead_secs=_LOOK_SECS, dt=dt,
        )  # fmt: skip
        moved = np.where(thinks[:, None], moved, self.velocities)
        moved[~yields] = 0.0
        target = flat + moved * dt + self._apart(flat)
        on = np.flatnonzero((self.floors >= 0) & (self._crossing < 0) & (np.abs(target - flat).max(axis=1) > 1e-9))
        if len(on):
            floors, places = slide(mesh.floors, self.floors[on], flat[on], target[on])
            self.floors[on] = floors
            self.places[on[:, None], [0, 2]] = places
            self.places[on, 1] = mesh.floors.heights(floors, self.places[on])
        self.velocities = moved
        stands = yields & (np.abs(moved).max(axis=1) < 0.1 * self.speeds)
        self._slow = np.where(stands, self._slow + 1, np.maximum(self._slow - 2, 0))
        self._turn(dt)

    def _apart(self, flat: Array) -> NDArray[np.float64]:
        """How those who overlap are pushed apart, [n, 2]."""
        assert self._pairs is not None
        a, b = self._pairs.a, self._pairs.b
        gap = flat[a] - flat[b]
        away = np.linalg.norm(gap, axis=1)
        deep = self.radii[a] + self.radii[b] - away
        close = deep > 0.0
        push = np.zeros_like(flat)
        if not close.any():
            return push
        a, b, gap, away, deep = a[close], b[close], gap[close], away[close], deep[close]
        # Who stand in one place part somehow, but always alike, and in opposite directions.
        angle = ((a + b) * 2.399963) % (2 * np.pi) + np.where(a < b, 0.0, np.pi)
        chance = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        unit = np.where((away > 1e-6)[:, None], gap / np.maximum(away, 1e-6)[:, None], chance)
        share = np.where(self.going[a], np.where(self.going[b], 0.5, 0.9), np.where(self.going[b], 0.1, 0.5))
        np.add.at(push, a, unit * (deep * share * 0.5)[:, None])
        return push

    def _turn(self, dt: float) -> None:
        """Look where one goes, not faster than people turn."""
        speed = np.linalg.norm(self.velocities, axis=1)
        wanted = np.arctan2(self.velocities[:, 0], self.velocities[:, 1])
        stands = (speed < 0.05) & ~self.going & np.isfinite(self.facing)
        self.facing[self.going] = np.nan
        wanted = np.where(stands, self.facing, wanted)
        change = (wanted - self.yaws + np.pi) % (2 * np.pi) - np.pi
        self.turning = stands & (np.abs(change) > 1e-3)
        most = _TURN_SPEED * dt * np.where(stands, 0.5, np.clip(speed / 0.4, 0.0, 1.0))
        self.yaws = (self.yaws + np.clip(change * np.minimum(10.0 * dt, 1.0), -most, most) + np.pi) % (2 * np.pi) - np.pi

    def _cross(self, mesh: NavigationMesh, dt: float) -> None:
        """Ladders, jumps and other links: straight from end to end."""
        portals = mesh.portals
        near = ((self.corners - self.places)[:, [0, 2]] ** 2).sum(axis=1) < 0.2**2
        begin = np.flatnonzero(self.going & self.planned & (self._crossing < 0) & (self._links >= 0) & near & (self.floors >= 0))
        if len(begin):
            portal = self._links[begin]
            forward = np.linalg.norm(portals.left[portal] - self.corners[begin], axis=1) < 1e-3
            self._across[begin] = np.where(forward[:, None], portals.right[portal], portals.left[portal])
            self._crossing[begin] = portal
        on = np.flatnonzero(self._crossing >= 0)
        if not len(on):
            return
        way = self._across[on] - self.places[on]
        length = np.linalg.norm(way, axis=1)
        steep = np.abs(way[:, 1]) > np.linalg.norm(way[:, [0, 2]], axis=1)
        step = np.where(steep, np.minimum(_CLIMB_SPEED, self.speeds[on]), self.speeds[on]) * dt
        self.places[on] += way * np.minimum(1.0, step / np.maximum(length, 1e-9))[:, None]
        self.velocities[on] = 0.0
        there = on[length <= step]
        self._crossing[there], self._links[there] = -1, -1
        self.floors[there] = mesh.nearest_floors(self.places[there])
        self._polygons[there] = -1
        self._looked[there] = -(10**9)

    def _arrive(self) -> None:
        walking = self.going & self.planned & (self._crossing < 0)
        away = np.linalg.norm((self._ends - self.places)[:, [0, 2]], axis=1)
        level = np.abs(self._ends[:, 1] - self.places[:, 1]) < 1.0
        there = walking & level & (away < np.maximum(_NEAR_M, self.near))
        there |= walking & level & (self._crowded(away) | ((away < _JAM_M) & (self._slow > 2 * _PATIENCE_STEPS)))
        blocked = there & self._partial
        self.states[blocked] = BLOCKED
        self.velocities[blocked] = 0.0
        done = there & ~self._partial
        self.states[done] = ARRIVED
        self.going[done] = False
        self.velocities[done] = 0.0

    def _crowded(self, away: Array) -> NDArray[np.bool_]:
        """Who stands behind somebody who has arrived where he wants to go, too."""
        assert self._pairs is not None
        a, b = self._pairs.a, self._pairs.b
        same = (np.abs(self._ends[a] - self._ends[b]) < 0.1).all(axis=1)
        stands = ((self.states[b] == ARRIVED) | (self.states[b] == BLOCKED)) & same & self.going[a] & self.planned[b]
        behind = np.zeros(len(self), bool)
        if stands.any():
            a, b = a[stands], b[stands]
            close = np.linalg.norm((self.places[a] - self.places[b])[:, [0, 2]], axis=1) < self.radii[a] + self.radii[b] + 0.15
            behind[a[close & (away[b] < away[a])]] = True
        return behind
