"""Where a thing came from, said so that it stays with it: a record in the file, a mark in its colours, a signature over all.

The facts are `taixu.assets.sidecar.Provenance`, in the sidecar and in the file alike; the sidecar alone says when, so that the same
recipe gives the same bytes. Records are for whoever looks, marks for where records were stripped, signatures against forgery.
"""

from __future__ import annotations

from taixu.generate.provenance.containers import RECORDED_SUFFIXES, read_record, write_record
from taixu.generate.provenance.content import body_of, content_of, provenance_of
from taixu.generate.provenance.record import aigc_label, provenance_from_record, record_of

__all__ = [
    "RECORDED_SUFFIXES", "aigc_label", "body_of", "content_of", "provenance_from_record", "provenance_of", "read_record",
    "record_of", "write_record",
]  # fmt: skip
