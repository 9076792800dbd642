"""``python -m taixu`` is the command ``taixu``."""

from __future__ import annotations

import sys

from taixu.cli import main

if __name__ == "__main__":
    sys.exit(main())
