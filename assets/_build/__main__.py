"""Makes the starter library in ``assets/library``: ``make assets``, or ``python assets/_build [--out FOLDER]``.

The same code gives the same bytes, on every machine of one kind: it works on the processor alone, on one thread, with the
instructions that all of them have. Signatures (``NAME.c2pa``) are the exception, because C2PA salts them with chance: one that is
there and still holds is left as it is.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
_MADE = "TAIXU_ASSETS_MADE_IN"
"""Names the folder of a child, which has the environment that it needs."""


def main() -> int:
    """Make the library anew; change the files that differ, drop those that belong to nothing, sign what is not signed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE.parent / "library", help="where the library goes; people go beside it")
    parser.add_argument("--no-sign", action="store_true", help="leave signatures as they are")
    parser.add_argument("--no-people", action="store_true", help="leave the data of people as it is")
    args = parser.parse_args()
    sys.path.insert(0, str(HERE))
    if made_in := os.environ.get(_MADE):
        from library import make_library

        make_library(Path(made_in))
        return 0
    with tempfile.TemporaryDirectory(prefix="taixu-assets-") as folder:
        made = Path(folder, "library")
        environment = os.environ | _steady() | {_MADE: str(made), "TAIXU_CACHE": str(Path(folder, "cache"))}
        for name in ("TAIXU_MARK_KEY", "TAIXU_PRODUCER"):
            environment.pop(name, None)
        subprocess.run([sys.executable, str(HERE)], env=environment, check=True)
        from library import take_over

        if not args.no_people:
            command = [sys.executable, str(HERE / "people_files.py"), str(args.out.parent / "avatars")]
            subprocess.run(command, env=environment, check=True)
        for line in take_over(made, args.out, sign=not args.no_sign):
            print(line)  # noqa: T201
    return 0


def _steady() -> dict[str, str]:
    """What makes numpy and its algebra count alike on machines of one kind."""
    found = {"TAIXU_GENERATE_ON": "processor", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    if platform.machine().lower() in ("x86_64", "amd64"):  # wider instructions round sines and powers otherwise
        found |= {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": _wider_than_avx2()}
    return found


def _wider_than_avx2() -> str:
    """Instructions that numpy would choose here and that older machines lack."""
    from numpy._core import _multiarray_umath as umath

    has = umath.__cpu_features__
    return " ".join(name for name in umath.__cpu_dispatch__ if name.startswith("AVX512") and has.get(name)) or "AVX512F"


if __name__ == "__main__":
    sys.exit(main())
