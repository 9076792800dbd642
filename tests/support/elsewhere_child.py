"""The real helper, which believes that it runs on another system: ``elsewhere_child.py SYSTEM <settings as JSON>``.

Only the choice of the second wall is another; the first, and all that passes between engine and helper, is what it is. Calls of
that system that there are none of here fail, as they fail where a system is older than what it is asked.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from taixu.mods.box import helper, lockdown

if __name__ == "__main__":
    lockdown._SYSTEM = sys.argv.pop(1)
    if lockdown._SYSTEM == "win32":

        def missing(*_: Any, **__: Any) -> Any:
            raise OSError(2, "no such library")

        vars(ctypes)["WinDLL"] = missing
    helper.main()
