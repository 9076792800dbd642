"""Buffers and buffer views: bytes, found when first asked for, each range checked before it is given out."""

from __future__ import annotations

from pathlib import Path

from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import GltfError
from taixu.assets.gltf.limits import Budget, Limits
from taixu.assets.gltf.meshopt import MeshoptError, decode_meshopt
from taixu.assets.gltf.uris import Resolver, parse_data_uri, relative_path

__all__ = ["MESHOPT_EXTENSIONS", "Buffers"]

MESHOPT_EXTENSIONS = ("KHR_meshopt_compression", "EXT_meshopt_compression")


class Buffers:
    """The bytes of one document.

    A buffer may be 2 GiB and never be used: nothing is read before a view of it is asked for.
    """

    def __init__(
        self,
        root: Fields,
        *,
        binary: memoryview | None,
        resolver: Resolver | None,
        limits: Limits,
        budget: Budget,
    ) -> None:
        self.report = root.report
        self.buffer_fields = list(root.objects("buffers"))
        self.view_fields = list(root.objects("bufferViews"))
        self.binary = binary
        self.resolver = resolver
        self.limits = limits
        self.budget = budget
        self._buffers: dict[int, memoryview] = {}
        self._views: dict[int, memoryview] = {}

    def buffer(self, index: int) -> memoryview:
        """Give a buffer's bytes, cut to its declared length."""
        found = self._buffers.get(index)
        if found is None:
            found = self._buffers[index] = self._load(index)
            self.budget.left += self.limits.decoded_ratio * len(found)
        return found

    def length(self, index: int) -> int:
        """Give the length in bytes that a buffer declares."""
        fields = self.buffer_fields[index]
        length = fields.integer("byteLength")
        if length == 0:
            self.report.error(fields.at("byteLength"), "a buffer must have at least one byte")
        return length

    def is_placeholder(self, index: int) -> bool:
        """Whether the buffer has no bytes: it stands for what compressed views unpack to, or an application's."""
        return "uri" not in self.buffer_fields[index] and (index > 0 or self.binary is None)

    def _load(self, index: int) -> memoryview:
        fields = self.buffer_fields[index]
        length = self.length(index)
        if "uri" in fields:
            data = memoryview(self._fetch(fields))
        elif index == 0 and self.binary is not None:
            data = self.binary
            if len(data) > length + 3:
                self.report.warning(fields.where, "the GLB's binary chunk is longer than the buffer")
        else:
            raise fields.fail("", "the buffer has neither a URI nor a binary chunk; export the model again")
        if len(data) < length:
            self.report.error(fields.where, f"the buffer has {len(data):,} of the {length:,} bytes that it declares")
        return data[:length]

    def _fetch(self, fields: Fields) -> bytes:
        uri = fields.text("uri")
        try:
            if uri.startswith("data:"):
                return parse_data_uri(uri)[1]
            found = self.locate(uri)
            if not isinstance(found, Path):
                return found
            if found.stat().st_size > self.limits.file_bytes:
                raise ValueError(f"'{uri[:80]}' has more bytes than the {self.limits.file_bytes:,} allowed")
            return found.read_bytes()
        except FileNotFoundError:
            message = f"'{uri[:80]}' is missing; put the file beside the model"
            raise fields.fail("uri", message) from None
        except (ValueError, OSError, RuntimeError) as error:
            raise fields.fail("uri", str(error)) from None

    def locate(self, uri: str) -> Path | bytes:
        """Find what a URI other than ``data:`` names; raises ValueError or OSError with the reason."""
        path = relative_path(uri)
        if self.resolver is None:
            raise ValueError(f"'{uri[:80]}' is another file, and this model was read from memory")
        return self.resolver(path)

    def view(self, index: int) -> memoryview:
        """Give the bytes of a buffer view, decompressed where it is compressed.

        Raises
        ------
        GltfError
            The view leaves its buffer.
        """
        found = self._views.get(index)
        if found is None:
            found = self._views[index] = self._cut(index)
        return found

    def _cut(self, index: int) -> memoryview:
        fields = self.view_fields[index]
        for name in MESHOPT_EXTENSIONS:
            packed = fields.extension(name)
            if packed is not None:
                return self._unpack(packed)
        return self._range(fields)

    def _range(self, fields: Fields) -> memoryview:
        data = self.buffer(fields.need("buffer", "buffers"))
        offset, length = fields.integer("byteOffset", 0), fields.integer("byteLength")
        if length == 0:
            self.report.error(fields.at("byteLength"), "a buffer view must have at least one byte")
        if offset + length > len(data):
            raise fields.fail("", f"it ends at byte {offset + length:,} of a buffer of {len(data):,}; export the model again")
        return data[offset : offset + length]

    def _unpack(self, fields: Fields) -> memoryview:
        source = self._range(fields)
        count, stride = fields.integer("count"), fields.integer("byteStride", minimum=1, maximum=256)
        mode = fields.choice("mode", ("ATTRIBUTES", "TRIANGLES", "INDICES"), "ATTRIBUTES")
        filtering = fields.choice("filter", ("NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR"), "NONE")
        # Decoding takes a few copies on the way.
        if not self.budget.spend(4 * count * stride):
            raise fields.fail("", "decompressed it would take more memory than allowed; export the model again")
        try:
            unpacked = decode_meshopt(source, count=count, stride=stride, mode=mode, filtering=filtering)
        except MeshoptError as error:
            raise GltfError(fields.where, f"{error}; export the model again") from None
        return unpacked.data

    def stride(self, index: int) -> int:
        """Give the distance in bytes between the elements of a buffer view; 0 where they lie close."""
        fields = self.view_fields[index]
        for name in MESHOPT_EXTENSIONS:
            packed = fields.extension(name)
            if packed is not None and packed.data.get("mode") == "ATTRIBUTES":
                return packed.integer("byteStride", minimum=1, maximum=256)
        if "byteStride" not in fields:
            return 0
        stride = fields.integer("byteStride", minimum=1, maximum=1 << 16)
        if not 4 <= stride <= 252 or stride % 4:
            self.report.error(fields.at("byteStride"), f"{stride} is not a multiple of 4 between 4 and 252")
        return stride
