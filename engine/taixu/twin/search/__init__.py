"""Search: things, what they said, and files, found by words, place, time, values and relations.

`reading` makes a `SearchQuery` of words by rules (English, Chinese), `asking` by a language model; whoever wrote it, it is checked
by `query`, and nothing else is carried out. `things` looks at the world's columns, `log` at the recording, `files` at sidecars.
"""

from __future__ import annotations

from taixu.twin.search.query import Condition, SearchQuery
from taixu.twin.search.results import Found, Match
from taixu.twin.search.searching import find

__all__ = ["Condition", "Found", "Match", "SearchQuery", "find"]
