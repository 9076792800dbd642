"""The parts of a server: one a file, and none knows another."""

from __future__ import annotations

from taixu.serve.facts import FactsBoard
from taixu.serve.part import Part
from taixu.serve.parts.alarms import AlarmsPart
from taixu.serve.parts.branches import BranchesPart
from taixu.serve.parts.cases import CasesPart
from taixu.serve.parts.entities import EntitiesPart
from taixu.serve.parts.fields import FieldsPart
from taixu.serve.parts.history import HistoryPart
from taixu.serve.parts.live import LivePart
from taixu.serve.parts.measures import MeasuresPart
from taixu.serve.parts.orders import OrdersPart
from taixu.serve.parts.page import PagePart
from taixu.serve.parts.pictures import PicturesPart
from taixu.serve.parts.plans import PlansPart
from taixu.serve.parts.readings import ReadingsPart
from taixu.serve.parts.scene import ScenePart
from taixu.serve.parts.scenery import SceneryPart
from taixu.serve.parts.screen import ScreenPart
from taixu.serve.parts.search import SearchPart
from taixu.serve.parts.sources import SourcesPart
from taixu.serve.parts.status import StatusPart
from taixu.serve.past import Pasts
from taixu.serve.shelf import MeshShelf
from taixu.serve.skeletons import SkeletonShelf
from taixu.twin.inbox import Inbox

__all__ = ["make_parts"]


def make_parts(board: FactsBoard, inbox: Inbox) -> list[Part]:
    """All that `taixu serve` has."""
    shelf, skeletons = MeshShelf(), SkeletonShelf()
    pasts = Pasts(shelf, skeletons)
    history = HistoryPart(pasts)
    live = LivePart(board)
    parts: list[Part] = [
        ReadingsPart(inbox), AlarmsPart(board), OrdersPart(board), SourcesPart(board),
        ScenePart(shelf, skeletons, pasts), history, SceneryPart(shelf, skeletons), live, ScreenPart(live.listeners),
        MeasuresPart(board, history), CasesPart(board, history), PlansPart(), BranchesPart(), EntitiesPart(),
        FieldsPart(), SearchPart(history), PagePart(), PicturesPart(),
    ]  # fmt: skip
    return [StatusPart(board, parts), *parts]
