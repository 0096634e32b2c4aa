from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.masking import KINDS, MASKER, Mask, blanked, mask, masked_text
from models.tables import MASKED

ROOT = Path(__file__).parents[2]


def answers(*texts: str) -> pa.Table:
    return pa.table(
        {
            "answer": [f"a{place}" for place in range(len(texts))],
            "text": list(texts),
            **{name: pa.nulls(len(texts), pa.string()) for name in ("declared_language", "country")},
        }
    )


def restored(text: str, masked: str, masks: tuple[Mask, ...]) -> str:
    """Put the original stretches back by the offset map alone."""
    for each in reversed(masks):
        assert masked[each.start : each.end] == f"[{each.kind}]"
        masked = masked[: each.start] + text[each.original_start : each.original_end] + masked[each.end :]
    return masked


def test_a_text_without_addresses_or_numbers_is_not_touched() -> None:
    text = "Banks lobbied against Law 1257 of 2008 in 2005-2009; 45 percent agreed."
    assert masked_text(text) == (text, ())


def test_such_a_text_costs_no_import() -> None:
    code = (
        "import sys; from models.masking import masked_text; masked_text('Law 1257 of 2008, 2005-2009.'); "
        "print('presidio_analyzer' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == "False"


def test_placeholders_become_blanks_and_nothing_moves() -> None:
    masked = "".join(f"{number}[{kind}]" for number, kind in enumerate((*KINDS, "withheld")))
    assert blanked(f"{masked} [sic] [Person]").split() == [*map(str, range(len(KINDS) + 1)), "[sic]", "[Person]"]
    assert blanked("Mr [person] left [place].").index("left") == "Mr [person] left".index("left")


def test_an_empty_table_gives_an_empty_table() -> None:
    outcome = mask(answers().cast(pa.schema([(name, pa.string()) for name in answers().column_names])))
    assert outcome.made.schema.equals(MASKED)
    assert outcome.made.num_rows == 0


MASKED_TEXTS = [
    ("Write to maria.perez+x@ong-derechos.org.co today.", "Write to [email] today."),
    ("kim@naver.com으로 연락", "[email]으로 연락"),
    ("See https://www.example.org/a?b=c).", "See [url])."),
    ("www.example.org/x, example.com and booking.com/hotels", "[url], [url] and [url]"),
    ("HTTP://EXAMPLE.ORG/A or WWW.EXAMPLE.ORG", "[url] or [url]"),
    ("@maria_p, @홍길동 and @u@host.social agree", "[handle], [handle] and [handle] agree"),
    ("Call +57 300 123 4567 or (555) 123-4567.", "Call [phone] or [phone]."),
    ("Tel: 555 1234", "Tel: [phone]"),
    ("전화 010-1234-5678, 02-2010-1999", "전화 [phone], [phone]"),
    ("Appelez 01 42 34 56 78 ou le +33 6 12 34 56 78.", "Appelez [phone] ou le [phone]."),
    ("0612345678 0712345678 0698765432 0687654321", "[phone] [phone] [phone] [phone]"),
    ("card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00", "card [card], IBAN [card]"),
    ("CPF 529.982.247-25 e 52998224725, sim", "CPF [id] e [id], sim"),
    ("주민번호 900101-1234567, SSN 536-22-1234", "주민번호 [id], SSN [id]"),
    ("passport no. AB1234567, DNI 12345678Z, cédula 1.234.567.890", "passport no. [id], DNI [id], cédula [id]"),
    ("RUT 12.345.678-5; CURP GARC850101HDFRRL09; codice RSSMRA85T10A562S", "RUT [id]; CURP [id]; codice [id]"),
]

UNTOUCHED_TEXTS = [
    "Law 1257 of 2008, Decree 1072/2015, PL 2630/2020, No. 20210345, Resolution 1325 (2000), Case 11.552",
    "ILO Convention 169, ISO 26000, SDG 8.5, A/HRC/17/31, E/C.12/2019/3, section 3.2.1.4, COVID-19, 2030 Agenda",
    "2005-2009, 2008–2012, 1991/1992/1993, 2020 2021 2022 2023, 1990s, 1000-2000-3000",
    "12/05/2019, 2019-05-12, 2016.9.27.에, 24/7, 9-11",
    "23,100 kwanza ($356), US$ 16.5 million, R$ 1.200.000,00, 1 234 567 €, 10,000,000,000 won, 3 000 000 000 000",
    "12.345.678 habitantes, 612 345 678 personas, 100000 workers, 5,600 persons",
    "제12345678호, lote 56 y 88, pozo PN-62D, Boeing 737-800, 372-2018 MTC/01.02., 0001234-56.2019.8.26.0100",
    "The law.It says so, workers.In 2020; union.They/them; and/or",
    "l@s trabajador@s, tod@s, 10 @ 5, Change.org, Orda.kz",
    "A 52998224726 that fails its check digits, and 12.345.678-4",
]


@pytest.mark.real_models
@pytest.mark.parametrize(("text", "masked"), MASKED_TEXTS)
def test_what_leads_to_a_person_is_masked(text: str, masked: str) -> None:
    found, masks = masked_text(text)
    assert found == masked
    assert restored(text, found, masks) == text
    assert masked_text(found) == (found, ())


@pytest.mark.real_models
@pytest.mark.parametrize("text", UNTOUCHED_TEXTS)
def test_years_laws_dates_and_amounts_stay(text: str) -> None:
    assert masked_text(text) == (text, ())


@pytest.mark.real_models
def test_the_map_is_in_code_points() -> None:
    masked, (mail, call) = masked_text("\U0001f600 é a@b.org — +57 300 123 4567")
    assert masked == "\U0001f600 é [email] — [phone]"
    assert mail == Mask("email", 4, 11, 4, 11)
    assert call == Mask("phone", 14, 21, 14, 30)


@pytest.mark.real_models
def test_overlapping_findings_become_one_under_the_longest() -> None:
    masked, masks = masked_text("https://example.org/u?mail=a@b.org&tel=+573001234567 end")
    assert masked == "[url] end"
    assert len(masks) == 1


@pytest.mark.real_models
def test_the_stage_makes_one_row_per_answer() -> None:
    outcome = mask(answers("a@b.org", "", "none"))
    assert outcome.made.schema.equals(MASKED)
    assert outcome.made["masked"].to_pylist() == ["[email]", "", "none"]
    assert outcome.made["masker"].to_pylist() == [MASKER] * 3
    assert outcome.made["masks"].to_pylist()[0] == [{"kind": "email", "start": 0, "end": 7, "original_start": 0, "original_end": 7}]
    assert outcome.rejected.num_rows == 0


@pytest.mark.real_models
def test_a_number_across_two_stretches_of_a_long_text_is_found_once() -> None:
    for before in range(1985, 2003):
        text = "x" * before + " +57 300 123 4567 " + "y" * 500
        assert masked_text(text)[0] == "x" * before + " [phone] " + "y" * 500


@pytest.mark.real_models
@pytest.mark.parametrize(
    "unit", ["1", "1 ", "1234 ", "2005-2009 ", "@", "a@", "a.", "www.", "http://", "x", "tel ", "passport ", "(", "1.1-"]
)
@pytest.mark.timeout(30)
def test_a_long_text_of_anything_is_done_in_seconds(unit: str) -> None:
    masked_text(unit * (200_000 // len(unit)))


@pytest.mark.real_models
@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                "a@b.org",
                "+57 300 123 4567",
                "@maria_p",
                "https://e.org/x",
                "4111 1111 1111 1111",
                "Law 12",
                "é",
                "\U0001f600",
                ", ",
                " ",
                "\n",
            ]
        )
    )
)
def test_any_mixture_can_be_restored(parts: list[str]) -> None:
    text = " ".join(parts)
    masked, masks = masked_text(text)
    assert restored(text, masked, masks) == text
    assert all(each.kind in KINDS for each in masks)
    assert "@b.org" not in masked
