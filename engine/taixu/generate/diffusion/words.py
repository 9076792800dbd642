"""Prompts as models read them: those that are longer than a text encoder reads go in pieces, or are refused in a sentence.

CLIP reads 75 words and parts of words. Models that have nothing else to read with (SD, SDXL) take pieces of that length
one after the other, each encoded alone; others (T5) read some hundreds, and what is more would be dropped unseen.
"""

from __future__ import annotations

import inspect
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.diffusion.loading import LoadedPipeline, told_errors

__all__ = ["prompt_arguments", "split_prompt"]

_MOST_PIECES = 64
_UNBOUND = 100_000
_TOKENIZERS = ("tokenizer", "tokenizer_2", "tokenizer_3")


def prompt_arguments(loaded: LoadedPipeline, prompt: str, negative: str, *, is_guided: bool) -> dict[str, Any]:
    """What a pipeline is called with for a prompt, and for what is not wanted.

    Parameters
    ----------
    is_guided
        Whether the pipeline looks at what is not wanted.

    Raises
    ------
    TaixuError
        When the model would not read all of it.
    """
    pipeline = loaded.pipeline
    known = inspect.signature(pipeline.__call__).parameters
    if negative and "negative_prompt" not in known:
        raise TaixuError(f"the model {loaded.facts.name} ({type(pipeline).__name__}) knows no negative prompt; leave it out")
    plain = {"prompt": prompt} | ({"negative_prompt": negative} if "negative_prompt" in known else {})
    tokenizers = [each for name in _TOKENIZERS if (each := getattr(pipeline, name, None)) is not None]
    limits = [each.model_max_length for each in tokenizers]
    if not limits or max(limits) > _UNBOUND:
        return plain
    if not _reads_clip_alone(pipeline, known):
        most = int(getattr(known.get("max_sequence_length"), "default", 0) or max(limits))
        reader = tokenizers[limits.index(max(limits))]
        for text in (prompt, negative):
            _need_short(loaded, reader, text, most)
        return plain
    pieces = [split_prompt(tokenizers, text) for text in (prompt, negative)]
    count = max(map(len, pieces))
    if count == 1:
        return plain
    if count > _MOST_PIECES:
        raise TaixuError(f"the prompt is far longer than the model {loaded.facts.name} can follow; say it shorter")
    wanted, unwanted = ([*each, *[""] * (count - len(each))] for each in pieces)
    with told_errors(loaded.facts.name, "cannot read the prompt"):
        return _encode(pipeline, wanted, unwanted, is_guided=is_guided)


def split_prompt(tokenizers: list[Any], text: str) -> list[str]:
    """Pieces, at spaces where there are some, that each tokenizer has room for; one empty piece for no text."""
    pieces: list[str] = []
    rest = text
    while rest:
        piece = _first_piece(tokenizers, rest)
        pieces.append(piece.strip())
        rest = rest[len(piece) :].lstrip()
    return pieces or [""]


def _first_piece(tokenizers: list[Any], text: str) -> str:
    """As much of a text as fits: by halving, then back to a space."""
    if _fits(tokenizers, text):
        return text
    low, high = 1, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _fits(tokenizers, text[:middle]) else (low, middle)
    end = max(text.rfind(" ", low // 2, low + 1), text.rfind(",", low // 2, low) + 1)
    return text[: end if end > 0 else low]


def _fits(tokenizers: list[Any], text: str) -> bool:
    return all(len(each(text, truncation=False).input_ids) <= each.model_max_length for each in tokenizers)


def _reads_clip_alone(pipeline: Any, known: Any) -> bool:
    """Whether nothing but CLIP reads, and the pipeline takes what was read."""
    readers = [getattr(pipeline, name, None) for name in _TOKENIZERS]
    is_clip = all(each is None or type(each).__name__.startswith("CLIP") for each in readers)
    return is_clip and hasattr(pipeline, "encode_prompt") and {"prompt_embeds", "negative_prompt_embeds"} <= set(known)


def _need_short(loaded: LoadedPipeline, reader: Any, text: str, most: int) -> None:
    count = len(reader(text, truncation=False).input_ids)
    if count > most:
        low, high = 0, len(text)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if len(reader(text[:middle], truncation=False).input_ids) <= most else (low, middle)
        raise TaixuError(
            f"the prompt has {count:,} words and parts of words, and the model {loaded.facts.name} reads {most:,}; say it shorter, "
            f"for from {text[low : low + 40]!r} on it would not be read"
        )


def _encode(pipeline: Any, wanted: list[str], unwanted: list[str], *, is_guided: bool) -> dict[str, Any]:
    """Embeddings of pieces side by side; those that stand for a whole (SDXL's) are the first piece's."""
    import torch

    found = []
    with torch.inference_mode():
        for positive, negative in zip(wanted, unwanted, strict=True):
            both = {"prompt": positive, "negative_prompt": negative}
            where = {"device": pipeline._execution_device, "num_images_per_prompt": 1}
            found.append(pipeline.encode_prompt(**both, **where, do_classifier_free_guidance=is_guided))
    names = ["prompt_embeds", "negative_prompt_embeds"]
    made: dict[str, Any] = {}
    for i, name in enumerate(names):
        if found[0][i] is not None:
            made[name] = torch.cat([each[i] for each in found], dim=1)
    if len(found[0]) == 4:
        made |= {"pooled_prompt_embeds": found[0][2], "negative_pooled_prompt_embeds": found[0][3]}
    return made
