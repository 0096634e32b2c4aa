from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from scipy.sparse import csr_matrix

from models.tables import TOPIC_WORDS
from models.topic_spec import WordSpec
from models.topic_words import Token, TopicWord, distinctive, documents, kept_names, names, stop_words, tokens, topic_words

SPEC = WordSpec(shown=10, least_answers=2)


def said(text: str, language: str = "en") -> list[str]:
    return [token.lemma for token in tokens(text, language)]


def words_of(*lists: str) -> list[list[Token]]:
    return [[Token(word.lower(), word) for word in each.split()] for each in lists]


def found(topics: list[str | None], texts: list[str], spec: WordSpec = SPEC, languages: list[str] | None = None) -> list[TopicWord]:
    answers = [f"a{number}" for number in range(len(texts))]
    return distinctive(topics, languages or ["en"] * len(texts), answers, words_of(*texts), spec)


def told(topic: str, *surfaces: str, language: str = "en") -> list[TopicWord]:
    return [TopicWord(topic, language, rank, surface, surface, 1 / rank) for rank, surface in enumerate(surfaces, start=1)]


def test_words_are_dictionary_forms_with_their_surface() -> None:
    assert tokens("Mines poisoned RIVERS", "en") == [Token("mine", "mines"), Token("poison", "poisoned"), Token("river", "rivers")]


def test_surfaces_keep_their_accents() -> None:
    assert tokens("las Compañías", "es") == [Token("compania", "compañías")]
    assert tokens("compan\u0303i\u0301as", "es") == [Token("compania", "compañías")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("they have been of the and which were", "en"),
        ("pero ha sido de los que están", "es"),
        ("mais il a été avec ceux qui sont", "fr"),
        ("mas isso foi com os que estavam", "pt"),
    ],
)
def test_stop_words_and_their_forms_say_nothing(text: str, language: str) -> None:
    assert said(text, language) == []


def test_when_something_happened_is_no_matter() -> None:
    assert said("On Monday, January 3, the police march", "en") == ["police", "march"]
    assert said("El lunes 3 de enero, la policía", "es") == ["policia"]
    assert said("Sábado, 3 de março: polícia", "pt") == ["policia"]


def test_stop_words_that_answers_are_about_are_kept() -> None:
    assert said("the mines", "en") == ["mine"]
    assert said("los medios del Estado", "es") == ["medio", "estado"]
    assert said("direitos", "pt") == ["direito"]


@pytest.mark.parametrize("language", ["en", "es", "fr", "ko", "pt"])
def test_each_of_the_five_languages_has_stop_words(language: str) -> None:
    assert len(stop_words(language)) > 50


def test_digits_marks_single_letters_and_placeholders_are_no_words() -> None:
    assert said("In 2023, 15% of Covid19 cases: x, U.S. — [email] [url] [phone] http") == ["case", "http"]
    assert said("[card][id][handle]") == []
    assert said("") == []


def test_a_language_without_a_list_has_no_stop_words() -> None:
    assert stop_words("sw") == frozenset()
    assert said("Haki za wafanyakazi", "sw") == ["haki", "za", "wafanyakazi"]


