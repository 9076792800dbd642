"""An alarm clock for scripts that wait inside C: a pattern that backtracks for hours, a sleep, a socket that nobody answers.

No thread can end those: they are in no bytecode, and some of them hold the interpreter. A signal can, where the operating
system has them, for what waits in C asks for signals. The clock belongs to the process, so programs that own theirs (the
editor, the player) say that scripts may have it; worlds in other people's programs go without.
"""

from __future__ import annotations

import signal
import threading
from time import monotonic
from types import CodeType, FrameType
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from taixu.script.watchdog import Watchdog

__all__ = ["arm_for", "end_alarms", "know", "use_alarms"]

_GRACE_SECS = 0.5
"""So much later than the watching thread, which names the line where it can."""
_AGAIN_SECS = 0.05
_watched: WeakSet[Watchdog] = WeakSet()
_rings_at = 0.0  # 0 while the clock is not set
_is_used = False


def use_alarms() -> None:
    """Let this process's alarm clock end scripts that wait inside C; nothing happens where there is none, or others have it."""
    global _is_used
    is_main = threading.current_thread() is threading.main_thread()
    if hasattr(signal, "setitimer") and is_main and signal.getsignal(signal.SIGALRM) == signal.SIG_DFL:
        signal.signal(signal.SIGALRM, _ring)
        _is_used = True


def end_alarms() -> None:
    """Give the alarm clock back."""
    global _is_used, _rings_at
    if _is_used:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _is_used, _rings_at = False, 0.0


def know(watchdog: Watchdog) -> None:
    """Ask this one, too, when the clock rings."""
    _watched.add(watchdog)


def arm_for(watchdog: Watchdog) -> None:
    """A call that is watched begins in the main thread: the clock is set, where it is not. It is not put back at each end."""
    if _is_used and not _rings_at and threading.get_ident() == threading.main_thread().ident:
        _set(watchdog.limit_secs + _GRACE_SECS)


def _set(secs: float) -> None:
    global _rings_at
    _rings_at = monotonic() + secs
    signal.setitimer(signal.ITIMER_REAL, secs)


def _ring(number: int, frame: FrameType | None) -> None:
    """Set the clock anew while a call lasts; end the call that lasted too long."""
    global _rings_at
    _rings_at = 0.0
    late = [watchdog for watchdog in list(_watched) if watchdog.since]
    if not late:
        return
    left = min(watchdog.limit_secs + _GRACE_SECS - (monotonic() - watchdog.since) for watchdog in late)
    _set(max(left, _AGAIN_SECS))
    if left <= 0 and frame is not None and not _is_own(frame.f_code):
        from taixu.script.watchdog import ScriptTooLong

        raise ScriptTooLong


def _is_own(code: CodeType) -> bool:
    """Whether a watchdog is at work just now, which has to come to its end."""
    from taixu.script.watchdog import Watchdog

    return code in (Watchdog.begin.__code__, Watchdog.end.__code__)
