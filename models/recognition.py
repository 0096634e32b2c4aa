"""What in a text is an address, an account or a number that leads to a person: Presidio's patterns, and those it lacks.

Importing this module imports Presidio, which takes seconds: import it where a text gives a reason to.
No recogniser here asks the network: the suffix of an e-mail's domain is not looked up, whatever stands after the @ is masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
from presidio_analyzer import predefined_recognizers as presidio

from models.masking import Finding

_LEAST_SCORE = 0.4  # Presidio scores patterns that fit almost any number below this
_LEAST_DIGITS, _MOST_DIGITS = 7, 100  # more in one run is a table
_RUN = re.compile(r"(?<![0-9A-Za-z_.,])[+(]{0,2}\d(?:[ \t\u00a0().\-/+]{0,3}\d)*+(?![0-9A-Za-z_])")  # a Korean particle may follow
_REGIONS = ("US", "GB", "FR", "ES", "PT", "DE", "BR", "MX", "CO", "AR", "PE", "CL", "KR", "IN", "ZA", "KE", "NG")

_YEAR = r"(?:19|20)\d\d"
_NUMBER_WORD = r"(?:no|number|num|n[º°]|n[uú]mero|num[eé]ro|번호)"
_TELEPHONE = (
    r"\b(?:t[eé]l[eé](?:phone|fono|fone)?|tel|phone|mobile|m[oó]vil|celular|cel|cell|portable|whats ?app|fax|call"
    r"|전화|휴대폰|핸드폰|연락처)"
    rf"(?:\s?{_NUMBER_WORD})?[\s.:()]{{0,3}}"
)
_DOCUMENT = (
    r"\b(?:(?:passport|passeport|pasaporte|passaporte|여권|identity card|id card|national id|carte d['’]identité|cédula(?: de identidad)?"
    r"|carteira de identidade|dni|c\.?c\.?|rg|curp|nid|nif|ssn|social security|주민등록)"
    rf"(?!\w)(?:\s?{_NUMBER_WORD})?|(?:account|document|compte|cuenta|conta|documento|계좌)\s?{_NUMBER_WORD})[\s.:#]{{0,3}}"
)


@dataclass(frozen=True)
class _Recogniser:
    kind: str
    presidio: EntityRecognizer
    keeps: Callable[[str, int, int], bool] = lambda text, start, end: True


def addresses(text: str) -> list[Finding]:
    """Find e-mail addresses, handles and URLs."""
    return [_without_tail(text, finding) for finding in _find(text, _address_recognisers())]


def numbers(text: str) -> list[Finding]:
    """Find card and account numbers, identity numbers and telephone numbers."""
    return [*_find(text, _number_recognisers()), *_telephones(text)]


def prepare() -> None:
    """Make all recognisers now, so that the first text does not wait for them."""
    for make in (_address_recognisers, _number_recognisers, _telephone_recogniser):
        make()


def _find(text: str, recognisers: Sequence[_Recogniser]) -> list[Finding]:
    return [
        Finding(result.start, result.end, recogniser.kind)
        for recogniser in recognisers
        for result in recogniser.presidio.analyze(text, recogniser.presidio.supported_entities, None)
        if result.score >= _LEAST_SCORE and recogniser.keeps(text, result.start, result.end)
    ]


def _without_tail(text: str, finding: Finding) -> Finding:
    """Leave out the punctuation and the Korean particles that stick to the end of an address."""
    end = finding.end
    while end > finding.start + 1 and (
        text[end - 1] in ".,;:!?)]}'\"»”’" or (text[finding.start + 1].isascii() and "가" <= text[end - 1] <= "힣")
    ):
        end -= 1
    return Finding(finding.start, end, finding.kind)


def _telephones(text: str) -> list[Finding]:
    """Find telephone numbers, asking about each run of digits once: seventeen regions are tried on it."""
    found = []
    known: dict[str, list[tuple[int, int]]] = {}
    for run in _RUN.finditer(text):
        if run[0] not in known:
            likely = _LEAST_DIGITS <= sum(map(str.isdigit, run[0])) <= _MOST_DIGITS
            results = _telephone_recogniser().analyze(run[0], []) if likely else []
            known[run[0]] = [(result.start, result.end) for result in results]
        for start, end in known[run[0]]:
            if _is_telephone(text, run.start() + start, run.start() + end):
                found.append(Finding(run.start() + start, run.start() + end, "phone"))
    return found


@cache
def _address_recognisers() -> tuple[_Recogniser, ...]:
    web = [
        Pattern("scheme", r"\b(?:https?|ftp)://[^\s<>\"]+", 0.9),
        Pattern("www", r"\bwww\d?\.[^\s<>\"./]+\.[^\s<>\"]+", 0.9),
    ]
    bare = Pattern("bare", r"(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])(?:/[^\s<>\"]*)?", 0.5)
    latin = r"(?=[\w.]*[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?"
    handle = rf"(?<![\w.@/+-])@(?:{latin}|[^\W\da-z_]\w{{1,29}})(?:@[\w-]+(?:\.[\w-]+)+)?"
    return (
        _Recogniser("email", _Email()),
        _Recogniser("url", presidio.UrlRecognizer(patterns=web)),
        _Recogniser("url", presidio.UrlRecognizer(patterns=[bare]), _is_address),
        _Recogniser("handle", _own("HANDLE", handle)),
    )


@cache
def _number_recognisers() -> tuple[_Recogniser, ...]:
    identity = (
        _Cpf(),
        _Rut(),
        _own("CURP", r"\b[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d\b"),
        _own("DOCUMENT", rf"{_DOCUMENT}\K(?:[A-Z]{{1,3}}[\s-]?)?\d(?:[.\s-]?\d|[A-Z]){{4,14}}\b"),
        presidio.KrRrnRecognizer(),
        presidio.KrFrnRecognizer(),
        presidio.UsSsnRecognizer(),
        presidio.UkNinoRecognizer(),
        presidio.EsNifRecognizer(),
        presidio.EsNieRecognizer(),
        presidio.InAadhaarRecognizer(),
        presidio.InPanRecognizer(patterns=presidio.InPanRecognizer.PATTERNS[:1]),
        presidio.ItFiscalCodeRecognizer(),
        presidio.PlPeselRecognizer(),
        presidio.FiPersonalIdentityCodeRecognizer(),
        presidio.ZaIdNumberRecognizer(),
    )
    return (
        _Recogniser("card", presidio.CreditCardRecognizer(), _is_no_row_of_years),
        _Recogniser("card", presidio.IbanRecognizer()),
        *(_Recogniser("id", each, _is_no_row_of_years) for each in identity),
        _Recogniser("phone", _own("PHONE_NUMBER", rf"{_TELEPHONE}\K[+(]?\d(?:[\s().\-/]{{0,2}}\d){{6,14}}\b")),
    )


@cache
def _telephone_recogniser() -> EntityRecognizer:
    return presidio.PhoneRecognizer(supported_regions=_REGIONS, leniency=1)


def _own(entity: str, pattern: str) -> PatternRecognizer:
    return PatternRecognizer(supported_entity=entity, patterns=[Pattern(entity.lower(), pattern, 0.9)])


class _Email(presidio.EmailRecognizer):  # type: ignore[misc]
    def validate_result(self, pattern_text: str) -> bool:
        return True


class _Cpf(PatternRecognizer):  # type: ignore[misc]
    """Brazil's taxpayer number: its written form is enough, eleven bare digits need both check digits."""

    def __init__(self) -> None:
        written = Pattern("written", r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b", 0.9)
        super().__init__(supported_entity="BR_CPF", patterns=[written, Pattern("bare", r"(?<![\d+])(?<!\d[.,])\d{11}(?!\d|[.,]\d)", 0.5)])

    def validate_result(self, pattern_text: str) -> bool:
        digits = [int(character) for character in pattern_text if character.isdigit()]
        if not pattern_text.isdigit():
            return True
        sums = (sum(weight * digit for weight, digit in zip(range(n + 1, 1, -1), digits, strict=False)) for n in (9, 10))
        return len(set(digits)) > 1 and [total * 10 % 11 % 10 for total in sums] == digits[9:]


class _Rut(PatternRecognizer):  # type: ignore[misc]
    """Chile's identity number, with its check digit."""

    def __init__(self) -> None:
        super().__init__(supported_entity="CL_RUT", patterns=[Pattern("rut", r"(?<![\d.-])\d{1,2}\.?\d{3}\.?\d{3}-[\dK]\b", 0.5)])

    def validate_result(self, pattern_text: str) -> bool:
        body, _, check = pattern_text.replace(".", "").upper().partition("-")
        remainder = 11 - sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body))) % 11
        return check == {11: "0", 10: "K"}.get(remainder, str(remainder))


