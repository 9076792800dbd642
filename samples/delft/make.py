"""Makes a living town of Delft's city model: python make.py delft.city.json OUT

The model is TU Delft's and does not ship with Taixu: https://github.com/cityjson/cjio has it under tests/data. Where the
environment variable TAIXU_CONTENT names a folder of third-party content, its ``cityjson/delft.city.json`` is taken.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PEOPLE = 252
HALF_M = 110.0
"""The middle of the town, this far to each side of the origin."""
AREA = [-55.0, -20.0, 40.0, 70.0]
"""Where they are at first: x, z to x, z."""
HOMES = [[-70.0, 0.0, 40.0], [29.8, -0.38, 89.8], [0.0, -0.2, 0.0]]
"""Metres: x, the ground's height, z."""


def main(model: Path, out: Path, *settings: str) -> None:
    """The town by one command, and then who lives in it."""
    words = [sys.executable, "-m", "taixu", "generate", "city", "--from", str(model), "--out", str(out / "assets")]
    words += [word for each in settings for word in ("--set", each)]
    if status := subprocess.run(words, check=False, stdout=subprocess.DEVNULL).returncode:  # it has said why
        sys.exit(status)
    place = json.loads((out / "assets" / "place.world.json").read_text())
    for entity in place["entities"].values():
        _lead_to_assets(entity)
    place["entities"] |= {f"{0xDE1F7000 + number:016x}": entity for number, entity in enumerate(living())}
    (out / "worlds").mkdir(exist_ok=True)
    (out / "worlds" / "main.world.json").write_text(json.dumps(place, indent=1))
    (out / "assets" / "place.world.json").unlink()
    (out / "taixu.toml").write_text('[project]\nname = "Delft"\nversion = "0.1.0"\nfirst_world = "worlds/main.world.json"\n')


def living() -> list[dict[str, Any]]:
    """People who go home, to three places of the town, and how close together they are."""
    groups = [
        {"count": PEOPLE // len(HOMES), "area": AREA, "height": 0.0, "goals": [home], "seed": number}
        for number, home in enumerate(HOMES)
    ]
    box = {"cell_m": 0.4, "low": [-HALF_M, -4.0, -HALF_M], "high": [HALF_M, 6.0, HALF_M]}
    heat = {"show": "heat", "kind": "density", "size": [2 * HALF_M, 10.0, 2 * HALF_M], "cell_m": 2.0, "reach_m": 6.0}
    return [
        {"name": {"text": "where people walk"}, "navigation": box},
        {"name": {"text": "people"}, "simulation": {"kind": "people", "name": "people", "settings": {"groups": groups}}},
        {"name": {"text": "how close they are"}, "field_map": heat, "transform": {"position": [0.0, 0.0, 0.0]}},
    ]


def _lead_to_assets(entity: dict[str, Any]) -> None:
    """Files of the place lie in the project's assets now."""
    for component in entity.values():
        for name, value in component.items() if isinstance(component, dict) else ():
            if isinstance(value, str) and value.rpartition(".")[2] in ("gltf", "glb", "png", "jpg", "bin", "npy"):
                component[name] = f"assets/{value}"


if __name__ == "__main__":
    known = Path(os.environ.get("TAIXU_CONTENT", "../shared/content")) / "cityjson" / "delft.city.json"
    given = [Path(word) for word in sys.argv[1:3]]
    if not given and not known.is_file():
        sys.exit("make.py wants a city model: python make.py delft.city.json OUT")
    main(given[0] if given else known, given[1] if len(given) > 1 else Path("delft"), *sys.argv[3:])
