"""The loader: what it reads, and that it finds every fault at its line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from taxonomy.codebook import Codebook, load_codebook
from taxonomy.errors import CodebookError

Load = Callable[[str], Codebook]
Faults = Callable[[str], tuple[str, ...]]


def line_of(text: str, part: str) -> int:
    """Return the 1-based number of the only line that holds a part."""
    (number,) = [number for number, line in enumerate(text.splitlines(), 1) if part in line]
    return number


def test_a_codebook_is_read_as_written(load: Load, small: str) -> None:
    codebook = load(small)
    assert (codebook.version, codebook.title, codebook.languages) == ("1.2.3", "Small", ("en", "ko"))
    assert codebook.rules[0].text == "Read first."
    bank = codebook.facet("actor").code("bank")
    assert bank.parent == "finance"
    assert bank.cues["en"].strong == ("bank",)
    assert bank.cues["en"].weak == ("lender",)
    assert bank.cues["en"].not_ == ("river bank",)
    assert [example.holds for example in bank.examples] == [True, False]
    assert bank.not_when is None
    assert bank.hrmi is None


def test_a_label_falls_back_to_english(load: Load, small: str) -> None:
    facet = load(small).facet("actor")
    assert facet.label("ko") == "행위자"
    assert facet.code("bank").label("ko") == "은행"
    assert facet.code("insurer").label("ko") == "Insurer"
    assert facet.groups[0].label("fr") == "Finance"


def test_an_unknown_facet_or_code_is_a_key_error(load: Load, small: str) -> None:
    codebook = load(small)
    with pytest.raises(KeyError):
        codebook.facet("colour")
    with pytest.raises(KeyError):
        codebook.facet("actor").code("cat")


def test_a_codebook_cannot_be_changed(load: Load, small: str) -> None:
    with pytest.raises(ValidationError):
        load(small).title = "Other"


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "y", "0", "1.0", "2026-01-01", "1e3", "0x1F", "12:30:45"])
def test_words_stay_words(load: Load, small: str, word: str) -> None:
    cues = load(small.replace("[lender]", f"[{word}]")).facet("actor").code("bank").cues["en"]
    assert cues.weak == (word,)


def test_an_id_may_be_a_bare_number(load: Load, small: str) -> None:
    codebook = load(small.replace("id: insurer", "id: 0"))
    assert codebook.facet("actor").code("0").label("en") == "Insurer"


def test_the_stamp_is_version_and_the_start_of_the_hash(load: Load, small: str) -> None:
    codebook = load(small)
    assert codebook.stamp == f"1.2.3+{codebook.hash[:8]}"
    assert len(codebook.hash) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Small", "# a comment\n\ntitle:   'Small'  # another"),
        ("languages: [en, ko]", "languages:\n  - en\n  - ko"),
        ("name: {en: Actor, ko: 행위자}", 'name: {ko: 행위자, en: "Actor"}'),
        ("        parent: finance\n", "        parent: finance\n        not_when: null\n        isic: []\n"),
        ("definition: Banks.", "definition: >-\n          Banks."),
    ],
)
def test_the_hash_does_not_see_formatting(load: Load, small: str, old: str, new: str) -> None:
    assert old in small
    assert load(small.replace(old, new)).hash == load(small).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [("title: Small", "title: smal"), ("[lender]", "[lenders]"), ("holds: false", "holds: true"), ("parent: finance", "parent: insurer")],
)
def test_the_hash_sees_content(load: Load, small: str, old: str, new: str) -> None:
    assert load(small.replace(old, new)).hash != load(small).hash


def test_the_hash_is_the_same_in_another_process(small: str, tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_text(small, encoding="utf-8")
    script = "import sys, pathlib, taxonomy; print(taxonomy.load_codebook(pathlib.Path(sys.argv[1])).hash)"
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == load_codebook(path).hash


FAULTS = {
    "missing key": ("    definition: Who acts.\n", "", "- id: actor", "definition is missing"),
    "missing key of a code": ("        use_when: An insurer is named.\n", "", "- id: insurer", "use_when is missing"),
    "unknown key": ("        parent: finance", "        parent: finance\n        colour: red", "colour: red", "colour is not a key"),
    "unknown key of cues": ("weak: [lender]", "feeble: [lender]", "feeble", "feeble is not a key"),
    "text that is a list": ("title: Small", "title: [Small]", "title:", "title must be text"),
    "text that is a truth value": ("title: Small", "title: true", "title:", "title must be text"),
    "text that is nothing": ("title: Small", "title:", "title:", "title must be text"),
    "empty text": ("title: Small", "title: ' '", "title:", "title is empty"),
    "list that is text": ("strong: [은행]", "strong: 은행", "strong: 은행", "strong must be a list"),
    "mapping that is text": ("name: {en: Insurer}", "name: Insurer", "name: Insurer", "name must be a mapping"),
    "no truth value": ("holds: false", "holds: maybe", "maybe", "holds must be true or false"),
    "another value": ("values: many", "values: some", "values: some", "values is wrong: input should be 'one' or 'many'"),
    "another reach": ("applies_to: influence", "applies_to: none", "applies_to", "applies_to is wrong"),
    "bad id": ("id: insurer", "id: In surer", "In surer", "id may hold only lower-case letters"),
    "duplicate code": (
        "- id: insurer",
        "- id: bank  # again",
        "# again",
        "the code id 'bank' is given twice; give one of the two another id",
    ),
    "duplicate rule": ("Read first.}", "Read first.}\n  - {id: r1, text: Twice.}", "Twice", "the rule id 'r1' is given twice"),
    "duplicate group": (
        "{en: Finance}}",
        "{en: Finance}}\n      - {id: finance, name: {en: Again}}",
        "Again",
        "the group id 'finance' is given twice",
    ),
    "duplicate key": (
        "title: Small",
        "title: Small\ntitle: Other",
        "title: Other",
        "the key 'title' stands here a second time (first in line 2)",
    ),
    "unknown parent": (
        "parent: finance",
        "parent: river",
        "parent:",
        "the parent 'river' of 'bank' is neither a group nor a code of this facet; name one that is",
    ),
    "own parent": ("parent: finance", "parent: bank", "parent:", "'bank' is its own ancestor"),
    "version of two numbers": ("version: 1.2.3", "version: 1.2", "version", "version must be three numbers"),
    "version with a word": ("version: 1.2.3", "version: 1.2.x", "version", "version must be three numbers"),
    "language that is none": ("languages: [en, ko]", "languages: [en, ko, xx]", "languages:", "'xx' is not a two-letter code"),
    "name in another language": ("name: {en: Insurer}", "name: {en: Insurer, fr: Assureur}", "Assureur", "'fr', which is not in languages"),
    "cues in another language": ("ko: {strong: [은행]}", "fr: {strong: [banque]}", "banque", "'fr', which is not in languages"),
    "example in another language": (
        "He sat on the bank., language: en",
        "He sat., language: de",
        "He sat.",
        "'de', which is not in languages",
    ),
    "no English name": ("name: {en: Insurer}", "name: {ko: 보험사}", "보험사", "'insurer' has no English name"),
    "no name at all": ("name: {en: Insurer}", "name: {}", "name: {}", "name is empty"),
    "empty cue": ("[lender]", "[lender, '']", "lender", "weak is empty"),
    "cue without a letter": ("[lender]", "[lender, '--']", "lender", "the cue '--' of 'bank' has no letter or digit"),
    "cue twice in a code": ("[lender]", "[Bánk]", "Bánk", "the cue 'Bánk' (en) stands twice in 'bank'"),
    "cue of two codes": (
        "use_when: An insurer is named.",
        "use_when: An insurer is named.\n        cues: {en: {strong: [BANK]}}",
        "BANK",
        "the strong cue 'BANK' (en) of 'insurer' is one of 'bank' too",
    ),
    "example for and against": (
        "He sat on the bank.,",
        "A bank lent money. ,",
        "holds: false",
        "example 2 of actor:bank refuses actor:bank, but example 1 of actor:bank, of the same text, expects",
    ),
    "no codes": (
        "    codes:\n",
        "    codes: []\n  - id: other\n    name: {en: O}\n    definition: O.\n    values: one\n    applies_to: all\n    codes:\n",
        "codes: []",
        "codes is empty",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_found_at_its_line(faults: Faults, small: str, case: str) -> None:
    old, new, place, message = FAULTS[case]
    assert old in small
    text = small.replace(old, new, 1)
    found = [fault for fault in faults(text) if message in fault]
    assert found, faults(text)
    assert found[0].startswith(f"line {line_of(text, place)}: ")


def test_a_cycle_of_parents_is_told_once_for_each_code(faults: Faults, small: str) -> None:
    text = small.replace("parent: finance", "parent: insurer").replace(
        "        name: {en: Insurer}", "        parent: bank\n        name: {en: Insurer}"
    )
    first, second = faults(text)
    assert "'bank' is its own ancestor (bank < insurer < bank); give one of them another parent, or none" in first
    assert "'insurer' is its own ancestor (insurer < bank < insurer)" in second


def test_a_weak_cue_may_be_shared(load: Load, small: str) -> None:
    text = small + "        cues: {en: {weak: [bank, lender]}}\n"
    assert load(text).facet("actor").code("insurer").cues["en"].weak == ("bank", "lender")


def test_a_strong_cue_may_be_shared_across_languages(load: Load, small: str) -> None:
    text = small + "        cues: {ko: {strong: [bank]}}\n"
    assert load(text).facet("actor").code("insurer").cues["ko"].strong == ("bank",)


def test_all_faults_are_told_at_once_in_the_order_of_lines(faults: Faults, small: str) -> None:
    text = (
        small.replace("version: 1.2.3", "version: one")
        .replace("title: Small", "title: Small\ntitle: Large")
        .replace("definition: Who acts.", "definition: ''")
        .replace("parent: finance", "parent: nowhere")
        .replace("language: en, holds: false", "language: tlh, holds: false")
        .replace("        use_when: An insurer is named.\n", "        sound: loud\n")
    )
    found = faults(text)
    lines = [int(fault.split(":")[0].removeprefix("line ")) for fault in found]
    assert len(found) == 7
    assert lines == sorted(lines)
    for message in (
        "version must",
        "a second time",
        "definition is empty",
        "'nowhere'",
        "'tlh'",
        "use_when is missing",
        "sound is not a key",
    ):
        assert sum(message in fault for fault in found) == 1


def test_the_message_names_the_file_and_counts_the_faults(tmp_path: Path, small: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(small.replace("version: 1.2.3", "version: 1"), encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        load_codebook(path)
    assert str(caught.value).startswith(f"{path}: 1 fault\n  line 1: version")


@pytest.mark.parametrize("text", ["", "# nothing\n", "just a word\n", "[a, b]\n", "null\n"])
def test_what_is_no_mapping_is_refused(faults: Faults, text: str) -> None:
    assert faults(text) == ("line 1: the codebook must be a mapping",)


def test_the_shipped_codebook_is_parsed_once() -> None:
    assert load_codebook() is load_codebook()
    assert isinstance(load_codebook(), Codebook)
