"""Telephone and identity numbers as the countries of the survey write them, beyond those that every text is searched for.

In a protected answer a wrong mask costs a figure, a missed number a person: whatever is long enough and neither an amount, a year nor
a date is taken for a number that leads to somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import phonenumbers
import pycountry

from models.masking import Finding
from models.recognition import is_amount_or_date, is_counted

#: The countries of the pilot and its neighbours, whose national formats are tried on every run of digits, whatever an answer is about.
REGIONS = (
    *("AO", "AU", "BR", "CD", "CO", "FJ", "FR", "GB", "GH", "ID", "IN", "JO", "KE", "KG", "KR", "KZ", "LR", "MX", "MY", "MZ", "NG"),
    *("NP", "NZ", "PE", "PH", "SA", "TH", "TZ", "UG", "US", "VE", "VN", "ZA"),
)

_RUN = re.compile(r"(?<![0-9A-Za-z_.,/-])[+(]{0,2}\d(?:[ \t\u00a0().\-]{0,3}\d){6,15}(?![0-9A-Za-z_])")
_SHORT = 7  # digits, which make a telephone number only where the answer's own country has such and writes them in groups
_SHOWS = re.compile(r"\d(?:[\s().\-/]{0,3}[A-Za-z]{0,5}\d){5}")
_IDENTITY = re.compile(
    r"""(?<![0-9A-Za-z_-])(?:
        \d{9}[A-Z]{2}\d{3}                                  # Angola: bilhete de identidade
      | \d{12}[A-Z]                                         # Mozambique: bilhete de identidade
      | [VEJPG]-?\s?\d{1,2}\.?\d{3}\.?\d{3}                 # Venezuela: cédula, RIF
      | [A-Z]{4}\d{6}[HMX][A-Z]{2}[A-Z0-9]{3}[A-Z0-9]\d      # Mexico: CURP
      | [A-Z]{6}\d{8}[HM]\d{3}                              # Mexico: clave de elector
      | \d{6}-[0-9]{2}-\d{4}                                # Malaysia: MyKad
      | \d{6}\s?-\s?[0-9]\d{6}                              # South Korea: resident registration
      | \d{2}-\d{2}-\d{2}-\d{5}                             # Nepal: citizenship certificate
      | [A-Z]{3}\d{4}(?:\d|[A-Z]{2})                        # New Zealand: NHI; others
      | \d{3}-\d{3}-\d{3}                                   # New Zealand: IRD; Australia: tax file number
      | \d{3}-\d{2}-\d{4}                                   # United States: social security
      | [A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]   # United Kingdom: national insurance
      | [12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?   # France: sécurité sociale
      | \d{1,2}\.\d{3}\.\d{3}-[\dXK]                        # Brazil: RG; Chile: RUT
      # Letters and at least five digits: passports, Uganda's NIN, and others.
      | (?=(?:[A-Z]*\d){5})(?=\d*[A-Z])[A-Z\d]{8,18}
    )(?![0-9A-Za-z_-])""",
    re.VERBOSE,
)
#: "923 121 275": an amount where something is counted, a telephone number anywhere else.
_SPACED = re.compile(r"\d{2,3}(?: \d{3}){2,3}")
_BARE = re.compile(r"(?<![0-9A-Za-z_.,/+-])\d{9,16}(?![0-9A-Za-z_/%]|[.,]\d)")


def local_numbers(text: str, country: str | None = None) -> Iterator[Finding]:
    """Yield identity and telephone numbers in the formats of the pilot's countries, and telephone numbers of the answer's own (alpha-3)."""
    if _SHOWS.search(text) is None:
        return
    for match in _IDENTITY.finditer(text):
        yield Finding(match.start(), match.end(), "id")
    for match in _BARE.finditer(text):
        if not is_amount_or_date(text, match.start(), match.end()):
            yield Finding(match.start(), match.end(), "id")
    for match in _RUN.finditer(text):
        spaced = _SPACED.fullmatch(match[0]) is not None and not is_counted(text, match.start(), match.end())
        if (spaced or not is_amount_or_date(text, match.start(), match.end())) and _is_telephone(match[0], country):
            yield Finding(match.start(), match.end(), "phone")


@cache
def _is_telephone(number: str, country: str | None) -> bool:
    known = pycountry.countries.get(alpha_3=country) if country else None
    own = (known.alpha_2,) if known is not None else ()
    short = sum(map(str.isdigit, number)) <= _SHORT
    regions = (None,) if number.startswith("+") else own if short else (*REGIONS, *own)
    if short and number.isdigit():
        return False
    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
