"""Which targets are kept, by the name that Taixu gives them: a slider's two ends, or one end where it has only that."""

from __future__ import annotations

__all__ = ["ASYMMETRIES", "FACE_UNITS", "MACROS", "SLIDERS"]

_WAYS = {"size": ("decr", "incr"), "up": ("down", "up"), "out": ("in", "out"), "forward": ("backward", "forward"),
         "convex": ("concave", "convex")}  # fmt: skip

_SAID = {"brow": "eyebrows", "belly": "stomach", "seat": "buttocks"}
"""What names of targets begin with, where our word is another."""


def _sliders() -> dict[str, tuple[str, str]]:
    """Name to the targets at -1 and at 1; empty where there is none."""
    found: dict[str, tuple[str, str]] = {}

    def add(prefix: str, folder: str, names: str, way: str) -> None:
        low, high = _WAYS[way]
        for name in names.split():
            short = name.removeprefix("l-").removeprefix("measure-").removeprefix(f"{_SAID.get(prefix, prefix)}-").replace("-", "_")
            suffix = "" if way == "size" else f"_{way}"
            start = "" if short.startswith(("upper", "lower")) and prefix in ("arm", "leg") else f"{prefix}_"
            found[f"{start}{short}{suffix}"] = (f"{folder}/{name}-{low}", f"{folder}/{name}-{high}")

    add("head", "head", "head-age head-fat head-back-scale-depth head-scale-depth head-scale-horiz head-scale-vert", "size")
    add("head", "head", "head-angle", "out")
    for shape in "oval round rectangular square triangular invertedtriangular diamond".split():
        found[f"head_{shape}"] = ("", f"head/head-{shape}")
    add("forehead", "forehead", "forehead-nubian forehead-scale-vert forehead-temple", "size")
    add("forehead", "forehead", "forehead-trans", "forward")
    add("brow", "eyebrows", "eyebrows-angle eyebrows-trans", "up")
    add("brow", "eyebrows", "eyebrows-trans", "forward")
    add("eye", "eyes", "l-eye-bag l-eye-bag-height l-eye-height1 l-eye-height2 l-eye-height3 l-eye-scale", "size")
    add("eye", "eyes", "l-eye-bag l-eye-epicanthus l-eye-push1 l-eye-push2 l-eye-trans", "out")
    add("eye", "eyes", "l-eye-corner1 l-eye-corner2 l-eye-eyefold-angle l-eye-eyefold l-eye-trans", "up")
    add("eye", "eyes", "l-eye-eyefold", "convex")
    add("nose", "nose", "nose-flaring nose-greek nose-hump nose-nostrils-width nose-point-width nose-scale-depth "
        "nose-scale-horiz nose-scale-vert nose-septumangle nose-volume nose-width1 nose-width2 nose-width3", "size")  # fmt: skip
    add("nose", "nose", "nose-base nose-nostrils-angle nose-point nose-trans", "up")
    add("nose", "nose", "nose-curve", "convex")
    add("nose", "nose", "nose-trans", "forward")
    found["nose_compression"] = ("nose/nose-compression-uncompress", "nose/nose-compression-compress")
    add("mouth", "mouth", "mouth-cupidsbow mouth-cupidsbow-width mouth-lowerlip-height mouth-lowerlip-volume "
        "mouth-lowerlip-width mouth-philtrum-volume mouth-scale-depth mouth-scale-horiz mouth-scale-vert "
        "mouth-upperlip-height mouth-upperlip-volume mouth-upperlip-width", "size")  # fmt: skip
    add("mouth", "mouth", "mouth-angles mouth-lowerlip-ext mouth-lowerlip-middle mouth-trans mouth-upperlip-ext "
        "mouth-upperlip-middle", "up")  # fmt: skip
    add("mouth", "mouth", "mouth-dimples mouth-laugh-lines", "out")
    add("mouth", "mouth", "mouth-trans", "forward")
    add("chin", "chin", "chin-bones chin-cleft chin-height chin-jaw-drop chin-prognathism chin-prominent chin-width", "size")
    found["chin_triangle"] = ("", "chin/chin-triangle")
    add("cheek", "cheek", "l-cheek-bones l-cheek-inner l-cheek-volume", "size")
    add("cheek", "cheek", "l-cheek-trans", "up")
    add("ear", "ears", "l-ear-flap l-ear-lobe l-ear-scale l-ear-scale-depth l-ear-scale-vert l-ear-wing", "size")
    add("ear", "ears", "l-ear-rot l-ear-trans", "forward")
    add("ear", "ears", "l-ear-trans", "up")
    found["ear_pointed"] = ("ears/l-ear-shape-triangle", "ears/l-ear-shape-pointed")
    found["ear_round"] = ("ears/l-ear-shape-square", "ears/l-ear-shape-round")
    add("neck", "neck", "neck-double neck-scale-depth neck-scale-horiz neck-scale-vert neck-back-scale-depth", "size")
    add("torso", "torso", "torso-scale-depth torso-scale-horiz torso-scale-vert torso-vshape torso-muscle-dorsi "
        "torso-muscle-pectoral measure-shoulder-dist measure-waist-circ measure-hips-circ", "size")  # fmt: skip
    add("hip", "hip", "hip-scale-depth hip-scale-horiz hip-scale-vert", "size")
    add("hip", "hip", "hip-waist", "up")
    add("belly", "stomach", "stomach-tone stomach-pregnant", "size")
    add("seat", "buttocks", "buttocks-volume", "size")
    add("arm", "arms", "l-upperarm-fat l-upperarm-muscle l-upperarm-scale-vert l-upperarm-shoulder-muscle l-lowerarm-fat "
        "l-lowerarm-muscle l-lowerarm-scale-vert", "size")  # fmt: skip
    add("hand", "hands", "l-hand-scale l-hand-fingers-length l-hand-fingers-diameter", "size")
    add("leg", "legs", "l-upperleg-fat l-upperleg-muscle l-upperleg-scale-vert l-lowerleg-fat l-lowerleg-muscle "
        "l-lowerleg-scale-vert", "size")  # fmt: skip
    add("foot", "feet", "l-foot-scale l-foot-scale-horiz", "size")
    return found


