"""Expressions of VRM 1.0, each a sum of the 52 units of the face."""

from __future__ import annotations

from taixu.assets.humanoid import Expression, MorphBind

__all__ = ["EXPRESSIONS", "UNITS", "expressions_of"]

UNITS = tuple(
    "browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight "
    "eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight eyeLookOutLeft eyeLookOutRight "
    "eyeLookUpLeft eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft eyeWideRight jawForward jawLeft jawOpen jawRight "
    "mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft "
    "mouthLowerDownRight mouthPressLeft mouthPressRight mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower "
    "mouthShrugUpper mouthSmileLeft mouthSmileRight mouthStretchLeft mouthStretchRight mouthUpperUpLeft mouthUpperUpRight "
    "noseSneerLeft noseSneerRight tongueOut".split()
)
"""ARKit's blend shapes, in the order of their names."""

EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {},
    "aa": {"jawOpen": 0.62, "mouthLowerDown": 0.25, "mouthUpperUp": 0.12},
    "ih": {"jawOpen": 0.22, "mouthStretch": 0.45, "mouthUpperUp": 0.15, "mouthLowerDown": 0.2},
    "ou": {"jawOpen": 0.16, "mouthPucker": 0.75, "mouthFunnel": 0.2},
    "ee": {"jawOpen": 0.12, "mouthSmile": 0.42, "mouthStretch": 0.25, "mouthLowerDown": 0.3, "mouthUpperUp": 0.2},
    "oh": {"jawOpen": 0.42, "mouthFunnel": 0.6, "mouthPucker": 0.15},
    "blink": {"eyeBlink": 1.0},
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "happy": {"mouthSmile": 0.72, "cheekSquint": 0.6, "eyeSquint": 0.3, "browInnerUp": 0.15, "mouthDimple": 0.2},
    "angry": {"browDown": 0.95, "eyeSquint": 0.45, "noseSneer": 0.45, "mouthFrown": 0.35, "mouthPress": 0.5, "jawForward": 0.2},
    "sad": {"browInnerUp": 0.95, "mouthFrown": 0.65, "mouthShrugLower": 0.3, "eyeSquint": 0.2, "eyeLookDown": 0.2},
    "relaxed": {"eyeBlink": 0.22, "mouthSmile": 0.4, "cheekSquint": 0.15},
    "surprised": {"browInnerUp": 0.75, "browOuterUp": 0.85, "eyeWide": 0.8, "jawOpen": 0.38, "mouthFunnel": 0.15},
    "lookUp": {"eyeLookUp": 1.0},
    "lookDown": {"eyeLookDown": 1.0},
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}
"""Units and their weights; a unit without a side means both."""


def expressions_of(node: int) -> dict[str, Expression]:
    """Expressions that move a node's morph targets, which are `UNITS`; each unit is one of its own name, too."""
    found = {}
    for name, units in EXPRESSIONS.items():
        binds = [
            MorphBind(node, UNITS.index(unit), weight)
            for part, weight in units.items()
            for unit in ((part,) if part in UNITS else (f"{part}Left", f"{part}Right"))
        ]
        found[name] = Expression(binds)
    for mood in ("happy", "angry", "sad", "surprised"):
        found[mood].override_mouth = "blend"
    for number, unit in enumerate(UNITS):
        found[unit] = Expression([MorphBind(node, number, 1.0)])
    return found
