"""What is in the starter library: words and a seed for each, in a few materials and sounds that a first world needs."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["RECIPES", "Recipe"]


@dataclass(frozen=True)
class Recipe:
    """A thing of the library.

    Attributes
    ----------
    path
        In the library, without role and ending.
    settings
        Parameters that go before what the words mean.
    roles
        Which of the files that are made are kept; all, where none are named.
    """

    path: str
    generator: str
    prompt: str
    seed: int = 1
    settings: dict[str, object] = field(default_factory=dict)
    roles: tuple[str, ...] = ()


def _material(name: str, prompt: str, seed: int = 1) -> Recipe:
    """Half a thousand pixels a side as JPEG; heights stay behind, which have sixteen bits and are as large as all else."""
    roles = ("base_color", "normal", "orm", "emission", "graph")
    return Recipe(f"materials/{name}/{name}", "material", prompt, seed, {"size_px": 512}, roles)


def _sound(name: str, prompt: str, seed: int = 1) -> Recipe:
    return Recipe(f"sounds/{name}", "sound", prompt, seed)


RECIPES = (
    _material("bricks", "bricks"),
    _material("cobbles", "grey cobbles"),
    _material("concrete", "concrete"),
    _material("fabric", "blue denim"),
    _material("grass", "grass"),
    _material("marble", "white marble"),
    _material("metal", "brushed metal"),
    _material("planks", "oak planks"),
    _material("plaster", "white plaster"),
    _material("sand", "sand"),
    _sound("click", "a short click"),
    _sound("coin", "a bright coin"),
    _sound("footstep", "a footstep"),
    _sound("hit", "a dull hit"),
    _sound("jump", "a jump"),
    _sound("splash", "a splash of water"),
)
