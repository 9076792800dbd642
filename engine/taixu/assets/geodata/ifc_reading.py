"""The process that buildings are read in: ``python -m taixu.assets.geodata.ifc_reading FILE`` writes an encoded model."""

from __future__ import annotations

import sys
from pathlib import Path

from taixu.assets.apart import run_apart
from taixu.assets.geodata.ifc import decode_ifc
from taixu.assets.model_cache import encode_model

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(run_apart(lambda: encode_model(decode_ifc(Path(sys.argv[1])))))
