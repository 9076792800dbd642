"""After a call was ended the interpreter is as it was: profilers and debuggers go on."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys, time
from taixu.script.watchdog import ScriptTooLong, Watchdog

watchdog = Watchdog(0.05)
for sleeps in (False, True):  # ended while it runs, and too late: when it comes back from C
    try:
        watchdog.begin()
        try:
            while not sleeps:
                pass
            time.sleep(0.4)
        finally:
            watchdog.end()
    except ScriptTooLong:
        pass
watchdog.close()
calls = []
sys.setprofile(lambda frame, event, argument: calls.append(event))
(lambda: None)()
sys.setprofile(None)
print(len(calls))
"""


def test_a_profiler_does_not_hang_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 2
