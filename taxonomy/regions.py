"""World regions, for figures that are too few by country.

The grouping is the one of the United Nations Statistics Division for the Sustainable Development Goals, built from the M49
standard. Two places that it does not list stand where they lie: Taiwan and Kosovo. Antarctica is in no region.
"""

from __future__ import annotations

from functools import cache

_REGIONS = {
    "Sub-Saharan Africa": (
        "AGO ATF BDI BEN BFA BWA CAF CIV CMR COD COG COM CPV DJI ERI ETH GAB GHA GIN GMB GNB GNQ IOT KEN LBR LSO MDG MLI MOZ MRT MUS "
        "MWI MYT NAM NER NGA REU RWA SEN SHN SLE SOM SSD STP SWZ SYC TCD TGO TZA UGA ZAF ZMB ZWE"
    ),
    "Northern Africa and Western Asia": (
        "ARE ARM AZE BHR CYP DZA EGY ESH GEO IRQ ISR JOR KWT LBN LBY MAR OMN PSE QAT SAU SDN SYR TUN TUR YEM"
    ),
    "Central and Southern Asia": "AFG BGD BTN IND IRN KAZ KGZ LKA MDV NPL PAK TJK TKM UZB",
    "Eastern and South-Eastern Asia": "BRN CHN HKG IDN JPN KHM KOR LAO MAC MMR MNG MYS PHL PRK SGP THA TLS TWN VNM",
    "Latin America and the Caribbean": (
        "ABW AIA ARG ATG BES BHS BLM BLZ BOL BRA BRB BVT CHL COL CRI CUB CUW CYM DMA DOM ECU FLK GLP GRD GTM GUF GUY HND HTI JAM KNA "
        "LCA MAF MEX MSR MTQ NIC PAN PER PRI PRY SGS SLV SUR SXM TCA TTO URY VCT VEN VGB VIR"
    ),
    "Oceania": "ASM AUS CCK COK CXR FJI FSM GUM HMD KIR MHL MNP NCL NFK NIU NRU NZL PCN PLW PNG PYF SLB TKL TON TUV UMI VUT WLF WSM",
    "Europe and Northern America": (
        "ALA ALB AND AUT BEL BGR BIH BLR BMU CAN CHE CZE DEU DNK ESP EST FIN FRA FRO GBR GGY GIB GRC GRL HRV HUN IMN IRL ISL ITA JEY "
        "LIE LTU LUX LVA MCO MDA MKD MLT MNE NLD NOR POL PRT ROU RUS SJM SMR SPM SRB SVK SVN SWE UKR USA VAT XKX"
    ),
}


def region(alpha3: str) -> str | None:
    """Return the region of a country given by its alpha-3 code; None where it has none or the code is not known."""
    return _by_country().get(alpha3)


@cache
def _by_country() -> dict[str, str]:
    return {country: name for name, countries in _REGIONS.items() for country in countries.split()}
