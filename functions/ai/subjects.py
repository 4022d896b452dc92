"""What a caption is to be about: the caller's topic, or what is known of their picture."""

import colorsys
from dataclasses import dataclass

from ai.phrases import COLORS, language_for
from ai.pictures import find_description
from ai.sentences import sentences_of, shortened
from media.public import Upload
from shared.translations import Language

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_LONGEST_PHRASE = 200  # characters in a template
# The hues, as parts of a circle, that each name ends at.
_HUES = (
    (0.04, "red"),
    (0.12, "orange"),
    (0.19, "yellow"),
    (0.46, "green"),
    (0.7, "blue"),
    (0.81, "purple"),
    (0.94, "pink"),
    (1.0, "red"),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A phrase for templates, what else is known in words, and the language to write in."""

    phrase: str
    words: str
    language: Language


def subject_of(topic: str, upload: Upload | None, accept_language: str) -> Subject:
    """The subject by the topic, and by the picture's text or color if there is a picture."""
    shown = _text_of(upload) if upload else ""
    language = language_for(f"{topic} {shown}", accept_language)
    color, tag = COLORS[language][
        color_of(upload.media.get("blurhash") or "") if upload else "light"
    ]
    first = next(iter(sentences_of(shown)), "")
    phrase = _as_phrase(topic) or _as_phrase(first) or _as_phrase(color)
    return Subject(phrase, f"{topic} {shown} #{tag}" if upload else topic, language)


def color_of(blurhash: str) -> str:
    """The name in `COLORS` of the average color of a picture; `light` if it is not known."""
    try:
        value = 0
        for digit in blurhash[2:6]:
            value = value * 83 + _DIGITS.index(digit)
    except ValueError:
        return "light"
    if len(blurhash) < 6:
        return "light"
    red, green, blue = (value >> 16 & 255, value >> 8 & 255, value & 255)
    hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if lightness < 0.15:
        return "dark"
    if lightness > 0.9:
        return "light"
    if saturation < 0.12:
        return "gray"
    return next(name for end, name in _HUES if hue <= end)


def _text_of(upload: Upload) -> str:
    """The picture's alternative text, or what a model has said about it."""
    if upload.alt_text:
        text: str = upload.alt_text
        return text
    described = find_description(upload.owner_id, upload.upload_id)
    return described.text if described else ""


def _as_phrase(text: str) -> str:
    """The text as part of a sentence: one line without the signs of hashtags and its last mark."""
    line = " ".join(text.replace("#", " ").replace("＃", " ").split())
    phrase = shortened(line.rstrip(".。．!！ ") or line, _LONGEST_PHRASE)
    return phrase[:1].upper() + phrase[1:]
