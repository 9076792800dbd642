"""``taixu generate script --model NAME``: mods by a language model of the user's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taixu.errors import TaixuError
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.model_facts import ModelFacts
from taixu.generate.request import Request
from taixu.mods.authoring.checks import errors_of
from taixu.mods.authoring.composing import Written, slug_of
from taixu.mods.authoring.generator import ScriptParameters, made_files, names_of
from taixu.mods.authoring.language.answers import read_answer
from taixu.mods.authoring.language.chat import ask
from taixu.mods.authoring.language.endpoint import Endpoint, find_endpoint
from taixu.mods.authoring.language.prompting import first_messages, repair_message
from taixu.mods.authoring.wish import Wish

__all__ = ["LanguageScriptGenerator", "write_with"]

_REPAIRS = 2
_MOST_TITLE = 80


class LanguageScriptGenerator(Generator):
    """Mods out of words by a model that speaks OpenAI's protocol."""

    name, makes, suffix = "script-model", "script", ".py"
    summary = "mods from words, by a language model of yours (OpenAI's protocol: TAIXU_LANGUAGE_URL, _MODEL, _KEY)"
    parameters = ScriptParameters
    needs = Needs(weights=True)
    source_type = "trainedAlgorithmicMedia"
    makes_folder = True

    def find_model(self, name: str) -> ModelFacts:
        """A model by its name at the endpoint; its bytes are nobody's to hash."""
        endpoint = find_endpoint(name)
        return ModelFacts(name=endpoint.model, hash=f"at {endpoint.url}")

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """``main.py`` and ``mod.toml``, checked and mended."""
        wanted: ScriptParameters = request.parameters
        endpoint = find_endpoint(request.model.name)
        written, repairs = write_with(
            endpoint, request.prompt, author=wanted.author, names=names_of(wanted.names), seed=request.seed, progress=progress
        )
        return made_files(written, request.folder, {"repairs": repairs})


def write_with(
    endpoint: Endpoint, prompt: str, *, author: str, names: Sequence[str] = (), seed: int = 0,
    progress: Callable[[float, str], object] = lambda fraction, text: None, timeout_secs: float | None = None,
) -> tuple[Written, int]:  # fmt: skip
    """The mod that a model writes, and how often it had to mend it.

    Raises
    ------
    TaixuError
        When the model cannot be asked, or what it writes does not pass the checks after two repairs.
    """
    messages = first_messages(prompt, names)
    title = " ".join(prompt.split())
    title = title if len(title) <= _MOST_TITLE else f"{title[: _MOST_TITLE - 3]}..."
    id = f"{author}.{slug_of([], Wish(prompt))}"[:64].rstrip("._")
    limits = {} if timeout_secs is None else {"timeout_secs": timeout_secs}
    wrong: list[str] = []
    for attempt in range(_REPAIRS + 1):
        progress(0.1 + 0.25 * attempt, "asking the model" if not attempt else f"asking it to mend {len(wrong)} faults")
        answer = ask(endpoint, messages, seed=seed, **limits)
        written = None
        try:
            written = read_answer(answer, id=id, title=title, model=endpoint.model)
            wrong = errors_of(written.files)
        except TaixuError as error:
            wrong = [str(error)]
        if written is not None and not wrong:
            return written, attempt
        messages = [*messages[:4], {"role": "assistant", "content": answer[:60_000]}, repair_message(wrong)]
    raise TaixuError(f"what {endpoint.model} wrote does not pass the checks after {_REPAIRS} repairs: {wrong[0]}")
