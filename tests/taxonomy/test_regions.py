from __future__ import annotations

from collections import Counter

import pycountry
import pytest

from taxonomy.regions import _REGIONS, region


def test_every_country_has_one_region() -> None:
    listed = Counter(country for countries in _REGIONS.values() for country in countries.split())
    assert max(listed.values()) == 1
    assert set(listed) == {entry.alpha_3 for entry in pycountry.countries} - {"ATA"} | {"XKX"}


@pytest.mark.parametrize(
    ("country", "name"),
    [
        ("SDN", "Northern Africa and Western Asia"),
        ("SSD", "Sub-Saharan Africa"),
        ("IRN", "Central and Southern Asia"),
        ("MEX", "Latin America and the Caribbean"),
        ("CAN", "Europe and Northern America"),
        ("XKX", "Europe and Northern America"),
    ],
)
def test_regions_are_those_of_the_united_nations(country: str, name: str) -> None:
    assert region(country) == name


@pytest.mark.parametrize("nowhere", ["ATA", "", "bra", "XXX"])
def test_what_lies_in_no_region_has_none(nowhere: str) -> None:
    assert region(nowhere) is None
