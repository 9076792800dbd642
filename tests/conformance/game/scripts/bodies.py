"""Bodies and joints: what is asked of physics."""
import game


def rays():
    hits = yield game.raycasts([(0, 5, 0), (50, 5, 0)], [(0, -1, 0), (0, -1, 0)], max_distance=20, mask=3)
    game.log(game.tick, [hit and (hit.entity.name, hit.position, hit.normal, hit.distance) for hit in hits])
    again = game.raycasts([], [])
    game.log(again.ready, again.hits)
    yield
    game.log(again.ready, again.hits)
    game.log("ready before", (yield again))


def on_start():
    game.start(rays())
    body, arm = game.find("Body"), game.find("Arm")
    game.log(game.velocity(body), body.rigid_body.mass_kg, game.joint_positions(arm))
    game.apply_impulse(body, (0, 5, 0))
    game.apply_force(body, (1, 0, 0), at=(0, 1, 0))
    game.set_velocity(body, (0, 0, 1), angular=(0, 1, 0))
    game.set_velocity(body, angular=game.Vec3(1, 0, 0))
    game.set_joint_target(arm, "elbow", 0.5)
