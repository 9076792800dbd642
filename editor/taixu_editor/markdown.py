"""The Markdown that the guide is written in, as blocks: headings, paragraphs, lists, tables, code, pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Block", "Span", "parse_markdown"]

Style = Literal["plain", "bold", "italic", "code", "link"]
Kind = Literal["heading", "paragraph", "item", "code", "table", "picture", "rule"]

_INLINE = re.compile(  # with limits, so that a line of brackets alone is no work
    r"(?P<code>`[^`]{1,400}`)|(?P<bold>\*\*[^*]{1,400}\*\*)|(?P<italic>(?<![\w*])\*[^*\s][^*]{0,400}\*(?!\w))"
    r"|\[(?P<text>[^\]]{1,400})\]\((?P<target>[^)\s]{1,400})\)"
)
_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)\s*\Z")
_ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*+]|\d{1,3}[.)]) +(?P<rest>.*)")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})\s*\Z")
_LINE = re.compile(r"\|?(?: *:?-{2,}:? *\|)+ *:?-*:? *\|?\s*\Z")
_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; a link has a target."""

    text: str
    style: Style = "plain"
    target: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page.

    Attributes
    ----------
    level
        Of a heading, from 1; of an item, how deep it stands, from 0.
    mark
        What stands before an item; the language of code; the file of a picture.
    spans
        The text; of code one span for each line.
    rows
        Of a table: cells, the header's row first.
    """

    kind: Kind
    spans: tuple[Span, ...] = ()
    level: int = 0
    mark: str = ""
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = field(default=())


def parse_markdown(text: str) -> list[Block]:
    """Read a page; what is no Markdown of ours is a paragraph."""
    lines = text.splitlines()[:_MOST_LINES]
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        stripped = line.strip()
        if not stripped:
            at += 1
        elif stripped.startswith("```"):
            at = _code(lines, at, blocks)
        elif stripped.startswith("#"):
            level = len(stripped) - len(stripped.lstrip("#"))
            blocks.append(Block("heading", _spans(stripped.lstrip("#").strip()), level=min(level, 6)))
            at += 1
        elif picture := _PICTURE.match(stripped):
            blocks.append(Block("picture", (Span(picture["alt"]),), mark=picture["target"]))
            at += 1
        elif _RULE.match(stripped):
            blocks.append(Block("rule"))
            at += 1
        elif stripped.startswith("|") and at + 1 < len(lines) and _LINE.match(lines[at + 1].strip()):
            at = _table(lines, at, blocks)
        else:
            at = _text(lines, at, blocks)
    return blocks


def _code(lines: list[str], at: int, blocks: list[Block]) -> int:
    language, held = lines[at].strip()[3:].strip(), list[Span]()
    at += 1
    while at < len(lines) and not lines[at].strip().startswith("```"):
        held.append(Span(lines[at].expandtabs(4), "code"))
        at += 1
    blocks.append(Block("code", tuple(held), mark=language))
    return at + 1


def _table(lines: list[str], at: int, blocks: list[Block]) -> int:
    rows = []
    while at < len(lines) and lines[at].strip().startswith("|"):
        if not _LINE.match(lines[at].strip()):
            rows.append(tuple(_spans(cell.strip()) for cell in lines[at].strip().strip("|").split("|")))
        at += 1
    blocks.append(Block("table", rows=tuple(rows)))
    return at


def _text(lines: list[str], at: int, blocks: list[Block]) -> int:
    """A paragraph or an item, with the lines that go on with it."""
    item = _ITEM.match(lines[at])
    held = [item["rest"] if item else lines[at].strip()]
    at += 1
    while at < len(lines):
        line = lines[at]
        if not line.strip() or line.strip().startswith(("```", "#", "|")) or _ITEM.match(line) or _PICTURE.match(line.strip()):
            break
        held.append(line.strip())
        at += 1
    spans = _spans(" ".join(held))
    if item:
        mark = item["mark"] if item["mark"][0].isdigit() else ""
        blocks.append(Block("item", spans, level=len(item["indent"]) // 2, mark=mark))
    else:
        blocks.append(Block("paragraph", spans))
    return at


def _spans(text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            found.append(Span(text[at : match.start()]))
        if match["code"]:
            found.append(Span(match["code"][1:-1], "code"))
        elif match["bold"]:
            found.append(Span(match["bold"][2:-2], "bold"))
        elif match["italic"]:
            found.append(Span(match["italic"][1:-1], "italic"))
        else:
            found.append(Span(match["text"].replace("`", ""), "link", match["target"]))
        at = match.end()
    if at < len(text):
        found.append(Span(text[at:]))
    return tuple(found)
