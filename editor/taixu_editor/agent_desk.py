"""Where agents are let in to a running editor, and asked about. All they want is done between frames, in the window's thread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.edit import Nothing, Operation, Session
from taixu.errors import TaixuError
from taixu.platform.backend import wake_pump
from taixu_editor.agents import AgentServer, AgentTools, Answer, Applied, Bridge, Consent, Request

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["AgentDesk", "PortParameters", "Question", "agent_operations"]

_SPEND_SECS = 0.008
_ANSWER_SECS = 120.0
_QUIET_SECS = 0.6
_MOST_REFUSALS = 3


@dataclass(frozen=True, slots=True)
class PortParameters:
    """A port of this machine; any that is free, where it is 0."""

    port: int = 0


@dataclass(slots=True)
class Question:
    """What an agent waits to hear."""

    request: Request
    answered: Callable[[Answer], None]
    until: float
    is_open: bool = True

    def answer(self, answer: Answer) -> None:
        """Say it, once."""
        if self.is_open:
            self.is_open = False
            self.answered(answer)


class AgentDesk:
    """The server of a window, the questions that wait, and what was allowed while it listens.

    Attributes
    ----------
    consent
        What each tool may do; empty again when nobody is let in any more.
    questions
        Those that no one has answered yet; the first is shown.
    served
        How many batches agents have applied.
    """

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.consent = Consent(ask=self._ask)
        self.server: AgentServer | None = None
        self.questions: list[Question] = []
        self.served = 0
        self._bridge = Bridge()
        self._starting: Thread | None = None
        self._started: AgentServer | Exception | None = None
        self._refusals: Counter[str] = Counter()
        self._shown: Question | None = None
        self._busy_at = monotonic()

    @property
    def is_on(self) -> bool:
        """Whether agents are let in."""
        return self.server is not None

    @property
    def is_starting(self) -> bool:
        """Whether they will be in a moment."""
        return self._starting is not None

    def start(self, port: int = 0) -> None:
        """Let agents in from soon on; the libraries for it are loaded beside the window, which goes on meanwhile."""
        if self.is_on or self.is_starting:
            return
        self._bridge, tools = Bridge(wake=wake_pump), AgentTools(self._window.host)
        tools.on_applied.append(self._applied)
        make = partial(AgentServer, tools, self._bridge, self.consent, port=port)

        def run() -> None:
            try:
                self._started = make()
            except Exception as error:  # said by the window's thread
                self._started = error

        self._starting = Thread(target=run, name="agents come", daemon=True)
        self._starting.start()

    def stop(self) -> None:
        """Let nobody in any more, at once; what was allowed is forgotten."""
        if self._starting is not None:
            self._starting.join()
            self._take_up()
        server, self.server = self.server, None
        if server is not None:
            server.stop()
            Thread(target=server.close, name="agents go", daemon=True).start()
        for question in self.questions:
            question.answer("no")
        self.questions.clear()
        self.consent.allowed.clear()
        self.consent.refused.clear()
        self._refusals.clear()

    def configuration(self) -> str:
        """What a client of the Model Context Protocol is told, as JSON; empty while nobody is let in."""
        if self.server is None:
            return ""
        headers = json.dumps({"Authorization": f"Bearer {self.server.token}"})
        fields = ('"type": "http"', f'"url": "{self.server.url}"', f'"headers": {headers}')
        return '{"mcpServers": {"taixu": {\n  ' + ",\n  ".join(fields) + "\n}}}"

    def frame(self) -> None:
        """Before a frame: serve who waits, unless the user is about to do something with the mouse, and ask."""
        if self._starting is not None:
            self._window.pacing.wake()
            if not self._starting.is_alive():
                self._take_up()
        if self.server is None:
            return
        if self._bridge.waiting or self.questions:
            self._window.pacing.wake()
        if imgui.is_any_mouse_down():
            self._busy_at = monotonic()
        elif self._bridge.waiting:
            self._window.window.make_current()
            self._bridge.serve(spend_secs=_SPEND_SECS)
        self._follow_questions()

    def _take_up(self) -> None:
        """The server is made, or could not be."""
        started, self._starting, self._started = self._started, None, None
        window = self._window
        if isinstance(started, AgentServer):
            self.server = started
            started.start()
            window.shell.toasts.say(window.t("Agents are let in at port {port}", port=started.port), "success")
        elif started is not None:
            window.shell.say_error(str(started))

    # -- asking ------------------------------------------------------------------------------------------------------
    def _ask(self, request: Request, answered: Callable[[Answer], None]) -> None:
        self.questions.append(Question(request, answered, monotonic() + _ANSWER_SECS))

    def _follow_questions(self) -> None:
        """Answer what answers itself, and show the first that does not, when the user's hands are still."""
        now = monotonic()
        if self._window.events:
            self._busy_at = now
        for question in self.questions:
            if not question.request.is_wanted() or now > question.until:
                question.answer("nobody")
            elif self.consent.is_free(question.request.tool):
                question.answer("once")
            elif question.request.tool in self.consent.refused:
                question.answer("no")
        self.questions = [each for each in self.questions if each.is_open]
        is_shown = self._shown is not None and self._shown.is_open
        if self.questions and not is_shown and now - self._busy_at > _QUIET_SECS:
            from taixu_editor.consent_dialog import ConsentDialog

            self._shown = self.questions[0]
            self._window.shell.dialogs.open(ConsentDialog(self._window, self._shown))

    def decide(self, question: Question, answer: Answer) -> None:
        """What the user said. Who is refused again and again is not asked about any more."""
        tool = question.request.tool
        if answer == "no":
            self._refusals[tool] += 1
            if self._refusals[tool] >= _MOST_REFUSALS:
                self.consent.refused.add(tool)
        else:
            self._refusals[tool] = 0
        question.answer(answer)

    # -- what they did -----------------------------------------------------------------------------------------------
    def _applied(self, applied: Applied) -> None:
        """Say it where it can be undone; what was touched is selected already."""
        from taixu_editor.widgets.difference_list import summary_of

        window = self._window
        self.served += 1
        what = summary_of(applied.difference, window.t) or window.t("nothing changed")
        step = window.host.session.history.steps[0][-1:]
        undo = partial(window.shell.later, partial(self._undo, step))
        window.shell.toasts.say(f"{applied.label} – {what}", action="Undo" if step else "", act=undo)

    def _undo(self, step: Sequence[object]) -> None:
        session = self._window.host.session
        done = session.history.steps[0] if session.worlds else []
        while done and done[-1:] != list(step) and not done[-1].is_edit:  # what was selected since
            self._window.do("history.undo")
            done = session.history.steps[0]
        if done[-1:] != list(step):
            raise TaixuError("something else was done since; undo goes back step by step")
        self._window.do("history.undo")


def agent_operations(window: EditorWindow) -> tuple[Operation, ...]:
    """Letting agents in; the window's own, so nobody does it for the user."""

    def start(host: Host, p: PortParameters) -> None:
        if not 0 <= p.port <= 65535:
            raise TaixuError(f"there is no port {p.port}; ports go from 0 to 65535")
        window.shell.agents.start(p.port)

    def stop(host: Host, p: Nothing) -> None:
        window.shell.agents.stop()

    def is_on(session: Session) -> str:
        return "agents are let in already" if window.shell.agents.is_on else ""

    def is_off(session: Session) -> str:
        return "" if window.shell.agents.is_on else "no agent is let in"

    return (
        Operation("agents.start", "Let agents in", run=start, parameters=PortParameters, blocked=is_on),
        Operation("agents.stop", "Let no agent in any more", run=stop, blocked=is_off),
    )
