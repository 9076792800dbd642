"""Hot reload: scripts that were saved replace those that run, and take their values along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taixu.errors import TaixuError
from taixu.script.instance import Instance
from taixu.script.loader import ScriptFile
from taixu.script.watchdog import ScriptTooLong

if TYPE_CHECKING:
    from taixu.script.host import ScriptHost

__all__ = ["Reloader"]


class Reloader:
    """Reloads the scripts of one host."""

    def __init__(self, host: ScriptHost) -> None:
        self._host = host

    def reload_changed(self) -> list[str]:
        """Reload the scripts that were saved since they were loaded; returns their paths."""
        if not self._host.trusted:
            return []
        saved = self._host.library.saved()
        if self._host.modules.saved():
            self._host.modules.forget()  # who imported a helper has to import it again
            saved = self._host.library.paths()
        for path in saved:
            self._reload(path)
        return saved

    def _reload(self, path: str) -> None:
        users = [item for item in self._host.instances.values() if item.path == path]
        try:
            script = self._host.library.load(path)
            fresh = [self._fresh(instance, script) for instance in users]
        except TaixuError as error:
            kept = self._host.library.refuse(path, str(error))
            kept_text = ", its last good version runs on" if kept else ""
            self._host.say("error", f"{path} is not reloaded{kept_text}: {error}", topic="reload")
            return
        self._host.library.accept(script)
        for old, new in zip(users, fresh):
            self._swap(old, new)
        failed = sum(1 for instance in fresh if instance.error)
        count = f"{len(users)} {'entity' if len(users) == 1 else 'entities'}"
        if failed:
            self._host.say("error", f"{path} is reloaded, but stopped in {failed} of {count}", topic="reload")
        else:
            self._host.say("info", f"{path} is reloaded, field values are kept ({count})", topic="reload")

    def _fresh(self, old: Instance, script: ScriptFile) -> Instance:
        """A new instance beside the old one, its top level run; the old one stays as it is if that raises."""
        new = Instance(old.entity, old.stable_id, old.path, old.world_seed, enabled=old.enabled, authored=old.authored)
        if not old.enabled:
            return new  # runs from the start when it is enabled
        before, self._host.acting = self._host.acting, new
        try:
            self._host.watchdog.begin()
            try:
                new.execute(script, self._host.modules.builtins)
            finally:
                self._host.watchdog.end()
        except (Exception, SystemExit, ScriptTooLong) as error:
            raise TaixuError(self._host.explain(old.path, error, script)[1]) from None
        finally:
            self._host.acting = before
        return new

    def _swap(self, old: Instance, new: Instance) -> None:
        ran, state = old.running, None
        if ran and "on_save" in old.callbacks:
            state = self._host.call(old, "on_save", old.callbacks["on_save"])
        self._host.timers.drop(old)
        new.spawned = old.spawned
        self._host.instances[old.entity] = new
        if new.script is None:
            return
        self._host.set_fields(new, {**old.authored, **old.changed_fields()})
        new.started = True
        if ran:
            new.random.setstate(old.random.getstate())
            self._host.resume(new, state)
        else:
            self._host.begin(new)
