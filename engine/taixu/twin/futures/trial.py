"""What is tried in a branch: a plan, a scenario, other settings of simulators, commands; read from what somebody sends.

    {"name": "by the north gate", "seconds": 600, "plan": "clear the hall"}
    {"name": "cloudburst", "seconds": 600, "scenario": "cloudburst"}
    {"name": "pumps on", "seconds": 600, "set": {"weather.rain": [80, 0]},
     "do": [{"control": "pump", "of": "device.kind == 'pump'", "value": true}]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.simulation.worlds import Simulation
from taixu.twin.plans.plan import Act, Plan, read_act
from taixu.twin.settings_lists import read_listed, read_name, read_object

__all__ = ["Scenario", "Trial", "put_settings", "read_scenarios", "read_trial"]

_MOST_SCENARIOS, _MOST_SETTINGS, _MOST_ACTS = 100, 100, 50
_MOST_SETTING_BYTES = 1 << 20
_MOST_SECS = 86_400.0
_OF_SCENARIO = frozenset({"name", "set", "do"})
_OF_TRIAL = frozenset({"name", "seconds", "pace", "plan", "scenario", "set", "do"})


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """What might be: settings of simulators by ``name.setting``, and commands that are obeyed at once."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What is tried.

    Attributes
    ----------
    seconds
        How far the branch runs ahead, simulated.
    pace
        At most so many simulated seconds a second.
    scenario
        Its name; empty where there is none.
    settings, acts
        Those of the scenario and its own.
    """

    name: str
    seconds: float
    pace: float = float("inf")
    plan: Plan | None = None
    scenario: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()


def read_scenarios(raw: Any, components: Components, *, controls: frozenset[str]) -> list[Scenario]:
    """The scenarios of a world's settings (``twin.scenarios``).

    Raises
    ------
    TaixuError
        With the first that is wrong.
    """

    def read(item: Any) -> Scenario:
        item = read_object(item, _OF_SCENARIO, what="a scenario")
        name = read_name(item.get("name"), what="a scenario")
        return Scenario(name, _settings(item.get("set", {})), _acts(item.get("do", []), components, controls))

    return read_listed(raw, read, where="twin.scenarios", most=_MOST_SCENARIOS, name_of=lambda each: each.name)


def read_trial(
    raw: Any, components: Components, *, plans: Mapping[str, Plan], scenarios: Mapping[str, Scenario], controls: frozenset[str]
) -> Trial:
    """What somebody wants to try.

    Raises
    ------
    TaixuError
        When it is wrong, or there is no such plan or scenario.
    """
    raw = read_object(raw, _OF_TRIAL, what="a branch")
    name = read_name(raw.get("name"), what="a branch")
    secs, pace = _number(raw.get("seconds", 600.0), "seconds", most=_MOST_SECS), _number(raw.get("pace", 1e9), "pace", most=1e9)
    plan = _chosen(raw.get("plan", ""), plans, "plan")
    scenario = _chosen(raw.get("scenario", ""), scenarios, "scenario")
    settings, acts = _settings(raw.get("set", {})), _acts(raw.get("do", []), components, controls)
    if scenario is not None:
        settings, acts = {**scenario.settings, **settings}, scenario.acts + acts
    return Trial(name, secs, pace, plan, "" if scenario is None else scenario.name, settings, acts)


def put_settings(world: World, settings: Mapping[str, Any]) -> None:
    """Have simulators of a world go by other settings; they begin anew by them.

    Raises
    ------
    TaixuError
        When there is no such simulator; nothing is changed then.
    """
    wanted: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        name, _, setting = key.partition(".")
        wanted.setdefault(name, {})[setting] = value
    tables = list(world.query(Simulation).tables())
    named = [
        [name or kind for name, kind in zip(table.read(Simulation, "name").tolist(), table.read(Simulation, "kind").tolist())]
        for table in tables
    ]
    known = {name for names in named for name in names}
    for name in wanted:
        if name not in known:
            raise TaixuError(f"there is no simulator {name[:60]!r}; there are {', '.join(sorted(known)) or 'none'}")
    for table, names in zip(tables, named):
        column = table.read(Simulation, "settings").copy()
        for row, name in enumerate(names):
            if name in wanted:
                column[row] = {**(column[row] or {}), **wanted[name]}
        if wanted.keys() & set(names):
            table.set(Simulation, "settings", column)


def _chosen(name: Any, among: Mapping[str, Any], what: str) -> Any:
    if name in ("", None):
        return None
    if not isinstance(name, str) or name not in among:
        raise TaixuError(f"there is no {what} {str(name)[:60]!r}; there are {', '.join(sorted(among)) or 'none'}")
    return among[name]


def _settings(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or len(raw) > _MOST_SETTINGS:
        raise TaixuError(f'set takes an object of at most {_MOST_SETTINGS} settings such as {{"weather.rain": [80, 0]}}')
    for key, value in raw.items():
        name, _, setting = str(key).partition(".")
        if not name or not setting:
            raise TaixuError(f"set: {str(key)[:60]!r} is no simulator's setting such as weather.rain")
        try:
            size = len(json.dumps(value, allow_nan=False))
        except (ValueError, TypeError, RecursionError):
            raise TaixuError(f"set: {key[:60]} takes plain JSON of finite numbers") from None
        if size > _MOST_SETTING_BYTES:
            raise TaixuError(f"set: {key[:60]} is larger than {_MOST_SETTING_BYTES >> 20} MB")
    return dict(raw)


def _acts(raw: Any, components: Components, controls: frozenset[str]) -> tuple[Act, ...]:
    return tuple(read_listed(raw, lambda item: read_act(item, components, controls), where="do", most=_MOST_ACTS))


def _number(raw: Any, what: str, *, most: float) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not 0 < raw <= most:
        raise TaixuError(f"{what} takes a number above 0 and at most {most:g}")
    return float(raw)