_COMMON_ENDING = re.compile(
    r"\.(?:com|org|net|edu|gov|int|info|io|app|dev|news|ngo|ong|(?:com?|org|net|gov|gob|gouv|edu|ac|or|go)\.[a-z]{2})$"
)


def _is_address(text: str, start: int, end: int) -> bool:
    """Tell an address from a missing space ("law.It says", "union.They/them") and from the name of a firm ("Change.org")."""
    host, _, path = text[start:end].partition("/")
    return host == host.lower() and (_COMMON_ENDING.search(host) is not None or (len(path) > 1 and host[-3] == "."))


_YEARS = re.compile(rf"{_YEAR}(?:\s*[-–/,]?\s*{_YEAR})+")


def _is_no_row_of_years(text: str, start: int, end: int) -> bool:
    return _YEARS.fullmatch(text[start:end]) is None


_WHOLE_NUMBER = re.compile(r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+")
_DATE = re.compile(rf"\d{{1,2}}([./-])\d{{1,2}}\1\d{{2,4}}|{_YEAR}([./-])\d{{1,2}}\2\d{{1,2}}|{_YEAR}\s?[-–/]\s?(?:{_YEAR}|\d\d)")
_COUNTED_BEFORE = re.compile(
    r"(?:[$€£₩¥₹#]|\b(?:usd|eur|cop|brl|mxn|krw|rs|n[.º°o]{1,2}|nos?|n[uú]m(?:ero)?|number|law|act|ley|lei|loi|decree|decreto|décret|article|art"
    r"|resolution|resoluci[oó]n|resolu[cç][aã]o|convention|convenio|case|caso|expediente|processo?|proceso|제)\b)[\s.:]*$",
    re.IGNORECASE,
)
_COUNTED_AFTER = re.compile(
    r"\s?(?:[%€$£₩¥₹]|원|명|호|(?:dollars?|d[oó]lares|euros?|pesos|reais|won|million|people|persons|personas|pessoas|workers|francs?|cfa|kwanzas?|meticais|shillings?|rupees|ringgit|tenge|rials?|bol[ií]vares|wones|hect[aá]re[as]?s?|tonn?es|toneladas|barrels|barriles|inhabitants|habitantes?)\b)",
    re.IGNORECASE,
)


def _is_telephone(text: str, start: int, end: int) -> bool:
    """Tell a telephone number from amounts, dates, spans of years and numbers of laws. With a country's prefix it always is one."""
    number = text[start:end]
    if number.startswith(("+", "00")):
        return True
    if number.isdigit() and not (number.startswith("0") or len(number) >= 10):
        return False
    return not is_amount_or_date(text, start, end)


def is_amount_or_date(text: str, start: int, end: int) -> bool:
    """Tell whether a number is an amount, a date, a span of years or the number of a law."""
    number = text[start:end]
    return bool(_WHOLE_NUMBER.fullmatch(number) or _DATE.fullmatch(number) or is_counted(text, start, end))


def is_counted(text: str, start: int, end: int) -> bool:
    """Tell whether a number counts something, or is that of a law, by what stands beside it."""
    return bool(_COUNTED_BEFORE.search(text[max(0, start - 16) : start]) or _COUNTED_AFTER.match(text, end))
