"""`Animator`: poses the models of a world from their clips, in a few array operations whatever their number.

Time goes on in fixed steps, so that a run can be repeated; what is shown lies between the last two of them, as for
bodies. Players of one clip are sampled together; fades and weights are sums over flat arrays of all animated nodes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.clips import ALL, Clip, ClipSet, find_clip
from taixu.animation.components import AnimationPlayer, Morph
from taixu.animation.morphs import MorphWeights
from taixu.animation.players import Players
from taixu.animation.pointers import PointerTarget, with_values
from taixu.app import Clock, GameEvents
from taixu.assets.model import ModelData
from taixu.ecs import World, row_count
from taixu.scene import Transform, Visibility
from taixu.scene.instantiate import Spawned
from taixu.scene.library import LibraryMaterial, MaterialLibrary

__all__ = ["Animator", "advance_animations", "pose_models"]

_log = logging.getLogger("taixu.animation")

Handles = NDArray[np.uint64]
_FIELDS = ("translation", "rotation", "scale")


_GONE = Clip("", 0.0, [], [], np.zeros(0, np.intp))
_NO_CLIPS = ClipSet(ModelData(), (), *(np.zeros((width, 0), np.float32) for width in (3, 4, 3)))


@dataclass(frozen=True, slots=True, eq=False)
class _Rig:
    """A model that stands in the world and has clips."""

    entities: Handles
    set_number: int


class Animator:
    """Clips and players of a world (a resource)."""

    def __init__(self) -> None:
        self.players = Players()
        self._rigs: dict[int, _Rig] = {}
        self._sets: list[ClipSet] = []
        self._set_numbers: dict[int, int] = {}
        self._clips: list[Clip] = []
        self._first_clips: list[int] = []
        self._materials: dict[tuple[int, int], list[tuple[int, LibraryMaterial]]] = {}
        self._tick = -1
        self._stale = True
        self._complained: set[tuple[int, str]] = set()
        # All nodes of all rigs that have a player, in the order of players.
        self._bases: NDArray[np.intp] = np.zeros(0, np.intp)
        self._nodes: Handles = np.zeros(0, np.uint64)
        self._rest: dict[str, NDArray[np.float32]] = {}
        self._morphs: NDArray[np.intp] = np.zeros(0, np.intp)
        self._morph_revision = -1

    # Models

    def add(self, world: World, spawned: Spawned) -> None:
        """Take a model that was placed in the world; one without clips is left alone."""
        self._rigs.pop(spawned.owner, None)
        self._stale = True
        if not spawned.model.animations or not spawned.model.nodes:
            return
        key = id(spawned.model)
        if key not in self._set_numbers:  # the set keeps the model, so its id stays its own
            clips = ClipSet.of(spawned.model)
            self._set_numbers[key] = len(self._sets)
            self._sets.append(clips)
            self._first_clips.append(len(self._clips))
            self._clips.extend(clips.clips)
            self._find_materials(world, clips)
        self._rigs[spawned.owner] = _Rig(spawned.entities, self._set_numbers[key])
        hidden = [
            node
            for clip in self._sets[self._set_numbers[key]].clips
            for _, targets in clip.pointers
            for target in targets
            if target.component is Visibility
            for node in target.nodes
        ]
        for entity in spawned.entities[hidden].tolist():
            if entity and not world.has(entity, Visibility):
                world.insert(entity, Visibility())

    def clip_names(self, owner: int) -> list[str]:
        """Names of the clips of the model that an entity has."""
        rig = self._rigs.get(owner)
        return [] if rig is None else [clip.name for clip in self._sets[rig.set_number].clips if clip.name != ALL]

    def duration_secs(self, owner: int, clip: str = "") -> float:
        """Length of a clip of the model that an entity has; 0 where there is none."""
        rig = self._rigs.get(owner)
        clips = () if rig is None else self._sets[rig.set_number].clips
        number = find_clip(clips, clip)
        return clips[number].duration_secs if number >= 0 else 0.0

    def _find_materials(self, world: World, clips: ClipSet) -> None:
        """Which entries of the library are the materials that clips change, as they are at rest."""
        wanted = {t.material for clip in clips.clips for _, targets in clip.pointers for t in targets if t.material >= 0}
        if not wanted or not world.has_resource(MaterialLibrary):
            return
        library = world.resource(MaterialLibrary)
        for number in range(1, len(library)):
            entry = library[number]
            for index in wanted:
                if entry.material is clips.model.materials[index]:
                    self._materials.setdefault((id(clips.model), index), []).append((number, entry))

    # Following the components

    def _follow(self, world: World) -> None:
        if not self._rigs and not len(self.players) and not len(world.query(AnimationPlayer)):
            return  # whoever comes later finds the log of changes since the last look
        structure = world.structure.since(self._tick)
        changed: list[Handles] = []
        for table in world.query(AnimationPlayer).tables():
            rows = table.changed((AnimationPlayer,), since=self._tick, fields=("clip", "second_clip"))
            if row_count(rows):
                changed.append(table.entities[rows])
        self._tick = world.tick
        world.advance()  # what others write in this very stage counts as new
        weights = world.resource(MorphWeights)
        if structure is None or len(structure.despawned):
            self._drop_dead(world)
            weights.pack(world)
        if self._stale or structure is None or structure or weights.revision != self._morph_revision:
            self._rebuild(world, weights)
        if changed and len(self.players):
            touched = np.isin(self.players.handles, np.concatenate(changed))
            for place in np.flatnonzero(touched).tolist():
                self._choose_clip(world, place)
                self._choose_other(world, place)

    def _drop_dead(self, world: World) -> None:
        """Forget the rigs of entities that are gone, and the clips of models that are nowhere any more."""
        owners = np.array(list(self._rigs), np.uint64)
        for owner in owners[~world.alive(owners)].tolist():
            del self._rigs[owner]
            self._stale = True
        used = {rig.set_number for rig in self._rigs.values()}
        for key, number in list(self._set_numbers.items()):
            if number not in used:  # numbers stay as they are, so that nobody's clip changes; the keys are let go
                del self._set_numbers[key]
                first, count = self._first_clips[number], len(self._sets[number].clips)
                self._clips[first : first + count] = [_GONE] * count
                self._sets[number] = _NO_CLIPS
                for material in [one for one in self._materials if one[0] == key]:
                    del self._materials[material]

    def _rebuild(self, world: World, weights: MorphWeights) -> None:
        handles = world.query(AnimationPlayer).entities
        handles = handles[np.isin(handles, np.array(list(self._rigs), np.uint64))]
        handles = handles[np.argsort(world.stable_ids(handles), kind="stable")]
        if not self._stale and np.array_equal(handles, self.players.handles) and weights.revision == self._morph_revision:
            return
        self.players = self.players.follow(handles)
        self._stale, self._morph_revision = False, weights.revision
        rigs = [self._rigs[handle] for handle in handles.tolist()]
        numbers = np.array([rig.set_number for rig in rigs], np.int32)
        other = self.players.sets != numbers  # another model, or the same one saved again
        self.players.clips[other] = self.players.former[other] = self.players.others[other] = -1
        self.players.sets = numbers
        sets = [self._sets[rig.set_number] for rig in rigs]
        counts = np.array([len(rig.entities) for rig in rigs], np.intp)
        self._bases = np.cumsum(counts) - counts
        self._nodes = np.concatenate([np.zeros(0, np.uint64), *(rig.entities for rig in rigs)])
        self._nodes = np.where(world.alive(self._nodes), self._nodes, np.uint64(0))
        widths = {"translation": 3, "rotation": 4, "scale": 3}
        self._rest = {
            name: np.concatenate([np.zeros((width, 0), np.float32), *(getattr(one, name + "s") for one in sets)], axis=1)
            for name, width in widths.items()
        }
        self._morphs = np.full(len(self._nodes), -1, np.intp)
        for table in world.query(Morph):
            places = np.flatnonzero(np.isin(self._nodes, table.entities))
            self._morphs[places] = world.gather(self._nodes[places], Morph, "offset")
        for place in np.flatnonzero(self.players.clips < 0).tolist():
            self._choose_clip(world, place)
            self._choose_other(world, place)

    def _find_clip(self, handle: int, name: str) -> int:
        """The number of a clip by what a player calls it, or -1; what is not there is said once."""
        rig = self._rigs[handle]
        found = find_clip(self._sets[rig.set_number].clips, name)
        if found < 0 and (handle, name) not in self._complained:
            self._complained.add((handle, name))
            names = ", ".join(self.clip_names(handle)) or "none"
            _log.warning("the model has no clip %r, so nothing plays; its clips are %s", name, names)
        return -1 if found < 0 else self._first_clips[rig.set_number] + found

    def _choose_other(self, world: World, place: int) -> None:
        """Which clip is mixed in."""
        players, handle = self.players, int(self.players.handles[place])
        name = world.get(handle, AnimationPlayer).second_clip
        other, before = self._find_clip(handle, name) if name else -1, int(players.others[place])
        if other != before:
            self._rest_pose(world, place, before)
            players.others[place], players.shown[place] = other, np.nan

    def _choose_clip(self, world: World, place: int) -> None:
        players, handle = self.players, int(self.players.handles[place])
        player = world.get(handle, AnimationPlayer)
        clip = self._find_clip(handle, player.clip)
        before = int(players.clips[place])
        if clip == before:
            return
        self._rest_pose(world, place, players.former[place])
        players.clips[place], players.former[place] = clip, -1
        players.shown[place] = np.nan
        if before < 0:
            players.times[place] = players.times_before[place] = player.time_secs
            return
        if player.fade_secs > 0.0 and player.playing:
            players.former[place] = before
            players.former_times[place], players.former_speeds[place] = players.times[place], player.speed
            players.fades[place] = players.fades_left[place] = player.fade_secs
        else:
            self._rest_pose(world, place, before)
        if player.playing:  # who scrubs through a clip in an editor says where it shall be
            world.set(handle, AnimationPlayer, time_secs=0.0)
            players.times[place] = players.times_before[place] = 0.0

    def _rest_pose(self, world: World, place: int, clip: int) -> None:
        """Put the nodes of a clip that no longer plays back to rest."""
        if clip < 0:
            return
        flat = self._bases[place] + self._clips[clip].targets
        for name in _FIELDS:
            self._write(world, flat, name, self._rest[name][:, flat])
        weights = world.resource(MorphWeights)
        for track, nodes in self._clips[clip].nodes:
            if track.path == "weights":
                places = self._morph_places(self._bases[place] + nodes, track.width).ravel()
                places = places[places >= 0]
                weights.write(world, places, weights.rest[places])

    # A fixed step

    def advance(self, world: World) -> None:
        """Move all players on by a fixed step."""
        self._follow(world)
        players = self.players
        if not len(players):
            return
        step = world.resource(Clock).step_secs
        time, speed, loop, playing = (
            world.gather(players.handles, AnimationPlayer, name) for name in ("time_secs", "speed", "loop", "playing")
        )
        moved = np.where(playing, time + speed * step, time)
        durations = self._durations(players.clips)
        over = playing & ~loop & (players.clips >= 0) & np.where(speed < 0, moved <= 0.0, moved >= durations)
        moved = np.where(over, np.clip(moved, 0.0, durations), moved)
        players.times_before, players.times = time, moved
        fading = players.former >= 0
        players.former_times[fading] += players.former_speeds[fading] * step
        players.fades_left[fading] -= step
        for place in np.flatnonzero(fading & (players.fades_left <= 0.0)).tolist():
            self._rest_pose(world, place, int(players.former[place]))
            players.former[place] = -1
            players.shown[place] = np.nan
        rows = np.flatnonzero(playing)
        if len(rows):
            world.scatter(players.handles[rows], AnimationPlayer, "time_secs", moved[rows])
        if over.any():
            ended = players.handles[over]
            world.scatter(ended, AnimationPlayer, "playing", False)
            names = np.array([self._clips[clip].name for clip in players.clips[over].tolist()], object)
            world.resource(GameEvents).publish("animation_end", ended, name=names)

    def _durations(self, clips: NDArray[np.int32]) -> NDArray[np.float64]:
        table = np.array([*(clip.duration_secs for clip in self._clips), 0.0])
        return table[clips]  # -1, no clip, is the last one

    # A frame

    def pose(self, world: World) -> None:
        """Write the pose of every player that changed since the last call."""
        self._follow(world)
        players = self.players
        if not len(players):
            return
        names = ("time_secs", "loop", "playing", "weight", "mix")
        time, loop, playing, weight, mix = (world.gather(players.handles, AnimationPlayer, name) for name in names)
        mix = np.where(players.others >= 0, np.clip(mix, 0.0, 1.0), 0.0)
        stepped = playing & (time == players.times)
        alpha = world.resource(Clock).alpha
        # Frames that end on a step, as those of films do, show that step and not the one before.
        between = players.times_before + (players.times - players.times_before) * (alpha if alpha > 1e-6 else 1.0)
        shown = self._within(np.where(stepped, between, time), players.clips, loop)
        fading = players.former >= 0
        changed = (shown != players.shown) | (weight != players.weights) | (mix != players.mixes) | fading
        due = (players.clips >= 0) & changed
        players.shown, players.weights = np.where(players.clips >= 0, shown, np.nan), weight.astype(np.float64)
        players.mixes = mix.astype(np.float64)
        is_blended = fading | (weight < 1.0) | (players.others >= 0)
        simple = np.flatnonzero(due & ~is_blended)
        blended = np.flatnonzero(due & is_blended)
        for places, clip in _by_clip(simple, players.clips):
            self._pose_simply(world, clip, places, shown[places])
        if len(blended):
            self._pose_blended(world, blended, shown)
        rows = np.flatnonzero(due)
        for places, clip in _by_clip(rows, players.clips):
            if self._clips[clip].pointers:
                for place in places.tolist():
                    self._point(world, place, self._clips[clip], float(shown[place]))

    def _within(self, times: NDArray[np.float64], clips: NDArray[np.int32], loop: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Times within the clips. The very end of a loop is shown as it is, so that one can look at it."""
        durations = self._durations(clips)
        wrapped = np.mod(times, np.where(durations > 0.0, durations, 1.0))
        outside = loop & (durations > 0.0) & ((times < 0.0) | (times > durations))
        return np.where(outside, wrapped, np.clip(times, 0.0, durations))

    def _pose_simply(self, world: World, clip: int, places: NDArray[np.intp], times: NDArray[np.float64]) -> None:
        for track, nodes in self._clips[clip].nodes:
            flat = (self._bases[places][:, None] + nodes).ravel()
            values = track.sample(times).reshape(track.width, -1)
            if track.path == "weights":
                self._write_morphs(world, flat, values)
            else:
                self._write(world, flat, track.path, values)

    def _pose_blended(self, world: World, places: NDArray[np.intp], shown: NDArray[np.float64]) -> None:
        """Sum up weighted values; what is left of the weight goes to the pose at rest.

        A clip that is mixed in is at the same part of its length as the first is of its own: steps of walking and running meet.
        """
        players, weights = self.players, world.resource(MorphWeights)
        count = len(self._nodes)
        sums: dict[str, NDArray[Any]] = {name: np.zeros_like(self._rest[name]) for name in _FIELDS}
        shares: dict[str, NDArray[Any]] = {name: np.zeros(count, np.float32) for name in _FIELDS}
        moved: dict[str, NDArray[Any]] = {name: np.zeros(count, bool) for name in _FIELDS}
        morph_moved = np.zeros(len(weights.values), bool)
        morph_sums, morph_shares = np.zeros_like(weights.values), np.zeros_like(weights.values)
        fading = players.former >= 0
        left = np.where(fading, players.fades_left / np.where(players.fades > 0.0, players.fades, 1.0), 0.0)
        left = np.clip(left, 0.0, 1.0)
        former_shown = self._within(players.former_times, players.former, np.ones(len(players), bool))
        own, others = self._durations(players.clips), self._durations(players.others)
        other_shown = shown * others / np.where(own > 0.0, own, 1.0)
        layers = (
            (players.former, former_shown, left, places[fading[places]]),
            (players.clips, shown, (1.0 - left) * (1.0 - players.mixes), places),
            (players.others, other_shown, (1.0 - left) * players.mixes, places[players.others[places] >= 0]),
        )
        for clips, times, shares_of, members in layers:
            for chosen, clip in _by_clip(members, clips):
                share = (shares_of * players.weights)[chosen]
                for track, nodes in self._clips[clip].nodes:
                    flat = (self._bases[chosen][:, None] + nodes).ravel()
                    values = track.sample(times[chosen]).reshape(track.width, -1)
                    each = np.repeat(share, len(nodes)).astype(np.float32)
                    if track.path == "weights":
                        spots = self._morph_places(flat, track.width)
                        kept = spots >= 0
                        morph_moved[spots[kept]] = True
                        morph_sums[spots[kept]] += (values.T * each[:, None])[kept]
                        morph_shares[spots[kept]] += np.broadcast_to(each[:, None], spots.shape)[kept]
                        continue
                    if track.path == "rotation":  # of the two quaternions that mean it, the one near the others
                        near = np.where(shares["rotation"][flat] > 0.0, sums["rotation"][:, flat], self._rest["rotation"][:, flat])
                        values = np.where((near * values).sum(axis=0) < 0.0, -values, values)
                    sums[track.path][:, flat] += values * each
                    moved[track.path][flat] = True
                    shares[track.path][flat] += each
        for name in _FIELDS:
            flat = np.flatnonzero(moved[name])
            rest = np.clip(1.0 - shares[name][flat], 0.0, 1.0)
            values = sums[name][:, flat] + self._rest[name][:, flat] * rest.astype(np.float32)
            if name == "rotation":
                values /= np.maximum(np.sqrt((values * values).sum(axis=0)), 1e-12)
            self._write(world, flat, name, values)
        spots = np.flatnonzero(morph_moved)
        if len(spots):
            rest = np.clip(1.0 - morph_shares[spots], 0.0, 1.0)
            weights.write(world, spots, (morph_sums[spots] + weights.rest[spots] * rest).astype(np.float32))

    def _write(self, world: World, flat: NDArray[np.intp], name: str, values: NDArray[np.float32]) -> None:
        handles = self._nodes[flat]
        living = world.alive(handles)
        if living.all():
            world.scatter(handles, Transform, name, values)
        elif living.any():
            world.scatter(handles[living], Transform, name, values[:, living])

    def _write_morphs(self, world: World, flat: NDArray[np.intp], values: NDArray[np.float32]) -> None:
        places = self._morph_places(flat, len(values))
        kept = places[:, 0] >= 0
        if kept.any():
            world.resource(MorphWeights).write(world, places[kept].ravel(), values.T[kept].ravel())

    def _morph_places(self, flat: NDArray[np.intp], width: int) -> NDArray[np.intp]:
        """Places of the morph weights of nodes, [n, width]; -1 for those without any."""
        offsets = self._morphs[flat][:, None]
        return np.where(offsets >= 0, offsets + np.arange(width), -1)

    def _point(self, world: World, place: int, clip: Clip, time_secs: float) -> None:
        """Set what pointers name; a handful in a model, so one by one."""
        model = self._sets[self._rigs[int(self.players.handles[place])].set_number].model
        materials: dict[int, dict[str, Any]] = {}
        for track, targets in clip.pointers:
            sampled = track.sample(np.array([time_secs]))[:, 0]
            for number, target in enumerate(targets):
                value = target.value(sampled[:, number])
                if target.component is None:
                    materials.setdefault(target.material, {})[target.field] = value
                else:
                    self._set_component(world, place, target, value)
        self._set_materials(world, model, materials)

    def _set_component(self, world: World, place: int, target: PointerTarget, value: Any) -> None:
        assert target.component is not None
        handles = world.living(self._nodes[self._bases[place] + np.array(target.nodes, np.intp)])
        if len(handles):
            world.scatter(handles, target.component, target.field, value)

    def _set_materials(self, world: World, model: ModelData, changes: dict[int, dict[str, Any]]) -> None:
        for index, values in changes.items():
            for number, entry in self._materials.get((id(model), index), ()):
                changed = with_values(entry.material, values)
                world.resource(MaterialLibrary).replace(number, LibraryMaterial(changed, entry.model))

    def fork(self, world: World) -> Animator:
        """A fork's models are placed anew, and bound to players then."""
        return Animator()


def _by_clip(places: NDArray[np.intp], clips: NDArray[np.int32]) -> list[tuple[NDArray[np.intp], int]]:
    """Places grouped by their clip; those without one are left out."""
    chosen = clips[places]
    return [(places[chosen == clip], int(clip)) for clip in np.unique(chosen).tolist() if clip >= 0]


def advance_animations(world: World) -> None:
    """Move all clips on by a fixed step (a system)."""
    world.resource(Animator).advance(world)


def pose_models(world: World) -> None:
    """Pose all models for the frame (a system)."""
    world.resource(Animator).pose(world)
