from __future__ import annotations

import pytest

from flows.dates import iso_date


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("2024-03-05", None, "2024-03-05"),
        ("2024/3/5", None, "2024-03-05"),
        ("2024.03.05", None, "2024-03-05"),
        ("20240305", None, "2024-03-05"),
        ("2024-03-05 9:07", None, "2024-03-05T09:07:00"),
        ("2024-03-05 19:07:08", None, "2024-03-05T19:07:08"),
        ("2024-03-05T19:07:08.123Z", None, "2024-03-05T19:07:08+00:00"),
        ("2024-03-05T19:07:08+09:00", None, "2024-03-05T19:07:08+09:00"),
        (" 2024-03-05 ", None, "2024-03-05"),
        ("05/03/2024", "%d/%m/%Y", "2024-03-05"),
        ("05/03/2024 14:30", "%d/%m/%Y %H:%M", "2024-03-05T14:30:00"),
        ("05/03/2024", None, None),
        ("2024-13-05", None, None),
        ("2024-03/05", None, None),
        ("soon", None, None),
        ("2024-03-05", "%d/%m/%Y", None),
        ("", None, None),
    ],
)
def test_dates_are_read_only_where_they_are_sure(text: str, form: str | None, iso: str | None) -> None:
    assert iso_date(text, form) == iso
