"""The words of captions that no model writes: templates by language and tone.

A topic is a phrase in any script, so it stands at the start of a template or behind a colon.
"""

import re
from typing import Literal, cast

from shared.translations import Language, preferred

type Tone = Literal["casual", "formal", "funny", "inspiring"]

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")

TEMPLATES: dict[Language, dict[Tone, tuple[str, ...]]] = {
    "en": {
        "casual": (
            "{topic}, and nothing else today ✨",
            "Current mood: {topic}",
            "{topic} kind of day 🙌",
            "Just leaving this here: {topic}",
        ),
        "formal": (
            "A moment worth sharing: {topic}.",
            "{topic}. Thank you for being part of it.",
            "Today in focus: {topic}.",
        ),
        "funny": (
            "{topic}. No further questions 😂",
            "My plan for today: {topic}. My plan B: see plan A.",
            "{topic}: 10 out of 10, would do it again 😅",
        ),
        "inspiring": (
            "{topic}. Every day has something worth stopping for.",
            "A reminder to slow down: {topic} 🌱",
            "{topic}. Small moments, big memories.",
        ),
    },
    "ja": {
        "casual": ("{topic}、最高でした✨", "今日の気分：{topic}", "{topic}な一日🙌"),
        "formal": (
            "心に残るひととき：{topic}。",
            "{topic}。皆さまに感謝いたします。",
            "本日の一枚：{topic}。",
        ),
        "funny": (
            "{topic}。異論は認めません😂",
            "今日の予定：{topic}。以上です。",
            "{topic}、10点満点中12点😅",
        ),
        "inspiring": (
            "{topic}。今日という日を大切に。",
            "立ち止まって見たい景色：{topic}🌱",
            "{topic}。小さな瞬間が、大きな思い出に。",
        ),
    },
    "id": {
        "casual": ("{topic} dulu, yang lain nanti ✨", "Suasana hari ini: {topic}", "{topic} 🙌"),
        "formal": (
            "Momen yang layak dibagikan: {topic}.",
            "{topic}. Terima kasih telah menjadi bagian darinya.",
            "Sorotan hari ini: {topic}.",
        ),
        "funny": (
            "{topic}. Sekian dan terima kasih 😂",
            "Rencana hari ini: {topic}. Rencana B: lihat rencana A.",
            "{topic}: nilai 10 dari 10, mau lagi 😅",
        ),
        "inspiring": (
            "{topic}. Setiap hari punya alasan untuk bersyukur.",
            "Pengingat untuk berhenti sejenak: {topic} 🌱",
            "{topic}. Momen kecil, kenangan besar.",
        ),
    },
}

# Tags for a topic that gives fewer than three.
FALLBACK_TAGS: dict[Language, tuple[str, ...]] = {
    "en": ("photooftheday", "instagood", "moments", "memories"),
    "ja": ("日常", "写真", "今日の一枚", "思い出"),
    "id": ("fotohariini", "momen", "kenangan", "cerita"),
}

# What a picture without a text is about: its color.
COLORS: dict[Language, dict[str, tuple[str, str]]] = {  # phrase, tag
    "en": {
        "red": ("shades of red", "red"),
        "orange": ("warm orange light", "orange"),
        "yellow": ("golden light", "golden"),
        "green": ("shades of green", "green"),
        "blue": ("shades of blue", "blue"),
        "purple": ("shades of purple", "purple"),
        "pink": ("shades of pink", "pink"),
        "dark": ("lights in the dark", "night"),
        "light": ("a bright moment", "bright"),
        "gray": ("soft grays", "monochrome"),
    },
    "ja": {
        "red": ("赤に染まる景色", "赤"),
        "orange": ("オレンジ色の光", "オレンジ"),
        "yellow": ("金色の光", "金色"),
        "green": ("緑の景色", "緑"),
        "blue": ("青の世界", "青"),
        "purple": ("紫の世界", "紫"),
        "pink": ("ピンクの世界", "ピンク"),
        "dark": ("暗がりの光", "夜"),
        "light": ("明るいひととき", "光"),
        "gray": ("モノクロの世界", "モノクロ"),
    },
    "id": {
        "red": ("nuansa merah", "merah"),
        "orange": ("cahaya jingga", "jingga"),
        "yellow": ("cahaya keemasan", "keemasan"),
        "green": ("nuansa hijau", "hijau"),
        "blue": ("nuansa biru", "biru"),
        "purple": ("nuansa ungu", "ungu"),
        "pink": ("nuansa merah muda", "merahmuda"),
        "dark": ("cahaya dalam gelap", "malam"),
        "light": ("momen yang cerah", "cerah"),
        "gray": ("nuansa kelabu", "monokrom"),
    },
}


def language_for(text: str, accept_language: str) -> Language:
    """The language of a caption: Japanese for a text with kana, else the first of ours that the
    header `Accept-Language` prefers, else English."""
    if _KANA.search(text):
        return "ja"
    return cast(Language, preferred(accept_language))
