"""What words mean to a generator: chips under the prompt, and the parameters that sliders begin at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.generate import Generator
    from taixu.generate.generator import Details

__all__ = ["Chip", "Meaning", "understand"]


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood: a parameter's name, and its value as JSON has it."""

    name: str
    value: Any
    is_detail: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words come to.

    Attributes
    ----------
    parameters
        All parameters of the generator: what is meant, under what is set.
    meant
        Those that words alone mean.
    details
        Parameters that hang on the others, such as a family's own; None where there are none.
    problem
        Why the words cannot be used, in one sentence; empty where they can.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    meant: Mapping[str, Any] = field(default_factory=dict)
    details: Details | None = None
    chips: tuple[Chip, ...] = ()
    problem: str = ""


def understand(generator: Generator, prompt: str, settings: Mapping[str, Any]) -> Meaning:
    """Read words as a generator does, without making anything; a generator that fails at it is one sentence."""
    from taixu.edit.parameters import read_parameters
    from taixu.generate.prompts import clean_prompt, need_harmless

    problem, meant = "", {}
    try:
        need_harmless(prompt)
        text = clean_prompt(prompt)
        meant = dict(generator.read_words(text)) if text else {}
        read_parameters(generator.parameters, meant, name=generator.name, whose="generator")
    except TaixuError as error:
        problem, meant = str(error), {}
    except Exception as error:  # a plugin's fault ends nobody's frame
        problem, meant = f"{generator.name} cannot read these words ({type(error).__name__})", {}
    try:
        values = read_parameters(generator.parameters, {**meant, **settings}, name=generator.name, whose="generator")
    except TaixuError as error:
        problem, values = problem or str(error), generator.parameters()
    parameters = asdict(values)
    said = _details_of(generator, {**asdict(generator.parameters()), **meant})
    chips = [Chip(name, value) for name, value in meant.items() if said is None or name != said.parameter]
    if said is not None and said.parameter in meant:
        chips += [Chip(name, value, is_detail=True) for name, value in said.values.items()]
    return Meaning(parameters, meant, _details_of(generator, parameters), tuple(chips), problem)


def _details_of(generator: Generator, parameters: Mapping[str, Any]) -> Details | None:
    try:
        return generator.details(parameters)
    except Exception:  # what is no text of sliders has none
        return None
