"""`Faces`: expressions of many avatars: moods that fade, blinking, lips, eyes; what overrides what; then morph weights.

An avatar's expressions are a matrix, expressions by morph targets, so that all faces of one model are one product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.components import Morph
from taixu.animation.morphs import MorphWeights
from taixu.animation.motion.complexions import Complexion, Complexions, complexion_of
from taixu.animation.motion.components import Face
from taixu.animation.motion.crowd import Crowd
from taixu.animation.motion.speech import RATE_HZ, Speech
from taixu.animation.motion.style import chance
from taixu.animation.motion.turns import F32
from taixu.assets import AssetDatabase
from taixu.assets.humanoid import VISEMES, Avatar
from taixu.assets.model import ModelData
from taixu.ecs import World

__all__ = ["Faces", "blinking", "overridden"]

Handles = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Faces of one model.

    Attributes
    ----------
    rows : intp array [n]
        In the crowd.
    names : dict of str to int
        Expressions.
    matrix : float32 array [e, k]
        Weights of the morph targets at each expression's full weight.
    places : intp array [k, n]
        Where in `MorphWeights` they are; -1 for those that are not there.
    binary : bool array [e]
    overrides : float32 array [3, 2, e]
        Of blinking, gaze and mouth: 1 where an expression blocks, 1 where it blends.
    shown : float32 array [e, n]
        Moods as they fade.
    complexion
        What is done to materials; None where that is nothing.
    colors : float32 array [k, n]
        The materials' numbers as they are shown.
    """

    rows: NDArray[np.intp]
    names: dict[str, int]
    matrix: F32
    places: NDArray[np.intp]
    binary: NDArray[np.bool_]
    overrides: F32
    shown: F32
    wanted: NDArray[np.int32]
    last: F32
    model: ModelData
    people: list[tuple[int, Handles]]
    """Owners, and the entities of their nodes."""
    complexion: Complexion | None
    colors: F32


