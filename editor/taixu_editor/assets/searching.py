"""What is typed to find files: words, and facts such as ``tag:oak``, ``type:model``, ``licence:cc0``, ``in:trees``."""

from __future__ import annotations

from collections.abc import Iterable

from taixu_editor.assets.index import Asset

__all__ = ["matches"]

_FACTS = {
    "tag": "tag", "tags": "tag", "标签": "tag", "type": "type", "kind": "type", "类型": "type",
    "licence": "licence", "license": "licence", "许可": "licence",
    "in": "in", "folder": "in", "文件夹": "in",
}  # fmt: skip


def matches(asset: Asset, words: Iterable[str], title: str = "") -> bool:
    """Whether a file is like all of some words; one that begins with ``-`` or ``!`` is not to be there.

    Parameters
    ----------
    words
        Folded to small letters.
    title
        What its kind is called in the user's language.
    """
    text = f"{asset.path} {asset.kind} {title} {' '.join(asset.tags)}".casefold()
    for word in words:
        is_wanted, plain = not word.startswith(("-", "!")), word.lstrip("-!")
        name, colon, value = plain.replace("：", ":").partition(":")
        if colon and name in _FACTS:
            found = _is_so(asset, _FACTS[name], value, title)
        else:
            found = plain in text
        if plain and found != is_wanted:
            return False
    return True


def _is_so(asset: Asset, fact: str, value: str, title: str) -> bool:
    if fact == "tag":
        return any(tag.casefold().startswith(value) for tag in asset.tags) if value else bool(asset.tags)
    if fact == "licence":
        return value in asset.licence.casefold() if value else bool(asset.licence)
    if fact == "in":
        return value in asset.folder.casefold()
    name = asset.path.rpartition("/")[2].casefold()
    return asset.kind.startswith(value) or title.casefold().startswith(value) or name.endswith(f".{value}")
