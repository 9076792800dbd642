"""What the script is told, chance, and vectors."""
import game

speed: float = game.field(2.5, min=0, max=10, unit="m/s")
who: str = "Lamp"
tint: game.Color = game.Color(1, 0.5, 0)
place: game.Vec3 = (1, 2, 3)
sound: game.Asset = "sounds/a.ogg"
count: int = 3


def on_start():
    game.log("fields", speed, who, tint, place, sound, count)
    game.log(game.entity.name, game.entity == game.find("Host"), isinstance(game.entity, game.Entity))
    game.log([game.random.randint(0, 99) for _ in range(5)], round(game.random.random(), 9), game.random.choice("abcdef"))
    turn = game.Quat.from_axis_angle((0, 1, 0), 1.0)
    game.log(turn * game.Vec3(1, 2, 3), turn.inverse(), turn.forward, turn.slerp(game.Quat(), 0.5))
    game.log((game.Vec3(1, 2, 3) + game.Vec3(1)).cross((0, 1, 0)).normalized().length, "warned", level="warning")
    print("printed", 1, 2)


def on_tick(dt):
    game.log(game.tick, round(game.time, 6), round(dt, 6), round(game.dt, 6), game.random.random() < 0.5)
