"""The kinds of nodes that trees are made of, as one table: checks, schema and documentation are made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["KINDS", "Kind", "Parameter"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a node takes.

    Attributes
    ----------
    form : str
        "number", "span" (a number, or two between which chance chooses), "text", "texts" (one, or several of which chance
        chooses), "place" (three numbers, several such of which chance chooses, or "random"), "thing" (an entity's name),
        "flag", "test", "value". Instead of any of them stands ``"$name"``: what the blackboard holds there.
    least, most : float
        Of numbers.
    """

    form: str
    doc: str
    required: bool = False
    least: float = 0.0
    most: float = 1e6


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of node.

    Attributes
    ----------
    children : str
        "many", "one" or "none".
    """

    doc: str
    children: str = "none"
    parameters: MappingProxyType[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))


def _kind(doc: str, children: str = "none", **parameters: Parameter) -> Kind:
    return Kind(doc, children, MappingProxyType(parameters))


_SECS = Parameter("span", "How long, s.", most=86400.0)
_WHAT = Parameter("thing", "Whom or what.", required=True)
_NEAR = Parameter("number", "So near is near enough, m.", most=1000.0)
_SPEED = Parameter("number", "m/s; the agent's own where it is left out.", most=20.0)

KINDS: MappingProxyType[str, Kind] = MappingProxyType({
    "sequence": _kind("Does its children one after the other, until one fails.", "many"),
    "selector": _kind("Tries its children one after the other, until one succeeds.", "many"),
    "pick": _kind("Does one of its children, by chance.", "many"),
    "parallel": _kind(
        "Does all children at once, and ends when all have ended or one has failed.", "many",
        any=Parameter("flag", "Ends as soon as one has succeeded."),
    ),
    "repeat": _kind(
        "Does its child again and again.", "one",
        times=Parameter("number", "How often; for ever where it is left out.", least=1.0),
        until_failure=Parameter("flag", "Ends when it fails."),
    ),
    "invert": _kind("Fails where its child succeeds.", "one"),
    "succeed": _kind("Succeeds whatever its child does.", "one"),
    "cooldown": _kind(
        "Fails at once for a time after its child was done.", "one", secs=Parameter("span", "How long, s.", True, most=86400.0),
    ),
    "chance": _kind("Does its child sometimes, else fails.", "one", of=Parameter("number", "From 0 to 1.", True, most=1.0)),
    "while": _kind(
        "Does its child for as long as something is so.", "one", test=Parameter("test", "Looked at four times a second.", True),
    ),
    "if": _kind("Succeeds if something is so.", test=Parameter("test", "What.", True)),
    "set": _kind("Writes on the blackboard.", key=Parameter("text", "Where.", True), value=Parameter("value", "What.", True)),
    "go_to": _kind(
        "Walks somewhere; fails when there has been no way for a while.",
        place=Parameter("place", "Where.", True),
        within=Parameter("number", "How far away from home a random place may be, m.", most=10000.0),
        near=_NEAR, speed=_SPEED, patience=Parameter("span", "How long one waits where the way ends, s.", most=86400.0),
    ),
    "go_near": _kind("Walks to somebody, wherever that is.", what=_WHAT, near=_NEAR, speed=_SPEED, patience=_SECS),
    "follow": _kind("Walks behind somebody.", what=_WHAT, secs=_SECS, near=_NEAR, speed=_SPEED),
    "flee": _kind(
        "Runs away from somebody.", what=_WHAT, metres=Parameter("number", "How far.", most=1000.0), speed=_SPEED,
    ),
    "wait": _kind("Stands.", secs=Parameter("span", "How long, s.", True, most=86400.0)),
    "face": _kind("Turns to somebody.", what=_WHAT, secs=_SECS),
    "say": _kind("Says something; lips move where there is a face.", text=Parameter("texts", "What.", True), secs=_SECS),
    "act": _kind("Does what the body's motion knows.", act=Parameter("text", "Its name.", True), secs=_SECS),
    "sit": _kind("Sits.", secs=_SECS), "wave": _kind("Waves.", secs=_SECS),
    "talk_to": _kind(
        "Turns to somebody near and talks.", what=_WHAT, text=Parameter("texts", "Words."), secs=_SECS,
    ),
    "call": _kind("Tells the entity's scripts: they get a message of this name.", name=Parameter("text", "The message.", True)),
})  # fmt: skip
