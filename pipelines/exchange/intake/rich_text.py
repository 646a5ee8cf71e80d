"""Plain text of the rich text that prompts are kept in elsewhere."""

from __future__ import annotations

import html
import re

from pipelines.exchange.intake.untrusted import list_of, mapping_of, text_of

_TAGS = "a|b|blockquote|br|code|div|em|h[1-6]|hr|i|li|ol|p|pre|s|span|strong|u|ul"
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|div|h[1-6]|blockquote|pre)>", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:p|span|ul|ol|h[1-6]|div)[\s>]", re.IGNORECASE)
MAX_STEPS = 40


def plain_text(value: object) -> str:
    """Returns the text of a field that may hold HTML; text that is no HTML stays as it is."""
    text = text_of(value)
    if not _MARKUP.search(text):
        return text
    text = re.sub(r"<li(?:\s[^<>]{0,2000})?>", "- ", text, flags=re.IGNORECASE)
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def text_of_tree(value: object, depth: int = 0) -> str:
    """Returns the text of an editor's tree of nodes with `text` and `children`, a line for each paragraph."""
    node = mapping_of(value)
    children = list_of(node.get("children"))
    inner = "".join(text_of_tree(child, depth + 1) for child in children) if depth < MAX_STEPS else ""
    own = text_of(node.get("text")) + inner
    return own + "\n" if node.get("type") in ("paragraph", "heading", "listitem", "linebreak") else own
