"""XML from strangers: no entities, no outside documents, no bottomless nesting."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from taixu.errors import TaixuError

__all__ = ["parse_xml"]

_MAX_DEPTH = 256
_MAX_ELEMENTS = 2_000_000
"""Python needs some 350 bytes for each."""


def parse_xml(data: bytes, *, name: str) -> Element:
    """Parse a document; tags and attributes lose their namespace prefixes.

    Entity declarations are refused, for they are how small files become large ones (CWE-776) and how local files are
    read (CWE-611).

    Raises
    ------
    TaixuError
        When it is no XML, declares entities, or is nested more than 256 deep.
    """
    if data.count(b"<") - data.count(b"</") > _MAX_ELEMENTS + 1000:
        raise TaixuError(f"{name}: has more than {_MAX_ELEMENTS:,} elements; split it, or convert it to GLB")
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth += 1
        count += 1
        if depth > _MAX_DEPTH or count > _MAX_ELEMENTS:
            raise TaixuError(f"{name}: is nested too deeply or too large, at line {parser.CurrentLineNumber}")
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        builder.start(tag, {key.rpartition(":")[2]: value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag.rpartition(":")[2])

    def refuse(*_: Any) -> int:
        raise TaixuError(f"{name}: declares entities at line {parser.CurrentLineNumber}, which are not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(data.lstrip(), True)
        return builder.close()
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, str(error))
        raise TaixuError(f"{name}: is no XML: {what}, line {error.lineno}") from error
    except (AssertionError, ValueError, LookupError) as error:
        raise TaixuError(f"{name}: is no XML: {error}") from error
