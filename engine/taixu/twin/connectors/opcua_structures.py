"""Structures of an OPC UA server: their forms are asked of the server, and values decoded by them.

asyncua makes Python source of what a server says about its types, and runs it; a server is a stranger. Here a form is data, which a
small decoder goes by, and no type of one server is known to another's source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from taixu.errors import TaixuError

__all__ = ["Structures"]

_MAX_FORMS = 1000
_MAX_FIELDS = 256
_MAX_ITEMS = 100_000
_DEEPEST = 8
_BUILT_IN, _ANY, _ENUMERATION = 25, (24, 26, 27, 28), 29
_INT32, _VARIANT, _EXTENSION = 6, 24, 22


@dataclass(frozen=True, slots=True)
class _Part:
    """A field: of a type that every server has (`built_in`), or of a form."""

    name: str
    is_array: bool
    is_optional: bool
    built_in: int = 0
    form: _Form | None = None


@dataclass(frozen=True, slots=True)
class _Form:
    parts: tuple[_Part, ...]
    is_union: bool = False
    has_optional: bool = False


class Structures:
    """The forms that a server told of, by data type and by encoding; for one connection."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._forms: dict[str, _Form | None] = {}
        self._by_encoding: dict[str, _Form | str] = {}

    async def opened(self, value: Any, depth: int = 0) -> Any:
        """A value with its structures as dictionaries, wherever in it they are.

        Raises
        ------
        TaixuError
            When one is not of the form that its server says, or the server does not say it.
        """
        from asyncua import ua

        if depth > _DEEPEST:
            raise TaixuError(f"a value is nested more than {_DEEPEST} times")
        if isinstance(value, ua.Variant):
            value = value.Value
        if isinstance(value, ua.ExtensionObject) and type(value) is ua.ExtensionObject:
            if value.Body is None:
                return None
            form = await self._of(value.TypeId)
            return await self.opened(_decoded(form, value.Body), depth + 1)
        if isinstance(value, (list, tuple)) and not all(isinstance(each, (int, float, str)) for each in value):
            return [await self.opened(each, depth + 1) for each in value]
        if isinstance(value, dict):
            return {name: await self.opened(each, depth + 1) for name, each in value.items()}
        return value

    async def _of(self, encoding: Any) -> _Form:
        """The form of what is encoded so."""
        from asyncua import ua
        from asyncua.ua.object_ids import ObjectIds

        key = encoding.to_string()
        if key not in self._by_encoding:
            if len(self._by_encoding) >= _MAX_FORMS:
                raise TaixuError(f"the server has more than {_MAX_FORMS:,} forms of structures")
            node = self._client.get_node(encoding)
            listed = await _asked(node.get_references(ObjectIds.HasEncoding, ua.BrowseDirection.Inverse)) or []
            form = await self._form(listed[0].NodeId if listed else encoding, 0)
            self._by_encoding[key] = form or f"the server does not say what structures of {key[:60]} look like"
        found = self._by_encoding[key]
        if isinstance(found, str):
            raise TaixuError(found)
        return found

    async def _form(self, data_type: Any, depth: int) -> _Form | None:
        """The form of a data type; None where it is no structure, or nothing is said of it."""
        from asyncua import ua

        key = data_type.to_string()
        if key in self._forms:
            return self._forms[key]
        if depth > _DEEPEST or len(self._forms) >= _MAX_FORMS:
            return None
        self._forms[key] = None  # a structure within itself has no end
        said = await _asked(self._client.get_node(data_type).read_data_type_definition())
        if not isinstance(said, ua.StructureDefinition) or len(said.Fields or ()) > _MAX_FIELDS:
            return None
        kind = said.StructureType
        if kind not in (ua.StructureType.Structure, ua.StructureType.StructureWithOptionalFields, ua.StructureType.Union):
            return None
        parts: list[_Part] = []
        for each in said.Fields or ():
            if each.ValueRank not in (-1, 1):
                return None
            part = await self._part(each.DataType, depth)
            if part is None:
                return None
            name = str(each.Name or f"field{len(parts)}")[:100]
            parts.append(replace(part, name=name, is_array=each.ValueRank == 1, is_optional=bool(each.IsOptional)))
        has_optional = kind == ua.StructureType.StructureWithOptionalFields
        form = self._forms[key] = _Form(tuple(parts), kind == ua.StructureType.Union, has_optional)
        return form

    async def _part(self, data_type: Any, depth: int) -> _Part | None:
        """What a field of a data type is made of."""
        from asyncua import ua
        from asyncua.ua.object_ids import ObjectIds

        for _ in range(_DEEPEST):
            number = data_type.Identifier if data_type.NamespaceIndex == 0 else 0
            if isinstance(number, int) and number:
                if number in _ANY:
                    return _Part("", False, False, _VARIANT)
                if number <= _BUILT_IN:
                    return _Part("", False, False, number)
                if number == _ENUMERATION:
                    return _Part("", False, False, _INT32)
            form = await self._form(data_type, depth + 1)
            if form is not None:
                return _Part("", False, False, form=form)
            node = self._client.get_node(data_type)
            above = await _asked(node.get_references(ObjectIds.HasSubtype, ua.BrowseDirection.Inverse)) or []
            if not above or (above[0].NodeId.NamespaceIndex == 0 and above[0].NodeId.Identifier == _EXTENSION):
                return None  # a structure of which nothing is said
            data_type = above[0].NodeId
        return None


async def _asked(question: Any) -> Any:
    """What a server answers; None where it has no such thing."""
    from asyncua.ua.uaerrors import UaError

    try:
        return await question
    except UaError:
        return None


def _decoded(form: _Form, body: bytes) -> dict[str, Any]:
    """A structure's bytes, by its form.

    Raises
    ------
    TaixuError
        When they do not fit.
    """
    from asyncua.common.utils import Buffer, NotEnoughData
    from asyncua.ua.uaerrors import UaError

    try:
        return _structure(form, Buffer(body), [_MAX_ITEMS])
    except (UaError, NotEnoughData, ValueError, TypeError, IndexError, OverflowError, RecursionError):
        raise TaixuError("a structure's bytes do not fit what the server says of its form") from None


def _structure(form: _Form, data: Any, left: list[int]) -> dict[str, Any]:
    from asyncua import ua
    from asyncua.ua.ua_binary import unpack_uatype

    def number() -> int:
        return int(unpack_uatype(ua.VariantType.UInt32, data))

    if form.is_union:
        chosen = number()
        if chosen > len(form.parts):
            raise ValueError("a union has no such part")
        return {form.parts[chosen - 1].name: _value(form.parts[chosen - 1], data, left)} if chosen else {}
    mask, bit, found = (number() if form.has_optional else 0), 1, {}
    for part in form.parts:
        if form.has_optional and part.is_optional:
            is_there, bit = mask & bit, bit << 1
            if not is_there:
                continue
        found[part.name] = _value(part, data, left)
    return found


def _value(part: _Part, data: Any, left: list[int]) -> Any:
    from asyncua import ua
    from asyncua.ua.ua_binary import unpack_uatype

    count = 1
    if part.is_array:
        count = max(int(unpack_uatype(ua.VariantType.Int32, data)), 0)
    left[0] -= count
    if left[0] < 0:
        raise ValueError("a structure holds more than any should")
    if part.form is not None:
        form = part.form
        values = [_structure(form, data, left) for _ in range(count)]
    else:
        kind = ua.VariantType(part.built_in)
        values = [unpack_uatype(kind, data) for _ in range(count)]
    return values if part.is_array else values[0]