@dataclass(slots=True, eq=False)
class Faces:
    """Faces of the crowd, in its order.

    Attributes
    ----------
    saying : int32 array [n]
        Which speech, -1 for none.
    said_secs : float32 array [n]
        How long they have been at it.
    """

    speeches: list[Speech] = field(default_factory=list)
    saying: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    said_secs: F32 = field(default_factory=lambda: np.zeros(0, np.float32))
    mouths: F32 = field(default_factory=lambda: np.zeros((len(VISEMES), 0), np.float32))
    complexions: Complexions = field(default_factory=Complexions)
    _waited: F32 = field(default_factory=lambda: np.zeros(0, np.float32))
    _groups: list[_Group] = field(default_factory=list)
    _handles: Handles = field(default_factory=lambda: np.zeros(0, np.uint64))
    _known: dict[str, int] = field(default_factory=dict)
    _awaited: dict[int, str] = field(default_factory=dict)
    _voices: NDArray[Any] = field(default_factory=lambda: np.zeros(0, object))
    _words: NDArray[Any] = field(default_factory=lambda: np.zeros(0, object))

    def bind(self, world: World, handles: Handles, people: list[tuple[ModelData, Handles]]) -> None:
        """Take up the faces of a crowd."""
        kept = {
            handle: (self.saying[row], self.said_secs[row], self._words[row], self._voices[row], self._awaited.get(row))
            for row, handle in enumerate(self._handles.tolist())
        }
        self._handles = handles
        self.saying, self.said_secs = np.full(len(handles), -1, np.int32), np.zeros(len(handles), np.float32)
        self._words, self._voices = np.full(len(handles), "", object), np.full(len(handles), "", object)
        self._awaited = {}
        self._waited = np.zeros(len(handles), np.float32)
        self.mouths = np.zeros((len(VISEMES), len(handles)), np.float32)
        for row, handle in enumerate(handles.tolist()):
            if handle in kept:
                self.saying[row], self.said_secs[row], self._words[row], self._voices[row], awaited = kept[handle]
                if awaited is not None:
                    self._awaited[row] = awaited
        kinds: dict[int, list[int]] = {}
        for row, (model, _) in enumerate(people):
            kinds.setdefault(id(model), []).append(row)
        self._groups = []
        for rows in kinds.values():
            avatar = people[rows[0]][0].avatar
            if avatar is not None and avatar.expressions:
                faces = [(int(handles[row]), people[row][1]) for row in rows]
                self._groups.append(_group(world, people[rows[0]][0], avatar, np.array(rows, np.intp), faces))
        self.complexions.keep(handles)
        self.read(world, np.arange(len(handles)))

    def read(self, world: World, rows: NDArray[np.intp]) -> None:
        """Take what `Face` components say."""
        if not len(rows):
            return
        chosen = self._handles[rows]
        words, expressions = world.gather(chosen, Face, "saying"), world.gather(chosen, Face, "expression")
        for row, text in zip(rows.tolist(), words.tolist(), strict=True):
            if text != self._words[row]:
                self._words[row] = text
                self.saying[row], self.said_secs[row] = self._speech(str(text)), 0.0
        voices = world.gather(chosen, Face, "voice")
        for row, source in zip(rows.tolist(), voices.tolist(), strict=True):
            if source != self._voices[row]:
                self._voices[row] = source
                self._awaited.pop(row, None)
                if source:
                    self._awaited[row] = str(source)
        for group in self._groups:
            inside = np.flatnonzero(np.isin(group.rows, rows))
            places = {row: place for place, row in enumerate(rows.tolist())}
            for place in inside.tolist():
                group.wanted[place] = group.names.get(str(expressions[places[int(group.rows[place])]]), -1)

    def _hear(self, world: World) -> None:
        """Begin with the voices that have arrived; what cannot be read was said by those who load it."""
        if not self._awaited or not world.has_resource(AssetDatabase):
            return
        assets = world.resource(AssetDatabase)
        for row, source in list(self._awaited.items()):
            handle = assets.load(source, "audio")
            if assets.state(handle) == "loading":
                continue
            del self._awaited[row]
            if assets.state(handle) == "ready" and source not in self._known:
                sound = assets.get(handle)
                self._known[source] = len(self.speeches)
                self.speeches.append(Speech.of_sound(sound.as_float(), sound.rate_hz))
            self.saying[row], self.said_secs[row] = self._known.get(source, -1), 0.0

    def say(self, row: int, speech: Speech) -> None:
        """Let somebody's lips follow a speech from now on (from sound, or made beforehand)."""
        self.speeches.append(speech)
        self.saying[row], self.said_secs[row] = len(self.speeches) - 1, 0.0

    def _speech(self, text: str) -> int:
        if not text.strip():
            return -1
        if text not in self._known:
            self._known[text] = len(self.speeches)
            self.speeches.append(Speech.of_text(text))
        return self._known[text]

    def loudness(self, rows: NDArray[np.intp]) -> F32:
        """How loud people are, from 0 to 1; 1 where nobody knows."""
        if not len(self.saying):
            return np.ones(len(rows), np.float32)
        open_ = np.clip(self.mouths[:, rows].sum(axis=0) * 1.5, 0.0, 1.0)
        return np.where(self.saying[rows] >= 0, open_, 1.0).astype(np.float32)

    def show(
        self, world: World, crowd: Crowd, seeds: F32, gazes: NDArray[np.bool_], secs: float, awake: NDArray[np.bool_], *,
        at_once: bool = False,
    ) -> None:  # fmt: skip
        """Write the morph weights of those who are awake [n], with what went by since they last were; moods take over at once, or
        as they fade.
        """
        if not self._groups:
            return
        self._hear(world)
        self._speak(secs)
        names = ("weight", "blink", "fade_secs")
        weight, blinks, fades = (world.gather(crowd.handles, Face, name) for name in names)
        fades = np.zeros_like(fades) if at_once else fades
        self._waited += np.float32(secs)
        waited = np.where(awake, self._waited, 0.0).astype(np.float32)
        self._waited[awake] = 0.0
        closed = blinking(crowd.clocks, seeds) * blinks
        for group in self._groups:
            places = np.flatnonzero(awake[group.rows])
            if not len(places):
                continue
            rows = group.rows[places]
            eyes = crowd.eyes[:, rows] * gazes[rows]
            final = self._weights(group, places, weight[rows], fades[rows], closed[rows], eyes, waited[rows])
            changed = np.abs(final - group.last[:, places]).max(axis=0) > 1e-4
            due, final = places[changed], final[:, changed]
            if not len(due):
                continue
            group.last[:, due] = final
            if group.complexion is not None:
                self.complexions.show(world, group.complexion, group.model, group.people, group.last, group.colors)
            values = np.clip(group.matrix.T @ final, 0.0, 1.0)
            targets = group.places[:, due]
            there = targets >= 0
            world.resource(MorphWeights).write(world, targets[there], values[there].astype(np.float32))

    def _weights(
        self, group: _Group, places: NDArray[np.intp], weight: F32, fades: F32, closed: F32, eyes: F32, secs: F32
    ) -> F32:
        goal = np.zeros((len(group.names), len(places)), np.float32)
        wanted = group.wanted[places]
        shows = np.flatnonzero(wanted >= 0)
        goal[wanted[shows], shows] = weight[shows]
        step = np.where(fades > 0.0, secs / np.maximum(fades, 1e-3), np.float32(1.0))
        shown = group.shown[:, places]
        shown += np.clip(goal - shown, -step, step)
        group.shown[:, places] = shown
        moods = np.where(group.binary[:, None], (shown > 0.5).astype(np.float32), shown)
        left = [overridden(group.overrides[kind], moods) for kind in range(3)]
        final = moods.copy()

        def add(name: str, values: F32) -> None:
            place = group.names.get(name)
            if place is not None:
                made = values if not group.binary[place] else (values > 0.5).astype(np.float32)
                final[place] = np.maximum(final[place], made)

        if "blink" in group.names:
            add("blink", closed * left[0])
        else:
            add("blinkLeft", closed * left[0])
            add("blinkRight", closed * left[0])
        add("lookLeft", np.maximum(eyes[2], 0.0) * left[1])
        add("lookRight", np.maximum(-eyes[2], 0.0) * left[1])
        add("lookUp", np.maximum(eyes[3], 0.0) * left[1])
        add("lookDown", np.maximum(-eyes[3], 0.0) * left[1])
        for number, name in enumerate(VISEMES):
            add(name, self.mouths[number, group.rows[places]] * left[2])
        return final

    def _speak(self, secs: float) -> None:
        self.mouths[:] *= np.float32(np.exp(-secs / 0.06))
        busy = np.flatnonzero(self.saying >= 0)
        if not len(busy):
            return
        self.said_secs[busy] += np.float32(secs)
        counts = np.array([len(speech.weights) for speech in self.speeches], np.intp)
        starts = np.cumsum(counts) - counts
        table = np.concatenate([speech.weights for speech in self.speeches])
        which = self.saying[busy]
        at = self.said_secs[busy] * RATE_HZ
        whole = np.minimum(at.astype(np.intp), counts[which] - 1)
        after = np.minimum(whole + 1, counts[which] - 1)
        part = np.clip(at - whole, 0.0, 1.0)[:, None]
        found = table[starts[which] + whole] * (1.0 - part) + table[starts[which] + after] * part
        self.mouths[:, busy] = found.T
        over = busy[at >= counts[which]]
        self.saying[over] = -1


