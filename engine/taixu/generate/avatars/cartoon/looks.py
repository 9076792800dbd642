"""What a face may do, as numbers of a drawing, and the 52 units as such numbers."""

from __future__ import annotations

from dataclasses import dataclass

from taixu.generate.avatars.expressions import UNITS

__all__ = ["EXPRESSIONS", "UNIT_LOOKS", "Looks"]


@dataclass(frozen=True)
class Looks:
    """A face: all zero at rest. What ends in ``_l`` is the character's left, which is at +X.

    Attributes
    ----------
    blink_l, cheek_l, wide_l : float
        The upper lid closed, the lower lid raised, the eye opened wide.
    look_x, look_y : float
        Of each eye, toward +X and up.
    brow_l, brow_in_l, brow_out_l : float
        The brow raised as a whole, at its inner and at its outer end.
    open, upper_l, lower_l : float
        How far the lower lip is down; halves of the lips, up and down.
    smile_l, stretch_l : float
        The corner raised, drawn aside.
    round, press : float
        Narrow lips, pressed ones.
    shift_x, shift_y, arch : float
        The whole mouth moved, its middle raised.
    """

    blink_l: float = 0.0
    blink_r: float = 0.0
    cheek_l: float = 0.0
    cheek_r: float = 0.0
    wide_l: float = 0.0
    wide_r: float = 0.0
    look_x_l: float = 0.0
    look_x_r: float = 0.0
    look_y_l: float = 0.0
    look_y_r: float = 0.0
    brow_l: float = 0.0
    brow_r: float = 0.0
    brow_in_l: float = 0.0
    brow_in_r: float = 0.0
    brow_out_l: float = 0.0
    brow_out_r: float = 0.0
    open: float = 0.0
    upper_l: float = 0.0
    upper_r: float = 0.0
    lower_l: float = 0.0
    lower_r: float = 0.0
    smile_l: float = 0.0
    smile_r: float = 0.0
    stretch_l: float = 0.0
    stretch_r: float = 0.0
    round: float = 0.0
    press: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    arch: float = 0.0
    puff: float = 0.0
    tongue: float = 0.0


def _unit_looks() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {
        "browInnerUp": {"brow_in_l": 1.0, "brow_in_r": 1.0}, "cheekPuff": {"puff": 1.0, "press": 0.4},
        "jawForward": {"shift_y": -0.25}, "jawLeft": {"shift_x": 0.6}, "jawOpen": {"open": 1.0}, "jawRight": {"shift_x": -0.6},
        "mouthClose": {"shift_y": -0.35}, "mouthFunnel": {"round": 0.7, "open": 0.28}, "mouthLeft": {"shift_x": 0.8},
        "mouthRight": {"shift_x": -0.8}, "mouthPucker": {"round": 1.0, "press": 0.2}, "mouthRollLower": {"press": 0.5},
        "mouthRollUpper": {"press": 0.5, "shift_y": 0.1}, "mouthShrugLower": {"arch": 0.5}, "mouthShrugUpper": {"shift_y": 0.3},
        "tongueOut": {"open": 0.45, "tongue": 1.0},
    }  # fmt: skip
    for side, s, out in (("Left", "l", 1.0), ("Right", "r", -1.0)):
        found |= {
            f"browDown{side}": {f"brow_{s}": -0.45, f"brow_in_{s}": -0.75},
            f"browOuterUp{side}": {f"brow_out_{s}": 1.0, f"brow_{s}": 0.3},
            f"cheekSquint{side}": {f"cheek_{s}": 0.55}, f"eyeBlink{side}": {f"blink_{s}": 1.0},
            f"eyeLookDown{side}": {f"look_y_{s}": -1.0}, f"eyeLookUp{side}": {f"look_y_{s}": 1.0},
            f"eyeLookIn{side}": {f"look_x_{s}": -out}, f"eyeLookOut{side}": {f"look_x_{s}": out},
            f"eyeSquint{side}": {f"blink_{s}": 0.3, f"cheek_{s}": 0.2}, f"eyeWide{side}": {f"wide_{s}": 1.0},
            f"mouthDimple{side}": {f"smile_{s}": 0.25, f"stretch_{s}": 0.2}, f"mouthFrown{side}": {f"smile_{s}": -1.0},
            f"mouthLowerDown{side}": {f"lower_{s}": 0.3}, f"mouthPress{side}": {"press": 0.5},
            f"mouthSmile{side}": {f"smile_{s}": 1.0, f"stretch_{s}": 0.25}, f"mouthStretch{side}": {f"stretch_{s}": 1.0},
            f"mouthUpperUp{side}": {f"upper_{s}": 0.3}, f"noseSneer{side}": {f"upper_{s}": 0.12, f"brow_in_{s}": -0.4},
        }  # fmt: skip
    return {unit: found[unit] for unit in UNITS}


UNIT_LOOKS: dict[str, dict[str, float]] = _unit_looks()
"""Of every unit, in their order."""

EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {},
    "aa": {"jawOpen": 0.85},
    "ih": {"jawOpen": 0.35, "mouthStretch": 0.35},
    "ou": {"jawOpen": 0.35, "mouthPucker": 0.7},
    "ee": {"jawOpen": 0.28, "mouthStretch": 0.6, "mouthSmile": 0.2},
    "oh": {"jawOpen": 0.6, "mouthFunnel": 0.6},
    "blink": {"eyeBlink": 1.0},
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "happy": {"mouthSmile": 0.8, "jawOpen": 0.55, "cheekSquint": 0.9, "browInnerUp": 0.3, "browOuterUp": 0.3},
    "angry": {"browDown": 1.0, "mouthFrown": 0.75, "eyeSquint": 0.7, "mouthPress": 0.25, "noseSneer": 0.4},
    "sad": {"browInnerUp": 1.0, "mouthFrown": 0.8, "eyeSquint": 0.35, "eyeLookDown": 0.3},
    "relaxed": {"eyeBlink": 1.0, "mouthSmile": 0.45, "browOuterUp": 0.1},
    "surprised": {"browInnerUp": 0.7, "browOuterUp": 0.8, "eyeWide": 1.0, "jawOpen": 0.95, "mouthPucker": 0.3},
    "lookUp": {"eyeLookUp": 1.0},
    "lookDown": {"eyeLookDown": 1.0},
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}
"""Expressions of VRM 1.0 as units and their weights; a unit without a side means both. Stronger than people's."""
