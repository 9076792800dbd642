"""`People`: poses all avatars of a world each frame, in a few array operations whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.acts import GESTURES, RIGHT_ARM, sit, talk
from taixu.animation.motion.body import Bodies
from taixu.animation.motion.cards import Cards
from taixu.animation.motion.carrying import ARM_ACTS, carrying, swing_of
from taixu.animation.motion.clips import ClipLibrary
from taixu.animation.motion.components import Face, Gaze, Motion
from taixu.animation.motion.crowd import LAYERS, Crowd
from taixu.animation.motion.faces import Faces
from taixu.animation.motion.figure import BONE, Figure
from taixu.animation.motion.first_person import show_as
from taixu.animation.motion.gait import Feet, Going, going, place_feet, smooth
from taixu.animation.motion.gazes import Eyes, turn_gazes
from taixu.animation.motion.graph import MASKS, USUAL, Layer, StateGraph
from taixu.animation.motion.ground import find_ground, hold_feet, stand_on_ground
from taixu.animation.motion.holding import Holding, is_free
from taixu.animation.motion.locomotion import locomotion
from taixu.animation.motion.observing import observe, sizes_px
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.rigs import Group, Rig
from taixu.animation.motion.stepping import step_layer
from taixu.animation.motion.strides import stride_palettes, strides_at
from taixu.animation.motion.style import Style
from taixu.animation.motion.turns import F32
from taixu.app import Clock
from taixu.assets.model import ModelData
from taixu.ecs import Rows, World, indices_of, row_count
from taixu.scene import Eye, Transform, WorldTransforms
from taixu.scene.instantiate import Spawned

__all__ = ["People", "move_people", "stand_people", "watch_people"]

Handles = NDArray[np.uint64]
_LONGEST_SECS = 0.1
_TAKE_UP_SECS = 0.45
_THRIFT_PX = ((150.0, 2), (64.0, 4), (40.0, 8))
"""Who is smaller is posed in every so many frames, where thrift is wanted."""
_SMALL_PX = 96.0
_SMALL_SLACK = 1.1
_SMALL_FACES = 8
"""Faces of small ones are made up in every so many frames."""
_UNWATCHED_FRAMES = 2


class People:
    """Avatars that stand in the world (a resource).

    Attributes
    ----------
    crowd : Crowd
        What is remembered of everybody.
    clips : ClipLibrary
        Motions of other bodies, by name.
    faces : Faces
        Expressions.
    pose : Pose
        What was shown last, in the order of the crowd.
    feet : Feet
        Of those who were posed last.
    thrift : bool
        Those whom eyes see small are posed only every second to eighth frame, and those for whom a picture stands not at all; the
        bones of small ones are held (`taixu.scene.bases`). How everybody goes and acts is worked out all the same: nothing but feet
        and bones of small ones depends on who looks, so whoever reads bones wants it False.
    small : uint64 array
        Who is so small, where thrift is wanted, that nobody sees hair and skirts swing.
    """

    def __init__(self) -> None:
        self.crowd = Crowd()
        self.clips = ClipLibrary()
        self.faces = Faces()
        self.pose = Pose.rest(0)
        self.feet: Feet | None = None
        self.thrift = False
        self.small: Handles = np.zeros(0, np.uint64)
        self._watched: tuple[int, Sequence[Eye]] = (0, ())
        self._is_other = True
        self._is_small: NDArray[np.bool_] = np.zeros(0, bool)
        self._holding, self._cards = Holding(), Cards()
        self.graphs: list[StateGraph] = [USUAL]
        self._figures: list[Figure] = []
        self._figure_of: dict[int, int] = {}
        self._models: list[ModelData] = []
        self._rigs: dict[int, Rig] = {}
        self._groups: list[Group] = []
        self._bodies: Bodies | None = None
        self._eyes = Eyes([])
        self._style = Style.of([], np.zeros(0, np.uint32))
        self._acts: NDArray[Any] = np.zeros(0, object)
        self._played: NDArray[Any] = np.zeros(0, object)
        self._seeds: F32 = np.zeros(0, np.float32)
        self._inside: NDArray[np.bool_] = np.zeros(0, bool)
        self._moves: NDArray[np.bool_] = np.zeros(0, bool)
        self._burdens: NDArray[np.intp] = np.zeros(0, np.intp)
        self._carried: F32 = np.zeros(0, np.float32)
        self._gazes: NDArray[np.bool_] = np.zeros(0, bool)
        self._tick = -1
        self._stale = True
        self._stood = -1
        self._frame = 0

    def add(self, world: World, spawned: Spawned) -> None:
        """Take a model that was placed in the world; one that is nobody is left alone."""
        self._rigs.pop(spawned.owner, None)
        self._stale = True
        avatar = spawned.model.avatar
        if avatar is None or not avatar.humanoid:
            return
        key = id(spawned.model)
        if key not in self._figure_of:  # the list keeps the model, so its id stays its own
            self._figure_of[key] = len(self._figures)
            self._figures.append(Figure.of(spawned.model))
            self._models.append(spawned.model)
        number = self._figure_of[key]
        nodes = self._figures[number].nodes
        self._rigs[spawned.owner] = Rig(spawned.model, number, spawned.entities[nodes[nodes >= 0]], spawned.entities)

    def figure(self, owner: int) -> Figure | None:
        """The skeleton of the avatar that an entity has."""
        rig = self._rigs.get(owner)
        return None if rig is None else self._figures[rig.figure]

    def strides(self, owner: int, node: int) -> NDArray[np.float32] | None:
        """Joint matrices of a node of somebody's model at the moments of a stride (`stride_palettes`); None for who never moves."""
        rig, row = self._rigs.get(owner), self.row(owner)
        if rig is None or row < 0 or not self._moves[row]:
            return None
        return stride_palettes(self._figures[rig.figure], rig.model, node)

    def row(self, owner: int) -> int:
        """Where in the crowd an entity is; -1 where it is not."""
        found = np.flatnonzero(self.crowd.handles == np.uint64(owner))
        return int(found[0]) if len(found) else -1

    # Following the components

    def _follow(self, world: World) -> bool:
        """Bring rows up to date with who is there; False where there is nobody."""
        if not self._rigs:
            return False
        structure = world.structure.since(self._tick)
        changed: list[Handles] = []
        for table in world.query(Motion).tables():
            rows = table.changed((Motion,), since=self._tick, fields=("act", "mood", "seed", "clip", "graph", "first_person"))
            if row_count(rows):
                changed.append(table.entities[rows])
        faces = [
            table.entities[rows]
            for table in world.query(Face).tables()
            if row_count(rows := table.changed((Face,), since=self._tick))
        ]
        self._tick = world.tick
        world.advance()
        if structure is None or len(structure.despawned):
            owners = np.array(list(self._rigs), np.uint64)
            for owner in owners[~world.alive(owners)].tolist():
                del self._rigs[owner]
                self._stale = True
        made_anew = (self._stale or structure is None or bool(structure)) and self._rebuild(world)
        if changed and not made_anew:
            self._read(world, np.flatnonzero(np.isin(self.crowd.handles, np.concatenate(changed))))
        if faces and not made_anew:
            self.faces.read(world, np.flatnonzero(np.isin(self.crowd.handles, np.concatenate(faces))))
        return len(self.crowd) > 0

    def _rebuild(self, world: World) -> bool:
        """Make the crowd of those who are there; False where it is the one that was."""
        wanted = [table.entities for cls in (Motion, Face, Gaze) for table in world.query(cls).tables()]
        handles = np.unique(np.concatenate([np.zeros(0, np.uint64), *wanted]))
        handles = handles[np.isin(handles, np.array(list(self._rigs), np.uint64))]
        figures = np.array([self._rigs[handle].figure for handle in handles.tolist()], np.int32)
        order = np.lexsort((world.stable_ids(handles), figures))
        handles, figures = handles[order], figures[order]
        moves = np.isin(handles, _all(world, Motion))
        same = np.array_equal(handles, self.crowd.handles) and np.array_equal(figures, self.crowd.figures)
        if same and not self._stale and np.array_equal(moves, self._moves):
            self._gazes = np.isin(handles, _all(world, Gaze))
            return False
        self._stale, self._moves, self._is_other = False, moves, True
        self.crowd = self.crowd.follow(handles)
        self.crowd.figures = figures
        rigs = [self._rigs[handle] for handle in handles.tolist()]
        self._bodies = Bodies.of([self._figures[rig.figure] for rig in rigs]) if rigs else None
        self._eyes = Eyes([rig.model.avatar.look_at if rig.model.avatar else None for rig in rigs])
        self._burdens = np.flatnonzero(np.array([bool(self._figures[rig.figure].carry.how) for rig in rigs], bool))
        self._carried = np.ones(len(self._burdens), np.float32)
        self._groups = []
        for figure in np.unique(figures).tolist():
            rows = np.flatnonzero(figures == figure)
            bones = np.stack([rigs[row].bones for row in rows.tolist()], axis=1)
            alive = world.alive(bones.ravel()).reshape(bones.shape).all(axis=0)
            run = slice(int(rows[0]), int(rows[-1]) + 1)
            self._groups.append(Group(figure, run, bones, bones[0], moves[run] & alive))
        nothing = np.zeros(0, np.uint64)
        hips = np.array([rig.bones[0] for rig in rigs], np.uint64) if rigs else nothing
        self._holding.meet(handles, hips, may=moves & np.array([is_free(rig.model) for rig in rigs], bool))
        self._cards.meet([rig.drawn for rig in rigs])
        self._is_small = np.zeros(len(handles), bool)
        self._gazes = np.isin(handles, _all(world, Gaze))
        self._acts = np.full(len(handles), "", object)
        self._played = np.full(len(handles), "", object)
        self._inside = np.zeros(len(handles), bool)
        self._read(world, np.arange(len(handles)))
        self.faces.bind(world, handles, [(rig.model, rig.entities) for rig in rigs])
        return True

    def _read(self, world: World, rows: NDArray[np.intp]) -> None:
        """Take what components say in words."""
        handles = self.crowd.handles
        if not len(rows):
            if not len(handles):
                self._style = Style.of([], np.zeros(0, np.uint32))
                self._seeds = np.zeros(0, np.float32)
            return
        self._acts[rows] = world.gather(handles[rows], Motion, "act")
        self._played[rows] = world.gather(handles[rows], Motion, "clip")
        inside = world.gather(handles, Motion, "first_person").astype(bool)
        for row in rows[inside[rows] != self._inside[rows]].tolist():
            rig = self._rigs[int(handles[row])]
            show_as(world, rig.model, rig.entities, first_person=bool(inside[row]))
        self._inside = inside
        moods, seeds = world.gather(handles, Motion, "mood"), world.gather(handles, Motion, "seed").astype(np.uint32)
        own = (world.stable_ids(handles) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        seeds = np.where(seeds == 0, own, seeds)
        self._style = Style.of(moods.tolist(), seeds)
        self._seeds = ((seeds * np.uint32(2654435761)) >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
        fresh = rows[self.crowd.clocks[rows] == 0.0]
        self.crowd.phases[fresh] = self._seeds[fresh]
        for row in rows[[bool(name) for name in world.gather(handles[rows], Motion, "graph").tolist()]].tolist():
            self.crowd.graphs[row] = self._graph_number(world, str(world.get(int(handles[row]), Motion).graph))

    def _graph_number(self, world: World, source: str) -> int:
        graph = self.clips.graph(world, source)
        if graph not in self.graphs:
            self.graphs.append(graph)
        return self.graphs.index(graph)

    # A frame

    def move(self, world: World, *, at_once: bool = False) -> None:
        """Pose everybody for the frame; where all is to be as it will be at once, nothing fades."""
        if not self._follow(world) or self._bodies is None:
            return
        crowd, clock = self.crowd, world.resource(Clock)
        secs = float(np.clip(clock.frame_secs, 0.0, _LONGEST_SECS))
        self._frame += 1
        scale = observe(world, crowd, secs)
        bodies = self._bodies.scaled(scale)
        crowd.clocks += np.float32(secs)
        crowd.since += np.float32(secs)
        crowd.waits += np.float32(secs)
        if self._moves.any():
            pace = going(bodies, self._style, crowd.speeds, crowd.turnings)
            crowd.phases = ((crowd.phases + pace.rate * secs * (pace.effort > 0.001)) % 1.0).astype(np.float32)
            self._cards.look(world)
            self._cards.show(world, np.where(self._moves, strides_at(crowd.phases, pace.effort), 0).astype(np.uint32))
            due = self._due(scale)
            self._go(world, bodies, pace, due)
            pose = self._act(world, bodies, self.pose, pace, secs, due, at_once=at_once)
            if len(self._burdens):
                self._carry(bodies, pose, pace, secs, due, at_once=at_once)
            if self._gazes.any():
                turn_gazes(world, crowd, bodies, pose, self._gazes, secs, self._eyes)
            self.pose = pose
            self._show(world, pose, bodies, scale, due)
            self._holding.hold(world, self._is_small)
        awake = ~self._is_small | ((np.arange(len(crowd)) + self._frame) % _SMALL_FACES == 0)
        self.faces.show(world, crowd, self._seeds, self._gazes, secs, awake, at_once=at_once)

    def watch(self, eyes: Sequence[Eye]) -> None:
        """Be told who looks, before a picture."""
        self._watched = (self._frame, eyes)

    def _due(self, scale: F32) -> NDArray[np.bool_]:
        """Who is posed in this frame, [n]: everybody, unless thrift is wanted and somebody looks from far away."""
        crowd = self.crowd
        due = np.ones(len(crowd), bool)
        frame, eyes = self._watched
        former, self._is_small = self._is_small, np.zeros(len(crowd), bool)
        self.small = np.zeros(0, np.uint64)
        if not self.thrift or not eyes or self._frame - frame > _UNWATCHED_FRAMES or self.pose.turns.shape[2] != len(crowd):
            return due
        if self._is_other:
            self._is_other = False
            return due
        sizes = sizes_px(crowd, scale, eyes)
        self._is_small = sizes < _SMALL_PX * np.where(former, _SMALL_SLACK, 1.0)
        self.small = crowd.handles[self._is_small]
        for size_px, frames in _THRIFT_PX:
            due &= (sizes >= size_px) | ((np.arange(len(crowd)) + self._frame) % frames == 0)
        due &= ~self._cards.who()
        # Heads that turn are turned further each time: they are not left as they were.
        return due | self._gazes | (np.abs(crowd.gazes).max(axis=0) > 1e-3) | (crowd.clocks <= _LONGEST_SECS)

    def _go(self, world: World, bodies: Bodies, pace: Going, due: NDArray[np.bool_]) -> None:
        """Pose those who are due as they go; others, and where their feet are, stay as they were shown."""
        if due.all():
            self.pose = self._gone(world, self.crowd, bodies, self._style, pace, slice(None))
            return
        rows = np.flatnonzero(due)
        if not len(rows):
            return
        some = self.crowd.take(rows)
        self.pose.put(rows, self._gone(world, some, bodies.take(rows), self._style.take(rows), pace.take(rows), rows))
        self.crowd.put(rows, some)

    def _gone(self, world: World, crowd: Crowd, bodies: Bodies, style: Style, pace: Going, rows: Rows) -> Pose:
        """How the people of some rows go, with their feet on the ground."""
        wanted = world.gather(crowd.handles, Motion, "ground").astype(bool) & self._moves[rows]
        moving = world.gather(crowd.handles, Motion, "measured").astype(bool)
        secs = crowd.waits.copy()
        crowd.waits[:] = 0.0
        feet = place_feet(bodies, style, pace, crowd.phases)
        feet = hold_feet(crowd, bodies, pace, feet, moving, secs)
        find_ground(world, crowd, bodies, feet, wanted, secs, self._frame)
        feet, lift = stand_on_ground(crowd, bodies, feet, wanted, secs)
        self.feet = feet
        seeds, lift = self._seeds[rows], lift / bodies.legs
        return locomotion(bodies, style, pace, crowd.phases, feet, secs=crowd.clocks, seeds=seeds, lift=lift)

    def stand(self, world: World) -> bool:
        """Pose everybody as they begin, where anything changed since the last call; for worlds in which no time goes by.

        Gives whether anybody was posed. Only nodes of models are written, which belong to no document.
        """
        if not self._rigs or not self._has_news(world):
            return False
        if self._follow(world):
            former, self.crowd = self.crowd, Crowd(self.crowd.handles)  # nobody keeps a foot where he stood before
            self.crowd.figures, self.crowd.graphs = former.figures, former.graphs
            self.crowd.phases[:] = self._seeds
            self.move(world, at_once=True)
        self._stood = world.tick
        world.advance()
        return True

    def _has_news(self, world: World) -> bool:
        """Whether anybody came, went, was moved or is to do something else since `stand`."""
        since = self._stood
        structure = world.structure.since(since) if since >= 0 else None
        if self._stale or structure is None or structure:
            return True
        told = [(table, cls) for cls in (Motion, Face, Gaze) for table in world.query(cls).tables()]
        if any(row_count(table.changed((cls,), since=since)) for table, cls in told):
            return True
        transforms = world.resource(WorldTransforms)
        rows = transforms.changed(since)
        if not row_count(rows):
            return False
        moved = np.zeros(len(transforms.matrices), bool)
        moved[rows] = True
        indices = indices_of(self.crowd.handles)
        return bool(moved[indices[indices < len(moved)]].any())

    def _act(
        self, world: World, bodies: Bodies, pose: Pose, pace: Going, secs: float, due: NDArray[np.bool_], *, at_once: bool
    ) -> Pose:
        """Lay the motions of everybody's states over how they go."""
        crowd = self.crowd
        for number in np.unique(crowd.graphs).tolist():
            graph = self.graphs[number]
            members = np.flatnonzero((crowd.graphs == number) & self._moves)
            for layer in range(min(len(graph.layers), LAYERS)):
                step_layer(crowd, graph, layer, members, pace=pace, acts=self._acts, secs=secs)
                if at_once:
                    crowd.former[layer, members] = -1
                pose = self._pose_layer(world, graph, layer, members[due[members]], bodies, pose)
        return self.clips.play(world, crowd, pose, self._played, self._moves & due)

    def _carry(
        self, bodies: Bodies, pose: Pose, pace: Going, secs: float, due: NDArray[np.bool_], *, at_once: bool
    ) -> None:
        """Lay over it the arms of who holds something, but for acts that want that arm, and clips."""
        acting = np.isin(self._acts[self._burdens], ARM_ACTS) | (self._played[self._burdens] != "")
        step = 1.0 if at_once else secs / _TAKE_UP_SECS
        self._carried += np.clip(np.where(acting, 0.0, 1.0) - self._carried, -step, step).astype(np.float32)
        shown = due[self._burdens] & self._moves[self._burdens]
        who = self._burdens[shown]
        below, figures = pose.take(who), self.crowd.figures[who].astype(np.intp)
        swing = swing_of(self.crowd.phases[who], pace.take(who))
        over = carrying(below, bodies.take(who), [figure.carry for figure in self._figures], figures, swing=swing)
        pose.put(who, below.mixed(over, smooth(self._carried[shown]), mask=RIGHT_ARM))

    def _pose_layer(
        self, world: World, graph: StateGraph, layer: int, rows: NDArray[np.intp], bodies: Bodies, pose: Pose
    ) -> Pose:
        crowd, level = self.crowd, graph.layers[layer]
        idle = np.array([state.motion in ("move", "none") for state in level.states])
        busy = rows[~idle[crowd.states[layer, rows]] | ((crowd.former[layer, rows] >= 0) & ~idle[crowd.former[layer, rows]])]
        if not len(busy):
            return pose
        below = pose.take(busy)
        shown = self._shown(world, level, layer, crowd.states[layer, busy], busy, bodies, below)
        fading = np.flatnonzero(crowd.former[layer, busy] >= 0)
        if len(fading):
            who = busy[fading]
            before = self._shown(world, level, layer, crowd.former[layer, who], who, bodies, below.take(fading))
            left = crowd.fades_left[layer, who] / np.maximum(crowd.fades[layer, who], 1e-3)
            shown.put(fading, before.mixed(shown.take(fading), smooth(1.0 - left)))
        pose.put(busy, shown)
        return pose

    def _shown(
        self, world: World, level: Layer, layer: int, chosen: NDArray[np.int32], rows: NDArray[np.intp],
        bodies: Bodies, below: Pose,
    ) -> Pose:  # fmt: skip
        """The poses of people in some states of a layer, over what lies below."""
        result = Pose(below.turns.copy(), below.hips.copy())
        for number in np.unique(chosen).tolist():
            state, places = level.states[number], np.flatnonzero(chosen == number)
            if state.motion in ("move", "none"):
                continue
            who = rows[places]
            own, style = bodies.take(who), self._style.take(who)
            secs, seeds = self.crowd.clocks[who], self._seeds[who]
            made: Pose | None
            if state.motion == "sit":
                seat = world.gather(self.crowd.handles[who], Motion, "seat_m")
                knees = np.abs(own.offsets[_SHIN, 1]) + own.ankle
                made = sit(own, style, secs=secs, seeds=seeds, seat_m=np.where(seat > 0.0, seat, knees).astype(np.float32))
            elif state.motion in GESTURES:
                made = GESTURES[state.motion](own, style, secs=secs, seeds=seeds)
            elif state.motion == "talk":
                made = talk(own, style, secs=secs, seeds=seeds, loudness=self.faces.loudness(who))
            else:
                made = self.clips.blend(world, state, self.crowd, layer, who, own)
                if made is None:
                    continue
            over = MASKS[level.mask] * MASKS[state.mask]
            result.put(places, result.take(places).mixed(made, np.ones(len(places)), mask=over))
        return result

    def _show(self, world: World, pose: Pose, bodies: Bodies, scale: F32, due: NDArray[np.bool_]) -> None:
        """Write the poses into the bones' transforms."""
        hips = (bodies.hips + pose.hips * bodies.legs) / scale
        for group in self._groups:
            figure = self._figures[group.figure]
            rows = np.flatnonzero(group.moved & due[group.rows])
            if not len(rows):
                continue
            whole = len(rows) == group.bones.shape[1]
            inside = np.arange(group.rows.start, group.rows.stop)[rows]
            turns = figure.local_rotations(pose.turns[:, :, inside])
            bones = group.bones if whole else group.bones[:, rows]
            world.scatter(bones.ravel(), Transform, "rotation", turns.reshape(4, -1))
            world.scatter(group.hips[rows], Transform, "translation", figure.hips_translations(hips[:, inside]))

    def fork(self, world: World) -> People:
        """A fork's models are placed anew, and join it then."""
        return People()


_SHIN = BONE["leftFoot"]


def _all(world: World, cls: type) -> Handles:
    return np.concatenate([np.zeros(0, np.uint64), *(table.entities for table in world.query(cls).tables())])


def watch_people(world: World, eyes: Sequence[Eye]) -> None:
    """Tell people who looks (one of `Details.functions`)."""
    world.resource(People).watch(eyes)


def move_people(world: World, *, at_once: bool = False) -> None:
    """Pose all avatars for the frame (a system); where all is to be as it will be at once, nothing fades."""
    world.resource(People).move(world, at_once=at_once)


def stand_people(world: World) -> None:
    """Pose all avatars as they begin, where no time goes by (an editor between two plays)."""
    if world.has_resource(People):
        world.resource(People).stand(world)
