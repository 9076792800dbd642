"""Processes of a twin: state machines that entities go through, their cases, and where those lose their time.

`process` reads them, `engine` moves cases over whole columns once a step, `cases` are what somebody follows, `mining` finds in
recorded cases how long each state takes and which one holds all of them up.
"""

from __future__ import annotations

from taixu.twin.processes.cases import Case, Cases, Visit
from taixu.twin.processes.engine import ProcessEngine
from taixu.twin.processes.mining import ProcessReport, StateTimes, mine_cases
from taixu.twin.processes.process import Process, read_processes

__all__ = ["Case", "Cases", "Process", "ProcessEngine", "ProcessReport", "StateTimes", "Visit", "mine_cases", "read_processes"]
