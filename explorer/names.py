"""What things are called on screen: one place that takes a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from store.filters import FOR_REVIEW, RUN, SURVEY_ATTRIBUTE, TOPIC
from taxonomy.codebook import Codebook
from taxonomy.countries import country_name
from taxonomy.languages import language_name

#: Facets that come from the survey and not from the codebook, in the order in which they are offered.
SOURCES: Mapping[str, str] = {"survey": "Survey", "country": "Country", "language": "Language", "wave": "Wave", "question": "Question"}
#: What the codebook does not name, in the languages that it names all else in.
_BESIDE: Mapping[str, Mapping[str, str]] = {
    "en": {**SOURCES, TOPIC: "Topic", FOR_REVIEW: "For review"},
    "es": {"survey": "Encuesta", "country": "País", "language": "Idioma", "wave": "Ronda", "question": "Pregunta",
           TOPIC: "Tema", FOR_REVIEW: "Por revisar"},
    "fr": {"survey": "Enquête", "country": "Pays", "language": "Langue", "wave": "Vague", "question": "Question",
           TOPIC: "Thème", FOR_REVIEW: "À vérifier"},
    "pt": {"survey": "Inquérito", "country": "País", "language": "Idioma", "wave": "Ronda", "question": "Pergunta",
           TOPIC: "Tema", FOR_REVIEW: "Por rever"},
    "ko": {"survey": "설문", "country": "국가", "language": "언어", "wave": "차수", "question": "질문",
           TOPIC: "주제", FOR_REVIEW: "검토 대기"},
}  # fmt: skip

TEXT_KINDS: Mapping[str, str] = {
    "verbatim": "verbatim",
    "paraphrase": "paraphrase",
    "transcribed": "transcribed",
    "translation": "translation",
    "invented": "invented – not to be cited",
}
EVIDENCE: Mapping[str, str] = {
    "cue": "read from these words",
    "model": "judged by the trained model alone; these words weighed most",
    "similarity": "close in meaning to the code",
    "rule": "follows from a rule",
    "default": "nothing else fits",
}
#: Where the words are the whole passage, which is said and not drawn.
WHOLE_PASSAGE: Mapping[str, str] = {
    "cue": "read from the whole passage",
    "model": "judged by the trained model alone, from the whole passage",
}
LEARNED_FROM = "The coder was trained on this passage; it counts in no quality figure."


@dataclass(frozen=True)
class Names:
    """Names of facets and codes in one language; an id nobody named stands for itself."""

    codebook: Codebook
    language: str = "en"
    surveys: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    #: Waves that their survey calls by signs of its own.
    waves: Mapping[str, str] = field(default_factory=dict)
    #: People rename topics while the pages are open.
    topics: Callable[[], Mapping[str, str]] = dict

    @cached_property
    def _facets(self) -> dict[str, str]:
        return {
            **_BESIDE.get(self.language, _BESIDE["en"]),
            RUN: "Run",
            **{facet.id: facet.label(self.language) for facet in self.codebook.facets},
        }

    @cached_property
    def _codes(self) -> dict[tuple[str, str], str]:
        return {(facet.id, code.id): code.label(self.language) for facet in self.codebook.facets for code in facet.codes}

    @cached_property
    def _ambiguous(self) -> frozenset[str]:
        seen = Counter(label for label in self._codes.values())
        return frozenset(label for label, times in seen.items() if times > 1)

    def facet(self, facet: str) -> str:
        """Return the name of a facet."""
        if facet.startswith(SURVEY_ATTRIBUTE):
            return facet.removeprefix(SURVEY_ATTRIBUTE).replace("_", " ").capitalize()
        return self._facets.get(facet, facet)

    def code(self, facet: str, code: str) -> str:
        """Return the name of one value of a facet."""
        if facet == "country":
            return country_name(code, self.language)
        if facet == "language":
            return language_name(code, self.language)
        if facet == "survey":
            return self.surveys.get(code, code)
        if facet == "wave":
            return self.waves.get(code, code)
        if facet == FOR_REVIEW:
            return self.facet(code)
        if facet == TOPIC:
            return self.topics().get(code, code)
        if facet == RUN:
            return f"{code[:4]}-{code[4:6]}-{code[6:8]} {code[9:11]}:{code[11:13]} UTC"
        if facet == "question":
            return self.questions.get(code) or code
        return self._codes.get((facet, code), code)

    def alone(self, facet: str, code: str) -> str:
        """Return a name that can be understood without its facet beside it: "Health" may be a right or an industry."""
        label = self.code(facet, code)
        if facet == FOR_REVIEW:
            return f"{label} for review"
        return f"{label} ({self.facet(facet).lower()})" if label in self._ambiguous and facet not in SOURCES else label
