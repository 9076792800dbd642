"""Scripts of the project that their entities want to have run as mods: loaded for an entity each, followed as they are edited."""

from __future__ import annotations

import ast
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.mods.script_access import access_of
from taixu.script import ScriptHost
from taixu.script.boxed import BoxedScript
from taixu.script.loader import MAX_SCRIPT_BYTES, Stamp, locate_script, stamp_of

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.mods.host import ModHost

__all__ = ["ScriptMods", "script_mod_name", "script_sources"]

_FOLDER = "scripts"


def script_mod_name(script: BoxedScript) -> str:
    """What a script that runs as a mod is called: one for each entity."""
    return f"{script.path}@{script.stable_id:x}"


def script_sources(root: Path, path: str) -> dict[str, str]:
    """A script and the helpers in ``scripts`` that it imports, as files of a mod; the script comes first.

    Raises
    ------
    TaixuError
        When one of them is not there, or no text.
    """
    found = {PurePosixPath(path).name: _text(root, path)}
    waiting = list(found.values())
    while waiting:
        for name in _imported(waiting.pop()):
            file = f"{name}.py"
            if file not in found and (root / _FOLDER / file).is_file():
                found[file] = _text(root, f"{_FOLDER}/{file}")
                waiting.append(found[file])
    return found


class ScriptMods:
    """The scripts that run as mods in a world, whose project is trusted."""

    def __init__(self, world: World, host: ModHost) -> None:
        self._world, self._host = world, host
        self._followed: dict[int, BoxedScript] = {}
        self._running: dict[int, BoxedScript] = {}
        self._stamps: dict[str, tuple[Stamp | None, ...]] = {}
        self.refused: dict[str, str] = {}
        """Why some do not run, by the mod's name."""

    @property
    def wanted(self) -> dict[int, BoxedScript]:
        """Those that there are, by entity."""
        return self._world.resource(ScriptHost).boxed if self._world.has_resource(ScriptHost) else {}

    @property
    def is_behind(self) -> bool:
        """Whether some were added, taken away or edited."""
        return self.wanted is not self._followed

    def follow(self) -> None:
        """Load and end mods so that they match the components."""
        wanted = self._followed = self.wanted
        for entity, script in list(self._running.items()):
            if wanted.get(entity) != script:
                self._end(entity)
        for entity, script in wanted.items():
            if entity not in self._running:
                self._load(entity, script)

    def refuse(self, why: str) -> None:
        """Run none of them, and say why: natively they never run."""
        self._followed = self.wanted
        for script in self._followed.values():
            self.refused[script_mod_name(script)] = why
            self._world.resource(ScriptHost).say("error", f"{script.path} does not run as a mod: {why}")

    def reload_changed(self) -> list[str]:
        """Reload those whose sources were saved since, state kept; paths of the scripts."""
        reloaded = []
        for script in list(self._running.values()):
            name = script_mod_name(script)
            stamps = self._stamp(script.path, self._host.mods[name].sources) if name in self._host.mods else ()
            if stamps == self._stamps.get(name, ()):
                continue
            self._stamps[name] = stamps
            try:
                sources = script_sources(self._root, script.path)
                if access_of(sources, self._world.resource(Components)).grants != self._host.mods[name].grants:
                    self._restart(script)  # the box gives it what it names; its fields are kept, they are the entity's
                elif not self._host.reload(name, sources):
                    continue
            except TaixuError as error:
                self._host.say("error", f"{script.path} is not reloaded: {error}", mod=self._host.mods[name])
            else:
                reloaded.append(script.path)
        return reloaded

    def restart(self, name: str) -> bool:
        """Start one anew, from nothing; whether there is one of that name."""
        script = next((each for each in self._running.values() if script_mod_name(each) == name), None)
        if script is not None:
            self._restart(script)
        return script is not None

    def _restart(self, script: BoxedScript) -> None:
        entity = next(handle for handle, each in self._running.items() if each == script)
        self._end(entity)
        self._load(entity, script)

    def _load(self, entity: int, script: BoxedScript) -> None:
        name = script_mod_name(script)
        self._running[entity] = script
        try:
            sources = script_sources(self._root, script.path)
            self._host.load(
                name, sources, entry=next(iter(sources)), grants=access_of(sources, self._world.resource(Components)).grants,
                values=script.fields, entity=entity, seed_key=f"{script.stable_id}:{script.path}",
            )  # fmt: skip
        except TaixuError as error:
            self.refused[name] = str(error)
            self._world.resource(ScriptHost).say("error", f"{script.path} does not run as a mod: {error}")
            return
        self.refused.pop(name, None)
        self._stamps[name] = self._stamp(script.path, sources)

    def _end(self, entity: int) -> None:
        name = script_mod_name(self._running.pop(entity))
        self.refused.pop(name, None)
        self._stamps.pop(name, None)
        if name in self._host.mods:
            self._host.unload(name)

    def _stamp(self, path: str, sources: object) -> tuple[Stamp | None, ...]:
        helpers = list(sources)[1:] if isinstance(sources, dict) else []
        return (stamp_of(self._root / path), *(stamp_of(self._root / _FOLDER / each) for each in helpers))

    @property
    def _root(self) -> Path:
        root = self._world.resource(ScriptHost).root
        if root is None:
            raise TaixuError("no project is open, so there are no scripts")
        return root


def _text(root: Path, path: str) -> str:
    file = locate_script(root, path)
    try:
        data = file.read_bytes() if file.stat().st_size <= MAX_SCRIPT_BYTES else None
        if data is None:
            raise TaixuError(f"script {path!r} is larger than {MAX_SCRIPT_BYTES >> 20} MB; split it")
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaixuError(f"script {path!r} cannot be read: {error}") from None


def _imported(text: str) -> list[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return [name for name in dict.fromkeys(found) if name.isidentifier()]
