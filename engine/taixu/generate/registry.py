"""Which generators there are: Taixu's by name, those of plugins by their attribute ``generators``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError, UsageError
from taixu.generate.generator import Generator

__all__ = ["BUILT_IN", "Generators", "import_generator", "reference_of"]

BUILT_IN = {
    "taixu.generate.sound:SoundGenerator": ("sound", "sound"),
    "taixu.generate.avatars.generator:AvatarGenerator": ("avatar", "avatar"),
    "taixu.generate.avatars.sheet_generator:AvatarSheetGenerator": ("avatar-sheet", "avatar-sheet"),
    "taixu.generate.avatars.sheet_generator:CartoonSheetGenerator": ("cartoon-sheet", "cartoon-sheet"),
    "taixu.generate.materials.generator:MaterialGenerator": ("material", "material"),
    "taixu.generate.materials.graph_generator:GraphGenerator": ("graph", "material"),
    "taixu.generate.mesh_texturing.solid_generator:MeshMaterialGenerator": ("mesh-material", "mesh"),
    "taixu.generate.mesh_texturing.painted_generator:PaintedMeshGenerator": ("painted-mesh", "mesh"),
    "taixu.generate.diffusion.generator:DiffusionGenerator": ("diffusion", "texture"),
    "taixu.generate.pictures.texture_generator:TextureGenerator": ("texture", "texture"),
    "taixu.generate.pictures.material_generator:PictureMaterialGenerator": ("material-of-picture", "material"),
    "taixu.generate.pictures.model_material_generator:ModelMaterialGenerator": ("material-of-model", "material"),
    "taixu.generate.pictures.upscale_generator:UpscaleGenerator": ("upscale", "texture"),
    "taixu.generate.gate.generator:RepairGenerator": ("repair", "repair"),
    "taixu.generate.mesh_models.shap_e:ShapEGenerator": ("shap-e", "mesh"),
    "taixu.generate.mesh_models.triposg:TripoSGGenerator": ("triposg", "mesh"),
    "taixu.generate.mesh_models.hunyuan3d:Hunyuan3DGenerator": ("hunyuan3d", "mesh"),
    "taixu.generate.mesh_models.trellis2:Trellis2Generator": ("trellis2", "mesh"),
    "taixu.generate.places.terrain_generator:TerrainGenerator": ("terrain", "terrain"),
    "taixu.generate.places.plants.generator:PlantGenerator": ("plant", "plant"),
    "taixu.generate.places.buildings.generator:BuildingGenerator": ("building", "building"),
    "taixu.generate.places.planned.generator:PlannedBuildingGenerator": ("planned-building", "building"),
    "taixu.generate.places.settlements.generator:VillageGenerator": ("village", "village"),
    "taixu.generate.places.settlements.generator:CityGenerator": ("city", "city"),
    "taixu.generate.places.mapped.generator:MappedCityGenerator": ("map-city", "city"),
    "taixu.generate.places.rocks.generator:RockGenerator": ("rock", "rock"),
    "taixu.generate.places.props.generator:PropGenerator": ("prop", "prop"),
    "taixu.generate.places.skies.generator:SkyGenerator": ("sky", "sky"),
    "taixu.generate.places.dungeons.generator:DungeonGenerator": ("dungeon", "dungeon"),
    "taixu.generate.worlds.generator:WorldGenerator": ("world", "world"),
    "taixu.mods.authoring.generator:ScriptGenerator": ("script", "script"),
    "taixu.mods.authoring.language.generator:LanguageScriptGenerator": ("script-model", "script"),
}
"""Taixu's own: name and what it makes by reference, so that only those are imported that somebody asks for. What stands first is
asked first for what it makes."""

_WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_DECLARED = ("name", "makes", "summary", "suffix")


class Generators:
    """The generators that are known.

    Parameters
    ----------
    plugins
        Whether installed plugins are asked, too: their attribute ``generators`` holds generator classes.

    Attributes
    ----------
    problems
        What did not load, a sentence each.
    """

    def __init__(self, *, plugins: bool = True) -> None:
        self._known: dict[str, Generator] = {}
        self._makes = dict(BUILT_IN.values())
        self._waiting = {name: reference for reference, (name, _) in BUILT_IN.items()}
        self.problems: list[str] = []
        if plugins:
            self._add_plugins()

    def add(self, generator: type[Generator]) -> None:
        """Make a generator known.

        Raises
        ------
        TaixuError
            When it declares itself badly, cannot be imported by a worker process, or its name is taken.
        """
        missing = [name for name in _DECLARED if not isinstance(getattr(generator, name, None), str)]
        if missing:
            raise TaixuError(f"the generator {generator.__qualname__} lacks {', '.join(missing)}")
        for word in (generator.name, generator.makes):
            if not _WORD.fullmatch(word):
                raise TaixuError(f"the generator {generator.__qualname__} has {word[:40]!r}, which is no name in lower case")
        if generator.name in self._makes:
            raise TaixuError(f"two generators are called {generator.name!r}")
        if "<locals>" in generator.__qualname__ or generator.__module__ == "__main__":
            raise TaixuError(f"the generator {generator.name!r} must stand in a module, where worker processes can import it")
        unset = [each.name for each in fields(generator.parameters) if each.default is MISSING and each.default_factory is MISSING]
        if unset:
            raise TaixuError(f"the generator {generator.name!r} has parameters without a default: {', '.join(unset)}")
        self._known[generator.name], self._makes[generator.name] = generator(), generator.makes

    def find(self, name: str, *, model: str = "", parents: Sequence[Path] = ()) -> Generator:
        """A generator by its name, or the one that fits best of those that make what is named.

        Parameters
        ----------
        model
            Where the user names weights, those that use weights come before those that use none.
        parents
            Where the user names files to make it from, those that want such files come before those that want none.

        Raises
        ------
        UsageError
            When there is none.
        """
        if self._makes.get(name, name) != name:
            return self._named(name)
        makers = [self._named(each) for each, makes in self._makes.items() if makes == name]
        makers.sort(key=lambda each: (*_misfit(each, bool(model), parents), bool(_lack(each))))
        if makers:
            return makers[0]
        names = sorted({*self._makes, *self.kinds})
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
        raise UsageError(f"nothing here makes {name[:40]!r}; {hint}")

    @property
    def kinds(self) -> list[str]:
        """What can be made."""
        return sorted(set(self._makes.values()))

    def __iter__(self) -> Iterator[Generator]:
        return iter([self._named(name) for name in self._makes])

    def _named(self, name: str) -> Generator:
        """A generator that is known, imported when it is first wanted."""
        reference = self._waiting.pop(name, "")
        if reference:
            self._known[name] = import_generator(reference)()
        return self._known[name]

    def _add_plugins(self) -> None:
        from taixu.app import find_plugins, load_plugin

        for point in find_plugins():
            try:
                for generator in getattr(load_plugin(point), "generators", ()):
                    self.add(generator)
            except TaixuError as error:
                self.problems.append(str(error))
            except Exception as error:  # a plugin must not take the others with it
                self.problems.append(f"the plugin {point.name!r} offers generators that cannot be made: {error}")


def _misfit(generator: Generator, has_model: bool, parents: Sequence[Path]) -> tuple[bool, bool]:
    """How badly a generator goes with what the user names: weights count most, files after them."""
    needs = generator.needs
    uses_model = needs.weights or (has_model and needs.optional_weights)
    wants = bool(needs.parents) or (bool(parents) and needs.optional_parents)
    takes = wants and (not needs.suffixes or all(each.name.lower().endswith(needs.suffixes) for each in parents))
    return uses_model != has_model, takes != bool(parents)


def _lack(generator: Generator) -> str:
    try:
        generator.check_machine()
    except TaixuError as error:
        return str(error)
    return ""


def reference_of(generator: Generator) -> str:
    """``module:Class``, as worker processes find it."""
    return f"{type(generator).__module__}:{type(generator).__qualname__}"


def import_generator(reference: str) -> type[Generator]:
    """The class of a reference."""
    module, _, name = reference.partition(":")
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    if not (isinstance(found, type) and issubclass(found, Generator)):
        raise TaixuError(f"{reference} is no generator")
    return found