def _group(world: World, model: ModelData, avatar: Avatar, rows: NDArray[np.intp], people: list[tuple[int, Handles]]) -> _Group:
    entities = [each for _, each in people]
    names = {name: place for place, name in enumerate(avatar.expressions)}
    targets = sorted({(bind.node, bind.index) for one in avatar.expressions.values() for bind in one.morphs})
    column = {target: place for place, target in enumerate(targets)}
    matrix = np.zeros((len(names), len(targets)), np.float32)
    for name, expression in avatar.expressions.items():
        for bind in expression.morphs:
            matrix[names[name], column[bind.node, bind.index]] += bind.weight
    places = np.full((len(targets), len(rows)), -1, np.intp)
    for place, (node, index) in enumerate(targets):
        owners = np.array([of[node] for of in entities], np.uint64)
        morphed = np.array([bool(owner) and world.has(owner, Morph) for owner in owners.tolist()])
        if morphed.any():
            places[place, morphed] = world.gather(owners[morphed], Morph, "offset").astype(np.intp) + index
    overrides = np.zeros((3, 2, len(names)), np.float32)
    for name, expression in avatar.expressions.items():
        said = (expression.override_blink, expression.override_look_at, expression.override_mouth)
        for kind, override in enumerate(said):
            overrides[kind, 0, names[name]] = override == "block"
            overrides[kind, 1, names[name]] = override == "blend"
    binary = np.array([one.is_binary for one in avatar.expressions.values()], bool)
    shape = (len(names), len(rows))
    complexion = complexion_of(model, avatar)
    colors = np.repeat((complexion.rest if complexion else np.zeros(0, np.float32))[:, None], len(rows), axis=1)
    return _Group(
        rows, names, matrix, places, binary, overrides, np.zeros(shape, np.float32), np.full(len(rows), -1, np.int32),
        np.zeros(shape, np.float32), model, people, complexion, colors,
    )  # fmt: skip


def overridden(overrides: F32, weights: F32) -> F32:
    """What is left of blinking, gaze or mouth, [n]: nothing where an expression that blocks is shown at all, and less by
    the weights of those that blend (VRM 1.0, expressions).

    Parameters
    ----------
    overrides : float32 array [2, e]
        1 where an expression blocks, and where it blends.
    weights : float32 array [e, n]
        Of the expressions.
    """
    gone = ((overrides[0][:, None] * (weights > 0.0)) + overrides[1][:, None] * weights).sum(axis=0)
    return np.asarray(1.0 - np.clip(gone, 0.0, 1.0), np.float32)


def blinking(secs: F32, seeds: F32) -> F32:
    """How far eyes are closed: a blink of a fifth of a second at a moment by chance in every few seconds, some twice."""
    numbers = (seeds * np.float32(1 << 20)).astype(np.uint32)
    period = 2.6 + 2.6 * chance(numbers, 1)
    turn = np.floor(secs / period)
    moment = chance(numbers + turn.astype(np.uint32) * np.uint32(7919), 2)
    since = secs - (turn + 0.8 * moment) * period
    shut = np.maximum(_lid(since), _lid(since - 0.28) * (chance(numbers + turn.astype(np.uint32), 3) > 0.8))
    return np.asarray(shut, np.float32)


def _lid(since: F32) -> F32:
    """Down in 60 ms, up in 140 ms."""
    down, up = since / 0.06, 1.0 - (since - 0.08) / 0.14
    return np.asarray(np.clip(np.minimum(down, up), 0.0, 1.0))


