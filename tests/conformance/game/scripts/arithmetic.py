"""The same arithmetic to the last bit."""
import game


def on_start():
    many = game.columns("transform", "translation", "scale", "cell")
    x, y, z = many.translation[0], many.translation[1], many.translation[2]
    for column in (
        x + y, x - 0.1, 0.1 - x, x * y, x / 3, 3 / (x + 10), x // 2, x % 3, x**2, -x, abs(x - 2), x + 1, x * 2.5,
        game.sqrt(abs(x)), game.sin(x), game.cos(x * 100), game.exp(x / 10), game.floor(x / 3), game.atan2(x, z + 1),
        game.minimum(x, y), game.maximum(x, 0.3), game.clamp(x, 0.1, 0.7), game.length(many.translation),
        game.where(x > y, x, y), game.where((x > 0.1) & (y < 3) | ~(z == 0), 1.0, x), game.where(x != x, 1, 2),
    ):  # fmt: skip
        game.log(column.tolist())
    for column in (x > 0.1, x >= 1, x < y, x <= 2, (x > 0) ^ (y > 0)):
        game.log(column.tolist(), bool(column.any()), bool(column.all()))
    game.log(game.sum(x), game.sum(many.translation[2] * 1.1), game.smallest(y), game.largest(y), game.sum(x > 0))
    game.log((many.translation * 2 + many.scale).tolist(), (many.translation * x).tolist(), (-many.translation).tolist())
    cells = many.cell[0]
    game.log((cells + 1).tolist(), (cells * 0.5).tolist(), (cells / 2).tolist(), (x * cells).tolist(), (cells > 0).tolist())
    game.log(game.sqrt(2), game.sin(1.0), game.minimum(1, 2.5), game.clamp(5, 0, 1), game.floor(2.7), game.length((3, 4)))
    game.log(game.exp(1), game.cos(0.5), game.atan2(1, 2), game.where(True, 1, 2), game.maximum(3, 2))
    x += y
    x *= 3
    x -= 1
    x /= 7
    x[1] = 9
    x[0:1] = 4
    x[x > 5] = 5
    game.log(x.tolist(), x[x > 1].tolist(), x[1:3].tolist(), len(x), many.translation[0, 1] == x[1])
