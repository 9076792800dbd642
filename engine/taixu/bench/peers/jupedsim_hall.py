"""jupedsim's collision-free speed model in the hall of ``taixu bench city``: ``python -m taixu.bench.peers.jupedsim_hall``.

It prints a JSON object: ``wall_secs`` of its steps alone, and who was ``out`` after a minute. jupedsim needs numpy, shapely and
deprecated alone: ``pip install --no-deps jupedsim``.
"""

from __future__ import annotations

import json
from time import perf_counter

__all__ = ["main"]

_DT_SECS = 0.05
_DOOR_M = 4.0


def main() -> None:
    """Run it."""
    try:
        import jupedsim as jps
    except ImportError as error:
        print(json.dumps({"skipped": f"jupedsim is not installed: pip install --no-deps jupedsim deprecated ({error})"}))
        return
    from taixu.bench.city.people import HALL_M, HALL_PEOPLE, HALL_SECS, hall_places

    half, door = HALL_M / 2, _DOOR_M / 2
    outline = [(-half, -half), (half, -half), (half, -door), (half + 6, -door), (half + 6, door), (half, door), (half, half),
               (-half, half)]  # fmt: skip
    simulation = jps.Simulation(model=jps.CollisionFreeSpeedModel(), geometry=outline, dt=_DT_SECS)
    goal = simulation.add_exit_stage([(half + 3, -door), (half + 6, -door), (half + 6, door), (half + 3, door)])
    journey = simulation.add_journey(jps.JourneyDescription([goal]))
    for place in hall_places().tolist():
        simulation.add_agent(jps.CollisionFreeSpeedModelAgentParameters(
            position=tuple(place), journey_id=journey, stage_id=goal, radius=0.2, desired_speed=1.34,
        ))  # fmt: skip
    began = perf_counter()
    for _ in range(round(HALL_SECS / _DT_SECS)):
        simulation.iterate()
    wall = perf_counter() - began
    out = HALL_PEOPLE - simulation.agent_count()
    print(json.dumps({"wall_secs": round(wall, 2), "faster": round(HALL_SECS / wall, 1), "out": out, "dt_secs": _DT_SECS}))


if __name__ == "__main__":
    main()
