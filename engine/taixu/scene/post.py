"""What a camera makes of light: exposure, glow, focus, motion, its lens, and how the picture is graded.

Each component stands once in a world, and holds for all of its cameras. A world without one has none of it.
"""

from __future__ import annotations

from math import pi

from taixu.ecs import F32, U32, AssetPath, Bool, EntityRef, Vec3, component, field

__all__ = ["POST_COMPONENTS", "AutoExposure", "Bloom", "ColorGrading", "DepthOfField", "Lens", "MotionBlur"]


@component("auto_exposure")
class AutoExposure:
    """Brightness that follows what the camera sees, in place of the environment's exposure. One in a world."""

    enabled: Bool = field(default=True)
    compensation_ev: F32 = field(default=0.0, minimum=-8.0, maximum=8.0, doc="Stops that are added: above 0 is brighter.")
    strength: F32 = field(
        default=0.8, minimum=0.0, maximum=1.0, doc="1 brings everything to the same brightness; with less, nights stay darker."
    )
    min_ev: F32 = field(default=-4.0, minimum=-16.0, maximum=16.0, doc="Fewest stops.")
    max_ev: F32 = field(default=6.0, minimum=-16.0, maximum=16.0, doc="Most stops: each doubles the brightness.")
    center_weight: F32 = field(default=0.5, minimum=0.0, maximum=1.0, doc="How much more the middle of the picture counts.")
    brighter_secs: F32 = field(default=1.2, minimum=0.0, maximum=60.0, unit="s", doc="Time to get used to the dark.")
    darker_secs: F32 = field(default=0.4, minimum=0.0, maximum=60.0, unit="s", doc="Time to get used to the light.")


@component("bloom")
class Bloom:
    """Light that spreads about what is bright, as in any lens. One in a world."""

    enabled: Bool = field(default=True)
    intensity: F32 = field(default=0.06, minimum=0.0, maximum=1.0, doc="The part of all light that spreads.")
    radius: F32 = field(default=0.8, minimum=0.0, maximum=1.0, doc="How far it spreads.")
    threshold: F32 = field(
        default=0.0, minimum=0.0, maximum=100.0, doc="Only light above this spreads; 0, as in life, is all. White is 1."
    )


@component("depth_of_field")
class DepthOfField:
    """Sharp at one distance, and blurred before and behind it, as a lens of this aperture does. One in a world."""

    enabled: Bool = field(default=True)
    focus_m: F32 = field(default=5.0, minimum=0.05, maximum=100_000.0, unit="m", doc="Distance at which things are sharp.")
    focus_on: EntityRef = field(default=0, doc="What stays sharp wherever it goes, in place of the distance.")
    f_stop: F32 = field(default=2.8, minimum=0.5, maximum=64.0, doc="Aperture: 1.4 blurs much, 16 little.")
    sensor_height_m: F32 = field(
        default=0.024, minimum=0.001, maximum=1.0, unit="m", doc="The larger, the more is blurred: 0.024 is a full-frame camera."
    )
    blades: U32 = field(default=6, minimum=0, maximum=16, doc="Corners of spots that are out of focus; below 3 they are round.")


@component("motion_blur")
class MotionBlur:
    """What moves while the shutter is open is smeared, in films and in windows. One in a world."""

    enabled: Bool = field(default=True)
    shutter_rad: F32 = field(
        default=pi, minimum=0.0, maximum=2 * pi, unit="rad", doc="How long the shutter is open: 180° is half of a frame."
    )


@component("lens")
class Lens:
    """What a lens and a film add to a picture. One in a world."""

    enabled: Bool = field(default=True)
    vignette: F32 = field(default=0.3, minimum=0.0, maximum=1.0, doc="How dark the corners are.")
    chromatic_aberration: F32 = field(default=0.0, minimum=0.0, maximum=1.0, doc="How far colours part towards the corners.")
    distortion: F32 = field(default=0.0, minimum=-1.0, maximum=1.0, doc="Above 0 lines bend outwards as a barrel's, below inwards.")
    flare: F32 = field(default=0.0, minimum=0.0, maximum=1.0, doc="Ghosts that bright lights leave in the lens.")
    grain: F32 = field(default=0.0, minimum=0.0, maximum=1.0, doc="Noise as of film.")


@component("color_grading")
class ColorGrading:
    """How the colours of the finished picture are moved. One in a world."""

    enabled: Bool = field(default=True)
    temperature_k: F32 = field(
        default=6500.0, minimum=1700.0, maximum=25000.0, unit="K",
        doc="Light of this colour looks white: above 6500 the picture is warmer.",
    )  # fmt: skip
    tint: F32 = field(default=0.0, minimum=-1.0, maximum=1.0, doc="Towards green below 0, towards magenta above.")
    contrast: F32 = field(default=1.0, minimum=0.0, maximum=4.0, doc="About middle grey.")
    saturation: F32 = field(default=1.0, minimum=0.0, maximum=4.0, doc="0 is grey.")
    lift: Vec3 = field(default=(0.0, 0.0, 0.0), minimum=-1.0, maximum=1.0, doc="Added to the shadows: red, green, blue.")
    gamma: Vec3 = field(default=(1.0, 1.0, 1.0), minimum=0.1, maximum=10.0, doc="Above 1 lightens what is between.")
    gain: Vec3 = field(default=(1.0, 1.0, 1.0), minimum=0.0, maximum=4.0, doc="The lights, multiplied.")
    lut: AssetPath = field(default="", doc="A table of colours (*.cube) for the finished picture.")
    lut_strength: F32 = field(default=1.0, minimum=0.0, maximum=1.0, doc="How much of the table is seen.")


POST_COMPONENTS = (AutoExposure, Bloom, DepthOfField, MotionBlur, Lens, ColorGrading)
