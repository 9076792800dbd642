"""The guide's Markdown, as the editor reads it."""

from __future__ import annotations

import pytest
from waiting import ends

from taixu.assets import data_path
from taixu_editor.markdown import Block, Span, parse_markdown

PAGE = """# Title with `code`

A paragraph
over two lines with **bold**, *italic* and a [link](other.md#part).
![a picture](../images/x.jpg)
- one
  goes on
- two
  - deeper
3. third

| a | b |
|---|:-:|
| 1 | `2` |

---
```python
def f():

    return "# no heading"
```
2 * 3 * 4 is no *italic
"""


def test_a_page_is_read_as_blocks() -> None:
    blocks = parse_markdown(PAGE)
    assert [(block.kind, block.level) for block in blocks] == [
        ("heading", 1), ("paragraph", 0), ("picture", 0), ("item", 0), ("item", 0), ("item", 1), ("item", 0), ("table", 0),
        ("rule", 0), ("code", 0), ("paragraph", 0),
    ]  # fmt: skip
    assert blocks[0].spans == (Span("Title with "), Span("code", "code"))
    assert blocks[1].spans == (
        Span("A paragraph over two lines with "), Span("bold", "bold"), Span(", "), Span("italic", "italic"), Span(" and a "),
        Span("link", "link", "other.md#part"), Span("."),
    )  # fmt: skip
    assert (blocks[2].mark, blocks[2].spans[0].text) == ("../images/x.jpg", "a picture")
    assert blocks[3].spans == (Span("one goes on"),)
    assert blocks[6] == Block("item", (Span("third"),), mark="3.")
    assert blocks[7].rows == (((Span("a"),), (Span("b"),)), ((Span("1"),), (Span("2", "code"),)))
    assert [span.text for span in blocks[9].spans] == ["def f():", "", '    return "# no heading"']
    assert blocks[9].mark == "python"
    assert blocks[10].spans == (Span("2 * 3 * 4 is no *italic"),)


def test_every_page_of_the_guide_is_read_whole() -> None:
    for file in (data_path("docs") / "guide").glob("*.md"):
        blocks = parse_markdown(file.read_text(encoding="utf-8"))
        assert blocks[0].kind == "heading", file.name
        for block in blocks:
            if block.kind == "picture":
                assert (file.parent / block.mark).is_file(), f"{file.name}: {block.mark}"
            for span in block.spans:
                if span.style == "link" and not span.target.startswith("http"):
                    assert (file.parent / span.target.partition("#")[0]).exists(), f"{file.name}: {span.target}"


@pytest.mark.parametrize(
    "text",
    ["", "```", "#", "|", "- ", "[](", "*" * 50_000, "[" * 50_000, "`" * 49_999, "| " * 20_000 + "\n|--", "a\n" * 60_000],
)
def test_what_is_no_page_hangs_nothing(text: str) -> None:
    with ends():
        assert isinstance(parse_markdown(text), list)
