from __future__ import annotations

import codecs

import pytest

from flows.encodings import decode
from flows.raw import UNDECODABLE
from taxonomy.errors import RawFileError

WESTERN = (
    "qui;réponse\n"
    "A;Les sociétés minières paient la police, « sans façon ».\nB;La compañía amenazó a los dueños…\nC;A associação não opinou.\n"
)
KOREAN = "나라,답변\n한국,대기업들이 파업 노동자를 상대로 소송을 제기했다.\n한국,은행은 아무 말도 하지 않았다.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac-roman"])
def test_western_text_in_any_usual_encoding(encoding: str) -> None:
    found = decode(WESTERN.encode(encoding))
    assert (found.text, found.encoding, found.undecodable) == (WESTERN, encoding, 0)


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman"])
@pytest.mark.parametrize("text", ["país,x\nMéxico,aquí\n", "a,b\nl’eau,été\n", "não,1\n", "x,ação\n", "où,“non”\n", "NIÑO,AÇÃO\n"])
def test_short_western_text(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_korean_in_its_own_encoding() -> None:
    found = decode(KOREAN.encode("cp949"))
    assert (found.text, found.encoding) == (KOREAN, "cp949")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_settles_it_and_is_no_text(mark: bytes, encoding: str) -> None:
    found = decode(mark + KOREAN.encode(encoding))
    assert (found.text, found.encoding, found.undecodable) == (KOREAN, encoding, 0)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(encoding: str) -> None:
    assert decode(WESTERN.encode(encoding)).text == WESTERN


def test_other_encodings_are_left_to_the_detector() -> None:
    russian = "страна,ответ\nРоссия,Банки отказали профсоюзам в кредите и закрыли счета активистов.\n" * 5
    assert decode(russian.encode("cp1251")).text == russian


def test_a_western_row_in_utf8_is_marked() -> None:
    data = WESTERN.encode() + "D;la opinión\n".encode("cp1252")
    found = decode(data)
    assert (found.encoding, found.undecodable) == ("utf-8", 1)
    assert found.text == WESTERN + f"D;la opini{UNDECODABLE}n\n"


def test_a_utf8_row_in_western_text_is_marked_not_garbled() -> None:
    found = decode(WESTERN.encode("cp1252") + "D;la opinión\n".encode())
    assert (found.encoding, found.undecodable) == ("cp1252", 1)
    assert found.text.endswith(f"D;la opini{UNDECODABLE}n\n")


def test_half_a_character_at_the_end_of_utf16_is_marked() -> None:
    assert decode(codecs.BOM_UTF16_LE + "añb".encode("utf-16-le")[:-1]).text == f"añ{UNDECODABLE}"


def test_a_declared_encoding_stands() -> None:
    assert decode("é".encode("cp1252"), "cp1252").text == "é"
    assert decode("é".encode(), "latin-1").text == "Ã©"


def test_an_unknown_declared_encoding_is_named() -> None:
    with pytest.raises(RawFileError, match=r"reading\.encoding: no encoding is called 'utf-9'"):
        decode(b"a", "utf-9")