SLIDERS = _sliders()

ASYMMETRIES = tuple(f"{name}-{side}" for name in (
    "asym-brown-1", "asym-brown-2", "asym-cheek-1", "asym-ear-1", "asym-eye-1", "asym-eye-4", "asym-jaw-1", "asym-mouth-1",
    "asym-mouth-2", "asym-nose-1", "asym-nose-3", "asym-temple-1",
) for side in "lr")  # fmt: skip
"""Small differences of a face's two sides."""


def _macros() -> dict[str, str]:
    """Name (its factors, sorted by kind, with dots) to target."""
    found: dict[str, str] = {}
    ages = ("baby", "child", "young", "old")
    levels = {"muscle": ("minmuscle", "averagemuscle", "maxmuscle"), "weight": ("minweight", "averageweight", "maxweight")}
    for gender in ("female", "male"):
        for age in ages:
            for people in ("african", "asian", "caucasian"):
                found[f"{people}.{gender}.{age}"] = f"macrodetails/{people}-{gender}-{age}"
            for muscle in levels["muscle"]:
                for weight in levels["weight"]:
                    found[f"{gender}.{age}.{muscle}.{weight}"] = f"macrodetails/universal-{gender}-{age}-{muscle}-{weight}"
            for weight in levels["weight"]:
                for height in ("minheight", "maxheight"):
                    name = f"macrodetails/height/{gender}-{age}-averagemuscle-{weight}-{height}"
                    found[f"{gender}.{age}.{weight}.{height}"] = name
            if age != "baby":
                for how in ("idealproportions", "uncommonproportions"):
                    name = f"macrodetails/proportions/{gender}-{age}-averagemuscle-averageweight-{how}"
                    found[f"{gender}.{age}.{how}"] = name
    for age in ("young", "old"):
        for cup in ("mincup", "averagecup", "maxcup"):
            for firmness in ("minfirmness", "averagefirmness", "maxfirmness"):
                if (cup, firmness) != ("averagecup", "averagefirmness"):
                    found[f"female.{age}.{cup}.{firmness}"] = f"breast/female-{age}-averagemuscle-averageweight-{cup}-{firmness}"
    return found


MACROS = _macros()

FACE_UNITS = tuple(
    "browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight "
    "eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight eyeLookOutLeft eyeLookOutRight "
    "eyeLookUpLeft eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft eyeWideRight jawForward jawLeft jawOpen jawRight "
    "mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft "
    "mouthLowerDownRight mouthPressLeft mouthPressRight mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower "
    "mouthShrugUpper mouthSmileLeft mouthSmileRight mouthStretchLeft mouthStretchRight mouthUpperUpLeft mouthUpperUpRight "
    "noseSneerLeft noseSneerRight tongueOut".split()
)
"""The 52 blend shapes of ARKit, in the order of their names."""