class FakeKiwi:
    def tokenize(self, text: str) -> Iterator[SimpleNamespace]:
        at = 0
        for part in text.split("|"):
            form, _, tag = part.partition("/")
            at += 1 if form.startswith(" ") else 0
            form = form.strip()
            yield SimpleNamespace(form=form, tag=tag, start=at, len=len(form))
            at += len(form)


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("정부/NNG|는/JX| 노조/NNG|를/JKO| 탄압/NNG|하/XSV|었/EP|다/EF", ["정부", "노조", "탄압"]),
        ("약/NNG|가/XSN|를/JKO", ["약가"]),
        ("신/XPN|약/NNG|을/JKO", ["신약"]),
        ("노동자/NNG|들/XSN|이/JKS", ["노동자"]),
        ("긍정/NNG|적/XSN|이/VCP", ["긍정"]),
        ("신/XPN| 약/NNG", ["약"]),
        ("NGO/SL|가/JKS| 50/SN|명/NNB", ["ngo"]),
        ("것/NNB|때문/NNG|일/NNG", []),
        ("석탄/NNG|발전소/NNG", ["석탄", "발전소"]),
    ],
)
def test_korean_words_are_nouns_with_what_makes_another_word_of_them(text: str, nouns: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.topic_words.korean", FakeKiwi)
    assert said(text, "ko") == nouns


@pytest.mark.real_models
def test_real_korean_is_read() -> None:
    assert said("정부는 노동자들의 파업을 막았다. [email]", "ko") == ["정부", "노동자", "파업"]


def test_documents_are_lemmas_with_their_language() -> None:
    assert documents(words_of("Mine River", "mina"), ["en", "es"]) == ["en:mine en:river", "es:mina"]


def test_a_document_is_never_empty() -> None:
    assert documents([[], []], ["en", "ko"]) == ["en:", "ko:"]


def test_a_topic_has_the_words_that_the_others_lack() -> None:
    words = found(["s.1", "s.1", "s.2", "s.2"], ["mine river law", "mine river law", "school law", "school law"])
    assert [word.lemma for word in words if word.topic == "s.1"][:2] == ["mine", "river"]
    assert next(word.lemma for word in words if word.topic == "s.2") == "school"
    assert [word.rank for word in words if word.topic == "s.1"] == [1, 2, 3]


def test_a_word_of_too_few_answers_of_the_topic_is_left_out() -> None:
    words = found(["s.1", "s.1", "s.2"], ["mine whistleblower whistleblower", "mine", "whistleblower"])
    assert [(word.topic, word.lemma) for word in words] == [("s.1", "mine")]


def test_what_one_person_says_again_and_again_is_no_word_of_the_topic() -> None:
    units = ["respondent"] * 3 + ["b", "c", "d"]
    words = distinctive(["s.1"] * 6, ["en"] * 6, units, words_of(*["kivari mine"] * 3, *["mine"] * 3), WordSpec(shown=10, least_answers=3))
    assert [word.lemma for word in words] == ["mine"]


def test_a_word_knows_the_passages_that_hold_it() -> None:
    lists = words_of("mine river", "mine mine", "mine", "river law")
    words = distinctive(["s.1", "s.1", "s.2", None], ["en"] * 4, list("abcd"), lists, SPEC, ["p1", "p2", "p3", "p4"])
    assert [(word.lemma, word.passages) for word in words] == [("mine", ("p1", "p2"))]


def test_a_name_of_before_is_kept_as_long_as_all_its_words_are_the_topics() -> None:
    words = told("s.1", "mine", "river", "fish") + told("s.2", "school", "law") + told("s.2", "rio", language="pt")
    before = {"s.1": "river, mine (1)", "s.2": "school, rio", "s.3": "Topic 3"}
    assert kept_names(before, words) == {"s.1": "river, mine (1)", "s.2": "school, rio"}
    assert kept_names({"s.1": "mine, radio", "s.2": "mine"}, words) == {}


def test_passages_of_one_answer_count_once() -> None:
    words = distinctive(["s.1", "s.1"], ["en", "en"], ["a", "a"], words_of("mine", "mine"), SPEC)
    assert words == []


def test_answers_are_counted_by_language() -> None:
    assert found(["s.1", "s.1"], ["radio", "radio"], languages=["en", "es"]) == []


def test_each_language_is_weighed_by_itself() -> None:
    alone = found(["s.1", "s.1", "s.2", "s.2"], ["mine law", "mine law", "law", "law"])
    beside = found(
        ["s.1", "s.1", "s.2", "s.2", "s.1", "s.1"],
        ["mine law", "mine law", "law", "law", "mine", "mine"],
        languages=["en"] * 4 + ["pt"] * 2,
    )
    assert [word for word in beside if word.language == "en"] == alone
    assert [(word.language, word.lemma) for word in beside if word.language == "pt"] == [("pt", "mine")]


def test_outliers_are_background() -> None:
    topics: list[str | None] = ["s.1", "s.1"]
    assert found(topics, ["law mine mine", "law mine"])[0].lemma == "mine"
    words = found([*topics, None, None], ["law law mine", "law mine", "law law law", "law school"])
    assert words[0].lemma == "mine"
    assert {word.topic for word in words} == {"s.1"}


@pytest.mark.real_models
def test_words_are_weighed_as_bertopic_weighs_them() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that it could use and does not need
        from bertopic.vectorizers import ClassTfidfTransformer

    texts = ["mine mine river law", "mine law law radio", "school law", "school school radio law"]
    topics: list[str | None] = ["s.1", "s.1", "s.2", None]
    ours = {(word.topic, word.lemma): word.weight for word in found(topics, texts, WordSpec(shown=10, least_answers=1))}
    counted = {topic: Counter(" ".join(t for t, own in zip(texts, topics, strict=True) if own == topic).split()) for topic in topics}
    forms = ["law", "mine", "radio", "river", "school"]
    matrix = csr_matrix([[counted[topic][form] for form in forms] for topic in (None, "s.1", "s.2")])
    theirs = ClassTfidfTransformer().fit_transform(matrix).toarray()
    expected = {(f"s.{row}", form): theirs[row, at] for row in (1, 2) for at, form in enumerate(forms) if theirs[row, at]}
    assert ours == pytest.approx(expected)


def test_no_more_words_than_are_shown() -> None:
    text = "mine river school radio union"
    assert len(found(["s.1", "s.1"], [text, text], WordSpec(shown=3, least_answers=2))) == 3


def test_the_commonest_surface_is_shown() -> None:
    lists = [[Token("mina", "mina")], [Token("mina", "minas")], [Token("mina", "minas")], [Token("mina", "mina"), Token("mina", "mina")]]
    topics = ["s.1", "s.1", "s.1", None]
    words = distinctive(topics, ["es"] * 4, ["a", "b", "c", "d"], lists, SPEC)
    assert [(word.lemma, word.surface) for word in words] == [("mina", "minas")]


def test_a_form_that_the_lemmatiser_took_for_another_word_is_not_shown_twice() -> None:
    lists = [[Token("empresa", "empresa"), Token("empresar", "empresas"), Token("empreiteiro", "empreiteiros")]] * 2
    words = distinctive(["s.1"] * 2, ["pt"] * 2, ["a", "b"], lists, SPEC)
    assert [word.surface for word in words] == ["empreiteiros", "empresa"]
    assert [word.rank for word in words] == [1, 2]


def test_words_do_not_depend_on_the_order_of_passages() -> None:
    texts = ["mine river law", "river law mine radio", "school law radio", "school radio", "law", "radio union", "union"]
    topics: list[str | None] = ["s.1", "s.1", "s.2", "s.2", None, "s.10", "s.10"]
    answers = [f"a{number}" for number in range(7)]
    plain = distinctive(topics, ["en"] * 7, answers, words_of(*texts), SPEC)
    order = list(range(7))
    for seed in range(5):
        random.Random(seed).shuffle(order)
        mixed = distinctive(
            [topics[at] for at in order], ["en"] * 7, [answers[at] for at in order], words_of(*(texts[at] for at in order)), SPEC
        )
        assert mixed == plain


def test_equally_weighty_words_are_in_the_order_of_the_alphabet() -> None:
    assert [word.lemma for word in found(["s.1", "s.1"], ["river mine school", "school river mine"])] == ["mine", "river", "school"]


@pytest.mark.parametrize("texts", [[], ["", ""]])
def test_nothing_said_gives_no_words(texts: list[str]) -> None:
    words = found([f"s.{number}" for number in range(len(texts))], texts)
    assert words == []
    assert topic_words(words).schema == TOPIC_WORDS


def test_people_are_given_the_surfaces() -> None:
    table = topic_words([TopicWord("s.1", "es", 1, "compania", "compañías", 0.5, ("p1", "p2"))])
    assert table.schema == TOPIC_WORDS
    assert table.to_pylist() == [
        {"topic": "s.1", "language": "es", "rank": 1, "word": "compañías", "weight": 0.5, "passages": ["p1", "p2"]}
    ]


def test_a_name_is_four_words() -> None:
    assert names(["s.1"], ["en"], told("s.1", "mine", "river", "fish", "water", "law")) == {"s.1": "mine, river, fish, water"}


def test_a_name_is_english_where_english_has_three_words() -> None:
    words = told("s.1", "mina", "rio", "peixe", language="pt") + told("s.1", "mine", "river", "fish")
    assert names(["s.1"] * 3, ["pt", "pt", "en"], words) == {"s.1": "mine, river, fish"}


def test_otherwise_it_is_of_the_language_of_most_passages_that_has_words() -> None:
    words = told("s.1", "mina", "rio", language="pt") + told("s.1", "mine", "river")
    assert names(["s.1"] * 6, ["ko", "ko", "ko", "pt", "pt", "en"], words) == {"s.1": "mina, rio"}


def test_words_that_say_the_same_are_named_once() -> None:
    words = told("s.1", "law", "lawyer", "discriminación", "discriminatory", "union", "age", "wage")
    assert names(["s.1"], ["en"], words) == {"s.1": "law, discriminación, union, age"}


def test_a_topic_without_words_is_called_by_its_number() -> None:
    assert names(["s.7", None], ["en", "en"], []) == {"s.7": "Topic 7"}


def test_no_two_topics_have_one_name() -> None:
    words = [word for topic in ("s.1", "s.2", "s.3") for word in told(topic, "mine", "river", "fish", "water", "gold")]
    named = names(["s.2", "s.2", "s.1", "s.3"], ["en"] * 4, words)
    assert named == {"s.2": "mine, river, fish, water", "s.1": "mine, river, fish, gold", "s.3": "mine, river, fish, water (3)"}


def test_a_name_that_another_topic_kept_is_not_given_again() -> None:
    named = names(["s.4"], ["en"], told("s.4", "mine", "river"), taken=["mine, river"])
    assert named == {"s.4": "mine, river (4)"}
