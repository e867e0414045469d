"""Text that a user of the service supplied, made to show as it was written."""

from __future__ import annotations

# WhatsApp has no escape character: each mark gives way to the letter-like character that looks like it.
_LOOKALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}


def plain(text: str) -> str:
    """Neutralises WhatsApp's four format marks (bold, italic, strike-through, monospace) in a text for a body, caption or
    footer.

    A mark that could begin or end a format is replaced by a look-alike (`*` by U+2217, `_` by U+02CD, `~` by U+223C, a
    backtick by U+02CB). A mark other than a backtick between two ASCII letters or digits cannot format and stays:
    snake_case keeps its spelling. The text keeps its number of characters. A link may have marks beside punctuation:
    put links into the message yourself, not through this.
    """
    return "".join(_plain(text, index) for index in range(len(text)))


def _plain(text: str, index: int) -> str:
    mark = text[index]
    if mark not in _LOOKALIKES:
        return mark
    inside = index > 0 and _is_word(text[index - 1]) and index + 1 < len(text) and _is_word(text[index + 1])
    return mark if inside and mark != "`" else _LOOKALIKES[mark]


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()
