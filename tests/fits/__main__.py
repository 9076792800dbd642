"""Find coefficients of shaders anew: ``python tests/fits reflection anisotropy refraction openness``; ``leaning`` for areas."""

from __future__ import annotations

import argparse
import sys
import tempfile
from os import environ
from pathlib import Path

from taixu.gpu import create_device


def main() -> None:
    """Print what is found for each name."""
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "support")]
    from leaning import refit as refit_leaning
    from lobes import FITS, lobe_glsl, refit
    from openness import refit_openness

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[*FITS, "openness"], help="which fits; all, if none is named")
    parser.add_argument("--skies", type=int, default=12)
    parser.add_argument("--places", type=int, default=150, help="in each sky")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ["TAIXU_CACHE"] = folder
        device = create_device()
        for name in given.names:
            if name == "leaning":
                refit_leaning()
                continue
            if name == "openness":
                found, error, shader = refit_openness()
            else:
                found, error, shader = refit(device, FITS[name], skies=given.skies, places=given.places)
            print(f"{name}: {error:.4f} off (root mean square), the shader {shader:.4f}\n{lobe_glsl(name, found)}", flush=True)


main()
