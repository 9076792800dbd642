"""What a generator is: a class that says what it makes of what, and makes it.

    @dataclass(frozen=True)
    class StripeParameters:
        count: int = field(default=8, metadata={"doc": "Stripes across.", "minimum": 1, "maximum": 64})

    class Stripes(Generator):
        name, makes, suffix = "stripes", "texture", ".png"
        summary = "stripes in two greys"
        parameters = StripeParameters

        def generate(self, request: Request, progress: Progress) -> list[Made]:
            rows = np.arange(256) * request.parameters.count // 128 % 2
            return [request.save_picture(np.tile(rows[:, None] * np.uint8(255), (1, 256)))]

It runs in a worker process, in a folder of its own; where its files go, what is recorded in and beside them, caching, cancelling
and errors are not its business. So it must be a class that can be imported, and can be made without arguments.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from taixu.edit.parameters import Nothing
from taixu.errors import MachineError
from taixu.generate.model_facts import ModelFacts, model_facts

if TYPE_CHECKING:
    from taixu.generate.request import Request

__all__ = ["Details", "Generator", "Made", "Needs", "Progress", "SourceType"]

SourceType = Literal["algorithmicMedia", "trainedAlgorithmicMedia", "compositeSynthetic", "compositeWithTrainedAlgorithmicMedia"]
"""How far a model that was trained on data had a part in it: IPTC's terms (https://cv.iptc.org/newscodes/digitalsourcetype)."""


class Progress(Protocol):
    """How a generator says how far it is."""

    def __call__(self, fraction: float, text: str = "", preview: Any = None) -> None:
        """Report a fraction (0 to 1), what is being done, and what there is already: uint8 [h, w, 3 or 4], or other data."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a generator cannot do without.

    Attributes
    ----------
    modules
        Packages, as they are imported.
    extra
        Of Taixu, that brings them: ``pip install "taixu[EXTRA]"``.
    weights
        Whether the user must name a model.
    memory_mb
        What a worker may use.
    optional_weights
        Whether the user may name one.
    parents
        How many files it must be made from, at the least.
    optional_parents
        Whether it may be made from files.
    suffixes
        How names of those files end, in lower case; empty where they may end in any way.
    """

    modules: tuple[str, ...] = ()
    extra: str = ""
    weights: bool = False
    memory_mb: int = 4096
    optional_weights: bool = False
    parents: int = 0
    optional_parents: bool = False
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """Parameters that hang on others, all told as text in one: the sliders that a family of materials has of its own.

    Attributes
    ----------
    parameter
        The generator's parameter whose text says them.
    schema
        JSON Schema of an object with a property each, with ``default``, ``minimum``, ``maximum`` and ``description``.
    values
        Those that the text says now.
    write
        Gives the text of values.
    choices
        What other parameters, texts too, may be now.
    """

    parameter: str
    schema: Mapping[str, Any]
    values: Mapping[str, Any]
    write: Callable[[Mapping[str, Any]], str]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a generator wrote into its folder.

    Attributes
    ----------
    role
        What it is among several: "albedo", "normal", "height"; empty for what stands alone.
    content, body, mark
        Hashes of what it holds, before and after it was marked, and what the mark says, where `Request.save_picture` knows them;
        otherwise the file is read again.
    said
        What the record says beside the parameters, JSON-able: what the generator found or chose.
    """

    path: Path
    role: str = ""
    content: str = ""
    body: str = ""
    mark: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


class Generator(ABC):
    """Makes things of one kind. Subclasses declare themselves in class attributes.

    Attributes
    ----------
    name
        In lower case; what recipes and records call it.
    makes
        "texture", "material", "mesh", "avatar", "sound", "terrain", "city", "building", "plant", "sky", "world", "script", or
        another word.
    summary
        Half a line.
    version
        Goes up when the same recipe gives something else.
    suffix
        Of its first file.
    parameters
        A frozen dataclass; see `taixu.edit.parameters` for what its fields may say of themselves.
    needs
        Packages, weights and memory.
    licence
        Of what it makes, as an SPDX expression, where a model's does not rule.
    source_type
        Whether a trained model makes it.
    makes_folder
        Whether its files belong together in a folder of their own, where they keep their names and refer to each other by them.
    """

    name: ClassVar[str]
    makes: ClassVar[str]
    summary: ClassVar[str]
    suffix: ClassVar[str]
    version: ClassVar[int] = 1
    parameters: ClassVar[type] = Nothing
    needs: ClassVar[Needs] = Needs()
    licence: ClassVar[str] = "CC0-1.0"
    source_type: ClassVar[SourceType] = "algorithmicMedia"
    makes_folder: ClassVar[bool] = False

    @abstractmethod
    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """Write files into `request.folder`, the main one first.

        What it makes depends on the request alone: chance comes from `request.random`.

        Raises
        ------
        TaixuError
            When it cannot, in one sentence.
        """

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """The parameters that a prompt means; what a person sets goes before them.

        Raises
        ------
        TaixuError
            When it means nothing to this generator.
        """
        return {}

    def details(self, parameters: Mapping[str, Any]) -> Details | None:
        """Parameters that hang on these, for who shows sliders; None where there are none."""
        return None

    def find_model(self, name: str) -> ModelFacts:
        """What is known of a model that the user named: a folder, a file, or a name that this generator knows.

        Raises
        ------
        TaixuError
            When there is none.
        """
        return model_facts(name)

    def check_machine(self) -> None:
        """See that this machine has what is needed.

        Raises
        ------
        MachineError
            With how to get what lacks.
        """
        missing = [module for module in self.needs.modules if find_spec(module) is None]
        if missing:
            how = f'pip install "taixu[{self.needs.extra}]"' if self.needs.extra else f"pip install {' '.join(missing)}"
            raise MachineError(f"the generator {self.name!r} needs {', '.join(missing)}; {how} brings it")
