"""Which words of topics are shown, and which names made of them: those that enough people are left to hold.

Every word is kept with the passages that hold it, so that a word goes with them: withdrawn, erased, masked or told to say nothing since.
"""

from __future__ import annotations

import pyarrow as pa

from models.topic_spec import topic_spec
from models.topic_words import BETWEEN
from taxonomy import load_codebook

#: Who speaks in each of the answers (answer, survey, unit, translation_group): all that one respondent gave, and all versions of one
#: answer, have one ``speaker``.
SPEAKERS = """
SELECT answer, CASE WHEN translation_group IS NULL THEN unit ELSE min(unit) OVER (PARTITION BY survey, translation_group) END AS speaker
FROM {answers}
"""

#: The words that are shown, of ``holders`` (topic, language, rank, speaker): the one place where the rule stands.
SPOKEN = 'SELECT topic, language, "rank" FROM {holders} GROUP BY ALL HAVING count(DISTINCT speaker) >= $least'

#: What topic t, which ``alive`` says to be of the newest fit, is called as long as no person says otherwise. ``told``: (topic, word),
#: the words that are shown. A name is shown with all its words or not at all; the dead have no words left.
AUTOMATIC_NAME = f"""
CASE WHEN t.alive AND list_has_all(
    coalesce((SELECT list(word) FROM told WHERE told.topic = t.topic), []),
    string_split(regexp_replace(t.name, ' \\([0-9]+\\)$', ''), '{BETWEEN}')
) THEN t.name ELSE 'Topic ' || regexp_extract(t.topic, '([0-9]+)$', 1) END
"""


def beside_codes(topics: pa.Table) -> pa.Table:
    """Return topics (topic, name, nearest_code, ...) with the nearest code beside each name that is nothing but a number."""
    codes = {f"{facet.id}:{code.id}": code.label("en") for facet in load_codebook().facets for code in facet.codes}
    names = [
        f"{row['name']} · near {codes[row['nearest_code']]}"
        if row["nearest_code"] in codes and row["name"] == f"Topic {row['topic'].rpartition('.')[2]}"
        else row["name"]
        for row in topics.select(["topic", "name", "nearest_code"]).to_pylist()
    ]
    return topics.set_column(topics.column_names.index("name"), "name", pa.array(names, pa.string()))


def least_speakers() -> int:
    """Return how many people must hold a word that is shown (``$least``)."""
    return topic_spec().words.least_answers
