from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taixu.errors import TaixuError
from taixu.twin.search.asking import SearchModel, query_of
from taixu.twin.search.comparing import Vocabulary
from taixu.twin.search.files import Catalogue
from taixu.twin.search.query import SearchQuery
from taixu.twin.search.reading import read_words
from taixu.twin.search.values import Value

NOW = int(datetime(2026, 5, 2, 9, 0, tzinfo=UTC).timestamp()) * 10**9
VOCABULARY = Vocabulary((Value("motor", "temperature", "degC"),), lambda word: word == "pump")


def test_files_are_found_by_how_they_were_made(tmp_path: Path) -> None:
    for name, prompt, day in (("oak", "old oak planks", "2026-05-02"), ("wall", "red brick wall", "2026-04-01")):
        (tmp_path / "textures").mkdir(exist_ok=True)
        (tmp_path / "textures" / f"{name}.png.asset.toml").write_text(
            f'version = 1\nlicence = "CC0-1.0"\n[provenance]\ngenerator = "taixu materials"\nkind = "texture"\n'
            f'prompt = "{prompt}"\ncreated = "{day}T08:00:00+00:00"\n'
        )
    (tmp_path / "broken.png.asset.toml").write_text("version = [")
    catalogue = Catalogue(tmp_path)
    vocabulary = Vocabulary((), catalogue.knows)

    def find(text: str) -> list[str]:
        return [each.id for each in catalogue.find(read_words(text, vocabulary, now_ns=NOW, zone=UTC))]

    assert find("files oak") == ["textures/oak.png"]
    assert find("texture files") == find("贴图文件") == ["textures/oak.png", "textures/wall.png"]
    assert find("files made today") == ["textures/oak.png"]
    found = catalogue.find(SearchQuery(("red brick",), files=True))[0]
    assert ("prompt", "red brick wall") in [(each.field, each.value) for each in found.because]
    assert len(catalogue.problems) == 1
    with pytest.raises(TaixuError, match="no folder"):
        Catalogue(tmp_path / "nothing")


def model(*answers: str) -> tuple[SearchModel, list[Sequence[Mapping[str, str]]]]:
    left, asked = list(answers), list[Sequence[Mapping[str, str]]]()

    def ask(messages: Sequence[Mapping[str, str]]) -> str:
        asked.append(messages)
        return left.pop(0)

    return SearchModel(ask), asked


def test_a_model_is_asked_for_what_the_rules_do_not_understand() -> None:
    wanted = {"words": ["pump"], "where": [{"field": "temperature", "operator": ">", "value": 80, "unit": "degC"}]}
    asking, asked = model(f"```json\n{json.dumps(wanted)}\n```")
    assert query_of("pump", VOCABULARY, now_ns=NOW, model=asking) == SearchQuery(("pump",)) and not asked
    found = query_of("which pumps are feverish?", VOCABULARY, now_ns=NOW, model=asking)
    assert found.words == ("pump",)
    assert found.where[0].value == 80.0
    assert "motor.temperature (degC)" in asked[0][1]["content"]


def test_what_a_model_writes_is_checked_and_mended_once() -> None:
    asking, asked = model('{"sql": "drop table things"}', '{"words": ["pump"]}')
    assert query_of("feverish", VOCABULARY, now_ns=NOW, model=asking) == SearchQuery(("pump",))
    assert "has no 'sql'" in asked[1][-1]["content"]
    for answer in ("select 1", "{" * 5000, "[1]", '{"limit": 1e9}'):
        asking, asked = model(answer, answer)
        with pytest.raises(TaixuError, match="is no search"):
            query_of("feverish", VOCABULARY, now_ns=NOW, model=asking)
        assert len(asked) == 2
