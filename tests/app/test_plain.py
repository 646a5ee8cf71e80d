"""Texts of strangers where Markdown is read."""

from __future__ import annotations

from app.plain import plain


def test_no_sign_of_markdown_is_left_to_be_read() -> None:
    assert plain("![x](http://e.org/p.png)") == r"\!\[x\]\(http\:\/\/e\.org\/p\.png\)"
    assert plain("**bold** :red[now] $x$") == r"\*\*bold\*\* \:red\[now\] \$x\$"


def test_lines_become_one_and_long_texts_are_cut() -> None:
    assert plain("# Title\n\n- item") == r"\# Title \- item"
    assert plain("abcdefghij", 5) == "abcd…"
