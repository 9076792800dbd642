"""`ClipLibrary`: motions of other bodies by name or file, and people who play them."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.body import Bodies
from taixu.animation.motion.crowd import Crowd
from taixu.animation.motion.graph import USUAL, State, StateGraph, read_graph
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.retarget import HumanoidClip, humanoid_clips
from taixu.assets import AssetDatabase
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene.models import ModelState

__all__ = ["ClipLibrary"]

_log = logging.getLogger("taixu.animation")


class ClipLibrary:
    """Motions that people can play.

    Attributes
    ----------
    failures : dict of str to str
        Names that could not be had, with the sentence why.
    """

    def __init__(self) -> None:
        self._named: dict[str, HumanoidClip] = {}
        self._loaded: dict[str, tuple[int, HumanoidClip | None]] = {}
        self._graphs: dict[str, StateGraph] = {}
        self._on_the_spot: dict[int, tuple[HumanoidClip, HumanoidClip]] = {}
        self.failures: dict[str, str] = {}

    def add(self, name: str, clip: HumanoidClip) -> None:
        """Offer a motion under a name."""
        self._named[name] = clip

    def add_graph(self, name: str, graph: StateGraph) -> None:
        """Offer a state graph under a name."""
        self._graphs[name] = graph

    def find(self, world: World, name: str) -> HumanoidClip | None:
        """A motion by its name or file; ``file#clip`` picks one of several. None while it loads, or where it cannot be had."""
        if name in self._named:
            return self._named[name]
        file, _, part = name.partition("#")
        if not file or name in self.failures or not world.has_resource(ModelState):
            return None
        try:
            found = world.resource(ModelState).store.model(file)
            if found is None:
                return None
            if name not in self._loaded or self._loaded[name][0] != found[1]:
                clips = humanoid_clips(found[0])
                chosen = [clip for clip in clips if not part or clip.name == part]
                if not chosen:
                    names = ", ".join(clip.name for clip in clips) or "none"
                    raise TaixuError(f"{name}: there is no such clip in it; it has {names}")
                self._loaded[name] = found[1], chosen[0]
        except TaixuError as error:
            self.failures[name] = str(error)
            _log.warning("%s", error)
            return None
        return self._loaded[name][1]

    def graph(self, world: World, name: str) -> StateGraph:
        """A state graph by its name or file; the usual one where it cannot be read."""
        if name not in self._graphs:
            try:
                file = world.resource(AssetDatabase).resolve(name) if world.has_resource(AssetDatabase) else None
                if file is None or not file.is_file() or file.stat().st_size > 1_000_000:
                    raise TaixuError(f"{name}: there is no such state graph; the usual one is taken")
                self._graphs[name] = read_graph(file.read_text("utf-8", "replace"), name=name)
            except (TaixuError, OSError) as error:
                self._graphs[name] = USUAL
                _log.warning("%s", error)
        return self._graphs[name]

    def play(self, world: World, crowd: Crowd, pose: Pose, wanted: NDArray[np.object_], moves: NDArray[np.bool_]) -> Pose:
        """Lay the clips over those who play one."""
        busy = np.flatnonzero(moves & (wanted != ""))
        for name in dict.fromkeys(wanted[busy].tolist()):
            clip = self.find(world, name)
            if clip is not None:
                rows = busy[wanted[busy] == name]
                shown = clip.sample(crowd.clocks[rows])
                pose.put(rows, pose.take(rows).mixed(shown, np.ones(len(rows)), mask=clip.bones.astype(np.float32)))
        return pose

    def blend(self, world: World, state: State, crowd: Crowd, layer: int, rows: NDArray[np.intp], bodies: Bodies) -> Pose | None:
        """The pose of people in a state of clips: between the two nearest along its parameter, at the same part of each.

        None while they load.
        """
        found = [(at, self.find(world, name)) for at, name in state.clips]
        clips = [(at, self._in_place(clip)) for at, clip in found if clip is not None]
        if not clips:
            return None
        secs = crowd.since[layer, rows]
        if len(clips) == 1:
            return clips[0][1].sample(secs, loop=state.loop)
        values = {"speed": crowd.speeds, "turning": crowd.turnings, "secs": crowd.since[layer]}[state.along][rows]
        points = np.array([at for at, _ in clips])
        upper = np.clip(np.searchsorted(points, values), 1, len(points) - 1)
        span = np.maximum(points[upper] - points[upper - 1], 1e-6)
        share = np.clip((values - points[upper - 1]) / span, 0.0, 1.0)
        result = Pose.rest(len(rows))
        for place in np.unique(upper).tolist():
            who = np.flatnonzero(upper == place)
            low, high = clips[place - 1][1], clips[place][1]
            period = low.duration_secs + (high.duration_secs - low.duration_secs) * share[who]
            part = secs[who] / np.maximum(period, 1e-3)
            part = np.mod(part, 1.0) if state.loop else np.clip(part, 0.0, 1.0)
            first = low.sample(part * low.duration_secs, loop=False)
            result.put(who, first.mixed(high.sample(part * high.duration_secs, loop=False), share[who]))
        return result

    def _in_place(self, clip: HumanoidClip) -> HumanoidClip:
        if id(clip) not in self._on_the_spot:  # the clip is kept, so that its id stays its own
            self._on_the_spot[id(clip)] = clip, clip.in_place()
        return self._on_the_spot[id(clip)][1]
