"""Extracts of captions: the ranks of sentences held against a kept PageRank, and what is shown."""

import networkx
import numpy
import pytest

from ai.extracts import extract_of
from ai.lexrank import Matrix, ranks, similarities, terms_of
from ai.sentences import sentences_of

# Of a public-domain text and of our own, with repeated words, rare ones and other scripts.
TEXTS = [
    "The lake was cold. We swam in the cold lake. The lake had ice. My brother read a book. "
    "Books are heavy. The ice on the cold lake was thin, so we swam.",
    "Call me Ishmael. Some years ago, having little or no money in my purse, and nothing "
    "particular to interest me on shore, I thought I would sail about a little and see the watery "
    "part of the world. It is a way I have of driving off the spleen. Whenever it is a damp, "
    "drizzly November in my soul, I account it high time to get to sea as soon as I can. There is "
    "nothing surprising in this. Almost all men cherish very nearly the same feelings towards the "
    "ocean with me.",
    "今日は海に行きました。海はとても青かった。友だちと海で泳ぎました。夜は花火を見ました。花火はきれいでした。",
    "Kami pergi ke pantai. Pantai itu indah. Makan ikan di pantai. Pulang malam. Ikan enak.",
    "One. Two. Three. Four.",
    "Same words. Same words. Same words. Other ones.",
    "Alone.",
]


def matrix_of(text: str) -> Matrix:
    return similarities([terms_of(sentence) for sentence in sentences_of(text)])


@pytest.mark.parametrize("text", TEXTS)
def test_ranks_are_those_of_networkx(text: str) -> None:
    matrix = matrix_of(text)
    graph = networkx.from_numpy_array(numpy.array(matrix))
    google = numpy.asarray(networkx.google_matrix(graph, alpha=0.85))
    values, vectors = numpy.linalg.eig(google.T)
    expected = vectors[:, values.real.argmax()].real
    expected /= expected.sum()
    assert ranks(matrix) == pytest.approx(list(expected), abs=1e-6)


@pytest.mark.parametrize("text", TEXTS)
def test_similarities_are_cosines_of_tf_idf(text: str) -> None:
    counts = [terms_of(sentence) for sentence in sentences_of(text)]
    vocabulary = sorted({term for each in counts for term in each})
    tf = numpy.array([[each[term] for term in vocabulary] for each in counts], dtype=float)
    tf_idf = tf * numpy.log(1 + len(counts) / (tf > 0).sum(axis=0))
    unit = tf_idf / numpy.linalg.norm(tf_idf, axis=1, keepdims=True)
    cosines = unit @ unit.T
    numpy.fill_diagonal(cosines, 0)
    assert numpy.allclose(similarities(counts), cosines)


def test_the_sentence_that_the_others_share_most_with_ranks_first() -> None:
    rank = ranks(matrix_of(TEXTS[0]))
    best_first = sorted(range(len(rank)), key=lambda at: -rank[at])
    assert set(best_first[:3]) == {0, 1, 5}, "cold lake, swam, ice"
    assert set(best_first[-2:]) == {3, 4}, "a brother and books"


def test_words_of_scripts_without_spaces_are_pairs_of_characters() -> None:
    assert set(terms_of("青い海 ＬＡＫＥ")) == {"青い", "い海", "lake"}


def test_an_extract_has_the_best_three_sentences_in_their_order() -> None:
    text = (
        "We packed at six. The lake was cold. Someone sang. We swam in the cold lake. "
        "Nobody slept. The cold lake had ice."
    )
    assert extract_of(text) == (
        "The lake was cold. We swam in the cold lake. The cold lake had ice."
    )


def test_sentences_that_repeat_another_are_left_out() -> None:
    assert extract_of("Buy now! Buy now! Buy now! Our shop is new.") == "Buy now! Our shop is new."


@pytest.mark.parametrize(
    ("caption", "extract"),
    [
        ("", ""),
        ("A short day.", "A short day."),
        ("A short day.\n\n#sun #fun #2026", "A short day."),
        ("A short day #sun #fun", "A short day"),
        ("We love #Berlin", "We love #Berlin"),
        ("#sun #fun", "#sun #fun"),
        ("😍😍", "😍😍"),
        (
            "See https://example.com/a.b?c=d today. Now!",
            "See https://example.com/a.b?c=d today. Now!",
        ),
        ("今日は海へ。\n#海 ＃夏", "今日は海へ。"),
    ],
)
def test_small_captions(caption: str, extract: str) -> None:
    assert extract_of(caption) == extract


@pytest.mark.parametrize(
    "caption", ["x" * 2200, "あ" * 2200, "a\n" * 1100, "word " * 440, "A b. " * 440, "😍" * 2200]
)
def test_an_extract_is_bounded_and_not_empty(caption: str) -> None:
    extract = extract_of(caption)
    assert 0 < len(extract) <= 300
    assert len(extract.splitlines()) == 1


def test_only_the_hundred_longest_sentences_are_ranked() -> None:
    longer = [f"first{number} second{number} third{number}" for number in range(100)]
    shared = [f"go {number}" for number in range(60)]
    assert "go" not in extract_of("\n".join([*longer, *shared]))


def test_of_many_sentences_those_with_most_in_common_are_shown() -> None:
    lines = [f"{number}" for number in range(400)]
    sentences = ["A whole sentence at the end.", "This is a whole sentence."]
    assert " ".join(sentences) in extract_of("\n".join([*lines, *sentences]))


@pytest.mark.parametrize("sign", ["#", "＃"])
def test_signs_without_spaces_between_them_are_read_once(sign: str) -> None:
    caption = f"{sign}-" * 60 + " sea"  # with a choice at each sign, this would take 2^60 steps
    assert extract_of(caption) == caption


def test_tags_at_the_end_are_left_out_with_or_without_spaces() -> None:
    assert extract_of("A day at sea #sea#sun ##fun #") == "A day at sea"
