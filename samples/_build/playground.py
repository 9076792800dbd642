"""The playground: a sunlit toy box of a few hundred bodies. Everything in it moves because something pushed it."""

from __future__ import annotations

from math import cos, pi, radians, sin

import numpy as np
from kit import PALETTE, Kit

import taixu as tx

__all__ = ["build_playground"]

_RAINBOW = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")


def build_playground(world: tx.World) -> None:
    """Fill an empty world."""
    kit = Kit(world)
    _stage(kit, world)
    _dominoes(kit)
    _wrecking_ball(kit, world)
    _seesaw(kit, world)
    _marble_run(kit)
    _castle_gate(kit, world)
    _robot(world)
    _toys(kit, world)


def _stage(kit: Kit, world: tx.World) -> None:
    floor = tx.Material(
        base_color=(1, 1, 1, 1),
        roughness=1.0,
        texture_scale=(7.6, 6.6),
        base_color_texture="assets/planks_color.jpg",
        normal_texture="assets/planks_normal.jpg",
        metallic_roughness_texture="assets/planks_surface.jpg",
    )
    kit.solid("floor", "box", (46, 1, 40), floor, (0, -0.5, -2), bevel_m=0.2, collider={"friction": 0.7})
    rug = tx.Material(
        base_color=PALETTE["teal"],
        roughness=1.0,
        texture_scale=(6, 6),
        base_color_texture="assets/felt_color.jpg",
        normal_texture="assets/felt_normal.jpg",
        metallic_roughness_texture="assets/felt_surface.jpg",
    )
    kit.look("rug", "cylinder", (13.4, 0.03, 13.4), rug, (-5.6, 0.016, 4.2), bevel_m=0.01)
    border = tx.Material(
        **{
            **{
                name: getattr(rug, name)
                for name in (
                    "roughness",
                    "texture_scale",
                    "base_color_texture",
                    "normal_texture",
                    "metallic_roughness_texture",
                )
            },
            "base_color": PALETTE["cream"],
        }
    )
    kit.look("rug border", "cylinder", (14.2, 0.02, 14.2), border, (-5.6, 0.011, 4.2), bevel_m=0.01)
    world.spawn(
        "sky",
        tx.Environment(
            sun_direction=(-0.52, 0.62, 0.50), turbidity=2.2, intensity=1.0, ground_color=(0.62, 0.68, 0.74)
        ),
    )
    world.spawn("sun", tx.Light(kind="directional", color=(1.0, 0.93, 0.82), intensity=3.2)).look_at(
        (0.52, -0.62, -0.50)
    )
    eye = world.spawn(
        "camera", tx.Camera(fov_y_rad=radians(34), near_m=0.2), tx.AudioListener(), position=(8.6, 9.4, 23.6)
    )
    eye.look_at((-0.8, 1.8, 0.0))
    world.spawn("knocks", tx.Script("scripts/knocks.py"))


