"""The card of a trained coder: what it learned from, how well it does and where it does not, for machines and for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from models.figures import FEWEST_CASES, JUDGED_FROM, Figure, Quality
from models.labels import LabelledPassage
from models.quality import source_kind
from models.training import Recipe
from models.transformer import transformer_version

_WEAKEST = 12


def write_card(
    folder: Path,
    quality: Quality,
    rows: Sequence[LabelledPassage],
    auxiliary: Sequence[LabelledPassage],
    recipe: Recipe,
    precision: float,
    rights: Mapping[str, float],
) -> None:
    """Write ``card.json`` and ``CARD.md``.

    ``precision`` is what was wanted of the codes that count, ``rights`` are figures on recommendations that were never learned from,
    where there are any.
    """
    facts = {
        "transformer": transformer_version(),
        "codebook": quality.codebook,
        "coder": quality.coder,
        "recipe": asdict(recipe),
        "precision wanted": precision,
        "passages": _counts(rows),
        "auxiliary": _counts(auxiliary),
        "rights of withheld recommendations": dict(rights),
        "quality": quality.model_dump(mode="json", exclude={"facets": {"__all__": {"cells"}}}),
    }
    (folder / "card.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "CARD.md").write_text(_page(quality, rows, auxiliary, recipe, precision, rights), encoding="utf-8")


def _counts(rows: Sequence[LabelledPassage]) -> dict[str, object]:
    return {
        "count": len(rows),
        "by language": dict(sorted(Counter(row.passage.language for row in rows).items())),
        "by source": dict(sorted(Counter(source_kind(row.source) or "not given" for row in rows).items())),
    }


def _page(
    quality: Quality,
    rows: Sequence[LabelledPassage],
    auxiliary: Sequence[LabelledPassage],
    recipe: Recipe,
    precision: float,
    rights: Mapping[str, float],
) -> str:
    lines = [
        "# The trained coder",
        "",
        f"Low-rank adapters and one head per code on {transformer_version()}, for the codebook {quality.codebook}; seed {recipe.seed},",
        f"{recipe.epochs} epochs, rank {recipe.rank}. `suasion train` rebuilds it.",
        "",
        f"**Learned from** {len(rows)} passages coded in every facet ({_told(Counter(row.passage.language for row in rows))}; "
        f"{_told(Counter(source_kind(row.source) or 'not given' for row in rows))})"
        + (f" and {len(auxiliary)} recommendations of the UN's Universal Periodic Review coded by right." if auxiliary else "."),
        "",
        f"**Caveat.** {quality.caveat}",
        "",
        "## Cross-validated, families kept together",
        "",
        f"{quality.passages} passages, each coded by heads and weights of evidence that were fitted on other families; intervals of 95 %.",
        "Not all is out of fold: what a cue counts for (`models/selection.py`) and which codes go together in a claim",
        "(`models/links.toml`) were fitted once on the shipped passages, and cues were written with these in view; on them the figures",
        "are that much too kind.",
        f"Codes count (*settled*) from the confidence on that leaves a precision of {precision:.2f} on them.",
        "",
        "| facet | passages | accuracy or micro-F1 | macro-F1 | alpha | calibration error | settled | right of these |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {f.facet} | {f.rows} | {_interval(f.overall)} | {_figure(f.macro.value)} | {_figure(f.alpha)} | "
            f"{_figure(f.calibration.error)} | {_figure(f.coverage.share)} | {_figure(f.coverage.settled_precision)} |"
            for f in quality.facets
        ),
        "",
        "## By language",
        "",
        "| language | passages | " + " | ".join(f.facet for f in quality.facets) + " |",
        "|---|---:|" + "---:|" * len(quality.facets),
        *(
            f"| {group.group} | {group.rows} | " + " | ".join(_figure(f.overall.value if f.overall else None) for f in group.facets) + " |"
            for group in quality.groups
            if group.by == "language" and group.rows >= JUDGED_FROM
        ),
        "",
        "## Known weaknesses",
        "",
        f"The codes with the lowest F1 among those with at least {FEWEST_CASES} cases:",
        "",
        "| code | cases | precision | recall | F1 |",
        "|---|---:|---:|---:|---:|",
        *_weakest(quality),
        "",
    ]
    if rights:
        lines += [
            "## Rights of recommendations that were withheld",
            "",
            *(
                f"- {name}: {value:.0f}" if value > 1 else f"- {name}: {_figure(value)}" for name, value in rights.items()
            ),  # a count, shares
            "",
        ]
    return "\n".join(lines)


def _weakest(quality: Quality) -> list[str]:
    codes = [(f.facet, code) for f in quality.facets for code in f.codes if code.support >= FEWEST_CASES]
    codes.sort(key=lambda item: (item[1].f1.value or 0.0, item[0], item[1].code))
    return [
        f"| {facet}:{code.code} | {code.support} | {_figure(code.precision)} | {_figure(code.recall)} | {_figure(code.f1.value)} |"
        for facet, code in codes[:_WEAKEST]
    ]


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _interval(figure: Figure) -> str:
    return _figure(figure.value) + (f" ({_figure(figure.low)}–{_figure(figure.high)})" if figure.low is not None else "")
