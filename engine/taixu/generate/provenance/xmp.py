"""Records as XMP packets (ISO 16684-1), the one form of metadata that pictures and sounds share."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from taixu.assets.safe_xml import parse_xml
from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError
from taixu.generate.provenance.record import aigc_label, record_of, source_type_uri

__all__ = ["packet_of", "record_in_packet"]

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_AIGC = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_OURS = "urn:taixu:record:1#"
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_TAIL = '<?xpacket end="r"?>'


def packet_of(provenance: Provenance) -> bytes:
    """The packet of a record, with IPTC's source type and China's label."""
    label = json.dumps(aigc_label(provenance), ensure_ascii=False, separators=(",", ":"))
    record = json.dumps(record_of(provenance), ensure_ascii=False, separators=(",", ":"))
    return (
        f'{_HEAD}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about=""'
        f' xmlns:Iptc4xmpExt="{_IPTC}" xmlns:TC260="{_AIGC}" xmlns:taixu="{_OURS}">'
        f"<Iptc4xmpExt:DigitalSourceType>{source_type_uri(provenance)}</Iptc4xmpExt:DigitalSourceType>"
        f"<TC260:AIGC>{escape(label, quote=False)}</TC260:AIGC><taixu:record>{escape(record, quote=False)}</taixu:record>"
        f"</rdf:Description></rdf:RDF></x:xmpmeta>{_TAIL}"
    ).encode()


def record_in_packet(packet: bytes) -> dict[str, Any] | None:
    """The record in a packet; None where there is none of ours.

    Raises
    ------
    TaixuError
        When there is one, and it is damaged.
    """
    if _OURS.encode() not in packet:
        return None
    start, end = packet.find(b"<x:xmpmeta"), packet.rfind(b"</x:xmpmeta>")
    try:
        tree = parse_xml(packet[start : end + 12], name="record")
        found = json.loads(next(tree.iter("record")).text or "")
    except (TaixuError, StopIteration, ValueError, RecursionError) as error:
        raise TaixuError("the record in it is damaged") from error
    return found if isinstance(found, dict) else None