def _dominoes(kit: Kit) -> None:
    """A spiral on the rug; the outermost is pushed by its script, the innermost rings a bell."""
    center, step, angle, radius = np.array([-5.6, 4.2]), 0.47, radians(-20), 5.7
    count = 0
    while radius > 1.25:
        x, z = center + radius * np.array([cos(angle), sin(angle)])
        name = _RAINBOW[count // 3 % len(_RAINBOW)]
        # The row runs along the tangent; a domino's thin side points that way.
        more = (tx.Script("scripts/push.py", {"after_secs": 0.6, "impulse": (0.0, 0.0, 1.1)}),) if count == 0 else ()
        kit.solid(
            f"domino {count + 1}",
            "box",
            (0.52, 1.02, 0.16),
            kit.material(name),
            (x, 0.54, z),
            mass_kg=0.8,
            turn=(-angle, 0, 0),
            bevel_m=0.03,
            collider={"friction": 0.35, "restitution": 0.05},
            more=more,
        )
        angle += step / radius
        radius -= step * 1.62 / (2 * pi * radius)
        count += 1


def _wrecking_ball(kit: Kit, world: tx.World) -> None:
    pivot, links, reach = np.array([3.4, 6.9, -5.6]), 9, 0.52
    steel = kit.metal(0.32, 0.45)
    for side in (-2.3, 2.3):
        z = pivot[2] + side
        kit.solid("gantry post", "box", (0.34, 7.2, 0.34), kit.material("yellow"), (pivot[0], 3.6, z))
        kit.solid("gantry foot", "box", (2.2, 0.3, 0.6), kit.material("dark"), (pivot[0], 0.15, z))
    beam = kit.solid("gantry beam", "box", (0.4, 0.4, 5.2), kit.material("yellow"), (pivot[0], 7.3, pivot[2]))
    lean = radians(68)
    along = np.array([sin(lean), -cos(lean), 0.0])
    above, start = beam, pivot
    for number in range(links):
        middle = start + along * reach / 2
        link = kit.solid(
            f"chain {number + 1}",
            "capsule",
            (0.15, reach, 0.15),
            steel,
            tuple(middle),
            mass_kg=1.5,
            turn=(0, 0, lean),
            body={"linear_damping": 0.02, "angular_damping": 0.08},
            collider={"layer": 2, "mask": 0},
        )
        world.spawn(f"joint {number + 1}", tx.Joint("ball", a=above.entity, b=link.entity), position=tuple(start))
        above, start = link, start + along * reach
    radius = 0.85
    ball = kit.solid(
        "wrecking ball",
        "sphere",
        (2 * radius,) * 3,
        kit.metal(0.16, 0.28),
        tuple(start + along * (radius - 0.05)),
        mass_kg=55,
        turn=(0, 0, lean),
        body={"ccd": True, "linear_damping": 0.01},
        collider={"restitution": 0.1},
    )
    world.spawn("ball joint", tx.Joint("ball", a=above.entity, b=ball.entity), position=tuple(start))
    _tower(kit, (pivot[0] - 1.5, pivot[2]))


def _tower(kit: Kit, at: tuple[float, float]) -> None:
    """Bricks in bond, a coloured one among the plain, crowned by cones."""
    size, rows, wide = (0.46, 0.44, 0.92), 9, 4
    rng = np.random.default_rng(4)
    for row in range(rows):
        shift = 0.25 if row % 2 else -0.25
        for column in range(wide):
            z = at[1] + (column - (wide - 1) / 2) * (size[2] + 0.01) + shift * size[2]
            color = _RAINBOW[int(rng.integers(8))] if rng.random() < 0.55 else "cream"
            kit.solid(
                f"brick {row * wide + column + 1}",
                "box",
                size,
                kit.material(color),
                (at[0], size[1] / 2 + row * (size[1] + 0.002), z),
                mass_kg=1.6,
                bevel_m=0.04,
                collider={"friction": 0.6},
            )
    for place in range(3):
        kit.solid(
            f"spire {place + 1}",
            "cone",
            (0.42, 0.6, 0.42),
            kit.material("red"),
            (at[0], rows * (size[1] + 0.002) + 0.3, at[1] + (place - 1) * 1.0),
            mass_kg=0.6,
            collider={"friction": 0.6},
        )


def _seesaw(kit: Kit, world: tx.World) -> None:
    x, z, height = -9.6, -4.4, 0.75
    for side in (-0.62, 0.62):
        kit.solid(
            "seesaw stand", "box", (0.5, height + 0.25, 0.18), kit.material("green"), (x, (height + 0.25) / 2, z + side)
        )
    plank = kit.solid(
        "seesaw",
        "box",
        (5.4, 0.16, 1.0),
        kit.material("orange"),
        (x, height, z),
        mass_kg=9,
        turn=(0, 0, radians(13)),
        collider={"friction": 0.8},
    )
    axle = world.spawn("seesaw axle", tx.Joint("hinge", b=plank.entity, axis=(0, 0, 1), limits=(-0.3, 0.3)))
    axle.position = (x, height, z)
    kit.look("axle", "cylinder", (0.14, 1.5, 0.14), kit.metal(), (x, height, z), turn=(0, pi / 2, 0))
    # The low end carries what is to fly, the weight falls on the high one.
    for place, color in enumerate(("pink", "blue", "yellow")):
        kit.solid(
            f"flyer {place + 1}",
            "sphere",
            (0.44,) * 3,
            kit.material(color),
            (x - 2.25 + 0.02 * place, 0.62 + 0.02, z - 0.3 + 0.3 * place),
            mass_kg=0.35,
            collider={"restitution": 0.55},
        )
    kit.solid("weight", "cylinder", (1.0, 1.1, 1.0), kit.metal(0.25, 0.4), (x + 2.1, 7.2, z), mass_kg=45, bevel_m=0.08)


def _marble_run(kit: Kit) -> None:
    x, z, length, drop = -4.2, -9.8, 5.6, radians(7)
    rng = np.random.default_rng(2)
    for level in range(5):
        side = 1 if level % 2 == 0 else -1
        y = 6.0 - 1.2 * level
        middle = x - side * 0.4
        turn = (0, 0, -side * drop)
        color = _RAINBOW[(level * 3 + 1) % 8]
        kit.solid(
            "ramp",
            "box",
            (length, 0.12, 0.84),
            kit.material(color),
            (middle, y, z),
            turn=turn,
            collider={"friction": 0.3},
        )
        for rail in (-0.4, 0.4):
            lift = 0.2
            place = (middle + sin(side * drop) * lift, y + cos(drop) * lift, z + rail)
            kit.solid(
                "rail",
                "box",
                (length, 0.34, 0.07),
                kit.material("cream"),
                place,
                turn=turn,
                bevel_m=0.03,
                collider={"friction": 0.1},
            )
        end = middle + side * (length / 2 + 0.78)
        if level < 4:
            kit.solid("stop", "box", (0.1, 1.3, 1.0), kit.material("wood"), (end, y - 0.75, z), bevel_m=0.03)
    for px in (x - 3.6, x + 3.6):
        for pz in (z - 0.62, z + 0.62):
            kit.solid("post", "box", (0.2, 6.9, 0.2), kit.material("wood"), (px, 3.45, pz))
    for number in range(18):
        row, column = divmod(number, 2)
        place = (x - 2.6 + 0.3 * row + float(rng.uniform(-0.02, 0.02)), 6.78 + 0.0 * row, z + 0.3 * (column - 0.5))
        surface = tx.Material(base_color=PALETTE[_RAINBOW[number % 8]], roughness=0.08, metallic=0.0)
        kit.solid(
            f"marble {number + 1}",
            "sphere",
            (0.26,) * 3,
            surface,
            place,
            mass_kg=0.12,
            collider={"friction": 0.2, "restitution": 0.3},
        )
    for px, pz, size in (
        (x + 3.3, z + 1.6, (3.6, 0.6, 0.12)),
        (x + 3.3, z - 0.9, (3.6, 0.6, 0.12)),
        (x + 5.1, z + 0.35, (0.12, 0.6, 2.6)),
    ):
        kit.solid("tray", "box", size, kit.material("wood"), (px, 0.3, pz), bevel_m=0.03)


def _castle_gate(kit: Kit, world: tx.World) -> None:
    x, z = 8.8, 2.2
    for side in (-1, 1):
        place = x + side * 1.75
        kit.solid("gate tower", "cylinder", (1.7, 3.2, 1.7), kit.material("cream"), (place, 1.6, z), bevel_m=0.06)
        kit.solid("gate roof", "cone", (2.2, 1.5, 2.2), kit.material("red"), (place, 3.95, z))
        kit.look("gate flag pole", "cylinder", (0.06, 0.9, 0.06), kit.metal(), (place, 5.05, z))
        kit.look("gate flag", "box", (0.6, 0.34, 0.03), kit.material("yellow"), (place + 0.33, 5.3, z), bevel_m=0.01)
    kit.solid("gate lintel", "box", (2.2, 0.6, 0.9), kit.material("cream"), (x, 2.75, z), bevel_m=0.06)
    for place in range(3):
        kit.look("battlement", "box", (0.42, 0.34, 0.9), kit.material("cream"), (x - 0.66 + 0.66 * place, 3.2, z))
    door = kit.solid(
        "door",
        "box",
        (1.86, 2.3, 0.14),
        kit.material("blue"),
        (x, 1.2, z),
        body={"kind": "kinematic"},
        more=(
            tx.Script("scripts/door.py", {"opens_for": "robot", "within_m": 2.6}),
            tx.AudioSource("assets/creak.wav", autoplay=False),
        ),
    )
    kit.look("door knob", "sphere", (0.16,) * 3, kit.metal(0.8, 0.2), (0.7, 0, 0.12), parent=door)
    kit.look("door knob", "sphere", (0.16,) * 3, kit.metal(0.8, 0.2), (0.7, 0, -0.12), parent=door)


def _robot(world: tx.World) -> None:
    world.spawn(
        "robot",
        tx.Model("assets/robot.glb"),
        tx.AnimationPlayer(clip="walk"),
        tx.Character(radius_m=0.36, height_m=0.8),
        tx.Script("scripts/walker.py", {"route": [[8.8, 6.6], [8.8, -1.6], [4.6, -1.2], [8.8, -1.6]], "speed": 1.5}),
        position=(8.8, 0.0, 6.6),
        rotation=(0, 1, 0, 0),
    )


def _toys(kit: Kit, world: tx.World) -> None:
    kit.solid("ring base", "cylinder", (2.0, 0.24, 2.0), kit.material("wood"), (1.2, 0.12, 5.6), bevel_m=0.08)
    kit.solid("ring peg", "cylinder", (0.3, 2.3, 0.3), kit.material("wood"), (1.2, 1.3, 5.6), bevel_m=0.1)
    for place, color in enumerate(("purple", "blue", "green", "yellow", "orange", "red")):
        wide = 1.75 - 0.17 * place
        kit.look("ring", "torus", (wide, 0.36, wide), kit.material(color), (1.2, 0.42 + 0.335 * place, 5.6))
    kit.solid(
        "beach ball",
        "sphere",
        (1.5,) * 3,
        kit.material("pink"),
        (3.6, 0.76, 8.0),
        mass_kg=0.5,
        collider={"restitution": 0.7},
    )
    for place, (x, y, z, yaw) in enumerate(
        ((-1.0, 0.5, -3.6, 0.2), (0.15, 0.5, -3.9, -0.1), (-0.5, 1.5, -3.75, 0.4), (1.4, 0.5, -2.0, 0.7))
    ):
        world.spawn(
            f"crate {place + 1}",
            tx.Model("assets/crate.glb"),
            tx.RigidBody(mass_kg=12),
            tx.Collider(shape="box", size=(1, 1, 1), friction=0.6),
            position=(x, y + 0.01, z),
            rotation=(0, sin(yaw / 2), 0, cos(yaw / 2)),
        )
    rng = np.random.default_rng(9)
    spots = (
        (3.4, 3.6),
        (4.6, 2.6),
        (5.4, 8.6),
        (-11.6, -8.2),
        (11.2, -1.4),
        (10.6, 8.4),
        (-12.6, 1.2),
        (2.2, 9.6),
        (12.2, 3.2),
    )
    for place, (x, z) in enumerate(spots):
        kinds = ("box", "cylinder", "box", "cone", "sphere")
        kind = kinds[place % 5]
        size = (0.9, 0.9, 0.9) if kind != "cone" else (0.9, 1.1, 0.9)
        kit.solid(
            f"block {place + 1}",
            kind,
            size,
            kit.material(_RAINBOW[(place * 3) % 8]),
            (x, size[1] / 2 + 0.01, z),
            mass_kg=1.2,
            turn=(float(rng.uniform(0, pi)), 0, 0),
            bevel_m=0.08,
            collider={"friction": 0.6},
        )
