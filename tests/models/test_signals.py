from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from models import nationality, signals
from models.cues import EVERY_LANGUAGE
from models.reading import HOME, SIGNAL
from models.signals import company_cues, lists_hash, signal_cues
from taxonomy import load_codebook

FOLDER = Path(signals.__file__).parent


def test_every_signal_speaks_the_five_languages() -> None:
    spoken: dict[str, set[str]] = {}
    for cue in signal_cues():
        assert cue.facet == SIGNAL
        spoken.setdefault(cue.code, set()).add(cue.language)
    assert spoken
    assert all(languages == {"en", "es", "fr", "pt", "ko"} for languages in spoken.values())


def test_no_signal_lists_a_word_twice() -> None:
    for name, languages in tomllib.loads((FOLDER / "signals.toml").read_text("utf-8")).items():
        for language, texts in languages.items():
            assert [text for text, count in Counter(texts).items() if count > 1] == [], (name, language)


def test_companies_are_at_home_in_countries_and_in_codes_of_the_codebook() -> None:
    from taxonomy.countries import to_alpha3

    codebook = load_codebook()
    known = {facet: {code.id for code in codebook.facet(facet).codes} for facet in ("actor", "industry")}
    for cue in company_cues():
        assert cue.language == EVERY_LANGUAGE
        if cue.facet == HOME:
            assert to_alpha3(cue.code) == cue.code
        else:
            assert cue.code in known[cue.facet]


def test_a_company_has_one_home() -> None:
    homes = Counter(cue.text for cue in company_cues() if cue.facet == HOME)
    assert len(homes) > 150
    assert [name for name, count in homes.items() if count > 1] == []


def test_names_need_their_capital_where_the_script_has_one() -> None:
    cased = {cue.text: cue.cased for cue in company_cues()}
    assert cased["Shell"]
    assert not cased["삼성"]


def test_another_word_makes_another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = lists_hash()
    assert lists_hash() == before
    other = tmp_path / "signals.toml"
    other.write_text((FOLDER / "signals.toml").read_text("utf-8") + "# \n", "utf-8")
    monkeypatch.setattr(signals, "_SIGNALS", other)
    assert lists_hash() != before


def test_another_nation_makes_another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = lists_hash()
    other = tmp_path / "demonyms.toml"
    other.write_bytes(nationality.TABLE.read_bytes() + b"# \n")
    monkeypatch.setattr(nationality, "TABLE", other)
    assert lists_hash() != before
