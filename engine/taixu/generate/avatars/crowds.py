"""Many people into files, in as many processes as there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.generate.avatars.spec import AvatarSpec, read_spec, spec_json

if TYPE_CHECKING:
    from taixu.app import Jobs

__all__ = ["write_crowd", "write_people"]

_CHUNK = 10


def write_crowd(jobs: Jobs, people: Sequence[AvatarSpec], folder: Path) -> list[Path]:
    """Write ``0001.vrm`` and so on into a folder that there is; gives the paths.

    What people have in common is read once a process, so chunks are not small.

    Raises
    ------
    JobError
        When somebody cannot be made, or written.
    """
    chunks = [range(start, min(start + _CHUNK, len(people))) for start in range(0, len(people), _CHUNK)]
    submitted = [
        jobs.submit(f"{__name__}:write_people", ([spec_json(people[number]) for number in chunk], str(folder), chunk[0]),
                    label="a crowd") for chunk in chunks
    ]  # fmt: skip
    jobs.wait(submitted)
    for job in submitted:
        if job.error is not None:
            raise job.error
    return [Path(path) for job in submitted for path in job.result]


def write_people(specs: Sequence[str], folder: str, first: int) -> list[str]:
    """Write people, whose specifications are JSON, counted from a number; gives the paths."""
    from taixu.assets.gltf import write_glb
    from taixu.generate.avatars.making import make_avatar

    paths = []
    for number, spec in enumerate(specs, first + 1):
        path = Path(folder, f"{number:04d}.vrm")
        write_glb(make_avatar(read_spec(spec)), path)
        paths.append(str(path))
    return paths
