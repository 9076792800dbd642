"""Entities that hang below themselves, as a merge of two good worlds can leave them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from taixu.edit.findings import Findings
from taixu.edit.ids import id_texts

__all__ = ["looping_parents", "note_loops"]


def note_loops(parents: Mapping[str, str], findings: Findings) -> None:
    """Warn of each circle of parents, naming its entities.

    A world with one opens: parents in a circle count as none, as they do everywhere (`taixu.scene`), so nothing is lost
    and the circle can be mended.

    Parameters
    ----------
    parents
        Id of the parent by that of the child.
    """
    done: set[str] = set()
    for key in parents:
        chain: dict[str, None] = {}
        here = key
        while here in parents and here not in done:
            done.add(here)
            chain[here] = None
            here = parents[here]
        if here in chain:
            names = list(chain)
            loop = [*names[names.index(here) :], here]
            shown = " -> ".join(loop[:6]) + (" -> ..." if len(loop) > 6 else "")
            message = f"hangs below itself ({shown}), and counts as having no parent; give one of them another"
            findings.warning(f"entities.{here}.parent.entity", message)


def looping_parents(ids: NDArray[np.uint64], parents: NDArray[np.uint64]) -> dict[str, str]:
    """Parents by child, of those that hang on a circle; nearly always nobody, and a million take a fraction of a second.

    Parameters
    ----------
    ids, parents : uint64 arrays [n]
        Stable ids of children and of their parents (0: none).
    """
    order = np.argsort(ids)
    children, above = ids[order], parents[order]
    found = np.minimum(np.searchsorted(children, above), max(len(children) - 1, 0))
    is_here = children[found] == above if len(children) else np.zeros(0, bool)
    # Each row's ancestor, twice as far up in every round; the last row stands for nobody.
    up = np.append(np.where(is_here, found, len(children)), len(children))
    for _ in range(max(len(children), 1).bit_length() + 1):
        if (up == len(children)).all():
            return {}
        up = up[up]
    left = np.flatnonzero(up[:-1] != len(children))
    return dict(zip(id_texts(children[left]), id_texts(above[left]), strict=True))
