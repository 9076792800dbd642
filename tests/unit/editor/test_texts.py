"""Whatever the editor says, it says in Chinese too."""

from __future__ import annotations

import re
import string

import pytest
from editor_texts import literals_in, said_texts, title_texts

from taixu_editor.texts import LANGUAGES, Texts, read_table


def fields_of(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def form_words() -> set[str]:
    """Fields and choices of the forms of dialogs."""
    pytest.importorskip("imgui_bundle")
    from taixu_editor.export.dialogs import FilmAnswers, PictureAnswers
    from taixu_editor.widgets.spec import humanise, specs_of_dataclass

    specs = [spec for answers in (FilmAnswers, PictureAnswers) for spec in specs_of_dataclass(answers)]
    return {spec.title for spec in specs} | {humanise(choice) for spec in specs for choice in spec.choices}


def test_pages_of_the_guide_have_chinese_titles() -> None:
    from taixu_editor.panels.start_page import tutorials

    assert sorted(title for title, _ in tutorials() if title not in read_table("zh-Hans")) == []


def test_what_generators_declare_is_said_in_chinese() -> None:
    pytest.importorskip("imgui_bundle")
    from taixu.generate import Generators
    from taixu.generate.materials.family import families
    from taixu_editor.widgets.spec import humanise, specs_of_dataclass

    t = Texts("zh-Hans")
    generators = [Generators(plugins=False).find(name) for name in ("material", "sound")]
    specs = [spec for each in generators for spec in specs_of_dataclass(each.parameters)]
    names = {spec.title.removesuffix(" px").removesuffix(" db") for spec in specs}
    names |= {humanise(choice) for spec in specs for choice in spec.choices if choice}
    assert sorted(name for name in names if t.word(name) == name) == []
    sliders = {humanise(name) for family in families().values() for name in family.sliders}
    assert len([name for name in sliders if t.word(name) == name]) < 0.1 * len(sliders)
    table = read_table("zh-Hans", "generators")
    assert list(table) == sorted(table)


def test_forms_are_said_in_chinese() -> None:
    t = Texts("zh-Hans")
    assert sorted(word for word in form_words() if t.word(word) == word) == []


def test_every_text_has_its_chinese_line() -> None:
    table = read_table("zh-Hans")
    missing = {text: file for text, file in (said_texts() | title_texts()).items() if text not in table}
    assert not missing, "languages/zh-Hans.toml lacks these: " + "; ".join(f"{text!r} ({file})" for text, file in missing.items())


def test_no_line_of_the_table_is_unused() -> None:
    from taixu.cli.templates import find_templates
    from taixu_editor.panels.start_page import samples, tutorials

    elsewhere = {template.summary for template in find_templates().values()} | {title for title, _ in tutorials()}
    elsewhere |= {name.replace("_", " ").capitalize() for name in (*find_templates(), *(name for name, _ in samples()))}
    elsewhere |= {line[0].upper() + line[1:] for line in elsewhere} | form_words()
    unused = sorted(set(read_table("zh-Hans")) - literals_in() - elsewhere)
    assert not unused


def test_values_go_into_the_same_braces() -> None:
    assert [key for key, text in read_table("zh-Hans").items() if "{" in key and fields_of(key) != fields_of(text)] == []


def test_the_table_is_sorted_and_chinese() -> None:
    keys = list(read_table("zh-Hans"))
    assert keys == sorted(keys)
    plain = [key for key, text in read_table("zh-Hans").items() if not re.search(r"[\u4e00-\u9fff]", text) and key != text]
    assert plain == []


_HAN, _SIGNS = "[\u4e00-\u9fff]", "[，。、：；？！（）]"
_WRONG = {
    "a half-width sign beside Chinese": f"{_HAN}[,:;?!]|[,:;?!]{_HAN}",
    "no space between Chinese and Latin letters or digits": f"{_HAN}[A-Za-z0-9]|[A-Za-z0-9]{_HAN}",
    "a space within Chinese": f"{_HAN} {_HAN}",
    "a space beside a full-width sign": f"{_SIGNS} | {_SIGNS}",
    "dots for an ellipsis, or two of them": r"\.\.\.|……",
}
_TERMS = {
    "预制体": "预制件",
    "点击": "单击",
    "纹理": "贴图",
    "片段": "剪辑",
    "摄像机": "相机",
    "你": "您",
    "缺省": "默认",
    "登陆": "登录",
}


@pytest.mark.parametrize("part", ["", "components", "generators", "avatars"])
def test_chinese_is_set_as_print_sets_it_and_calls_things_by_one_name(part: str) -> None:
    found = []
    for key, text in read_table("zh-Hans", part).items():
        found += [f"{text!r}: {what}" for what, pattern in _WRONG.items() if re.search(pattern, text)]
        found += [f"{text!r}: {term} is {wanted}" for term, wanted in _TERMS.items() if term in text]
        if key.endswith(".") != text.endswith("。") and not key.endswith("..."):
            found.append(f"{text!r}: a sentence ends with a full stop, and nothing else does")
    assert found == []


def test_languages_switch_and_unknown_ones_are_english() -> None:
    t = Texts()
    assert t("Save") == "Save"
    t.use("zh-Hans")
    assert t("Save") == "保存"
    assert t("{count} selected", count=3) == "已选择 3 个"
    assert t("no such text at all") == "no such text at all"
    t.use("tlh")
    assert (t.language, t("Save")) == ("en", "Save")


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_the_font_that_the_editor_brings_has_every_character(language: str) -> None:
    from PIL import ImageFont

    pytest.importorskip("imgui_bundle")
    from taixu_editor.interface.fonts import chinese_font

    file = chinese_font()
    assert file is not None, 'pip install "taixu[editor]" brings a font with Chinese characters'
    font = ImageFont.truetype(str(file), 24)
    lacking = font.getmask("\U0010fffd").getbbox(), bytes(font.getmask("\U0010fffd"))
    wanted = {letter for text in read_table(language).values() for letter in text if letter > "\u2fff"} | set(LANGUAGES[language])
    assert not [letter for letter in wanted if (font.getmask(letter).getbbox(), bytes(font.getmask(letter))) == lacking]
