"""The record that a generated file carries: what its `Provenance` says, as JSON, and the labels that laws ask for beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError

__all__ = ["SOURCE_TYPES", "aigc_label", "provenance_from_record", "record_of", "source_type_uri"]

_FORMAT = 1
_LEFT_OUT = ("created",)
_KINDS: dict[str, type] = {each.name: type(getattr(Provenance(), each.name)) for each in fields(Provenance)} | {"seed": int}

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's vocabulary of digital source types."""


def record_of(provenance: Provenance) -> dict[str, Any]:
    """What a file says of itself; parents by content, because paths mean nothing elsewhere."""
    held = {each.name: getattr(provenance, each.name) for each in fields(Provenance) if each.name not in _LEFT_OUT}
    contents = held.pop("parent_contents")
    held["parents"] = [contents.get(parent, parent) for parent in provenance.parents]
    return {"taixu": _FORMAT} | {name: held[name] for name in sorted(held) if held[name] not in ("", None, [], {})}


def provenance_from_record(record: Mapping[str, Any]) -> Provenance:
    """The inverse of `record_of`.

    Raises
    ------
    TaixuError
        When it is no such record.
    """
    if not isinstance(record.get("taixu"), int) or record["taixu"] > _FORMAT:
        raise TaixuError("the record in it is none that this Taixu knows; update Taixu")
    found = Provenance()
    for name, value in record.items():
        if name != "taixu" and name in _KINDS:
            if not isinstance(value, _KINDS[name]) or isinstance(value, bool):
                raise TaixuError(f"the record in it is damaged: {name} holds {json.dumps(value)[:40]}")
            setattr(found, name, value)
    return found


def source_type_uri(provenance: Provenance) -> str:
    """IPTC's digital source type as a URI."""
    return SOURCE_TYPES + (provenance.source_type or "algorithmicMedia")


def aigc_label(provenance: Provenance) -> dict[str, str]:
    """The implicit label of GB 45438-2025 (Annex E): the value of ``AIGC`` in a file's metadata.

    ``Label`` 1 says that it is generated. The producer is the environment's ``TAIXU_PRODUCER`` (the name or code of who runs the
    service), else Taixu; who spreads it fills in the propagator.
    """
    return {
        "Label": "1", "ContentProducer": os.environ.get("TAIXU_PRODUCER", "") or "Taixu", "ProduceID": provenance.content,
        "ReservedCode1": "", "ContentPropagator": "", "PropagateID": "", "ReservedCode2": "",
    }  # fmt: skip
