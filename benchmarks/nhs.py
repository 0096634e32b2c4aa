"""Another survey with another codebook: NHS patients' answers, coded by people, beside TF-IDF with logistic regression.

    python benchmarks/nhs.py labels v6framework_230831.csv nhs.jsonl     # the coded answers as labels
    python benchmarks/nhs.py compare nhs.jsonl                           # five folds by respondent, both methods on the same ones
    python benchmarks/nhs.py compare nhs.jsonl --baseline                # the baseline alone, in a few minutes

Where the answers come from and which are left out: benchmarks/nhs/README.md. Both methods read the same texts, are fitted on the same
folds, and choose what there is to choose (thresholds, the favour shown to rare values; the baseline's C and class weights too) in the
same way: for each fold on the out-of-fold scores of the others. A comparison that was stopped goes on at the fold that it was at.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from flows.labels import read_labels
from flows.progress import Terminal
from flows.training import Material, cross_validated, out_of_fold
from models.coder import CueCoder
from models.comparison import Comparison, Pair, Predicted, compare
from models.encoders import load_encoder
from models.folds import folds
from models.heads import targets
from models.judgement import KINDS, best_take, best_tilt, chosen
from models.labels import LabelledPassage
from models.scoring import FacetLayout, Layout
from models.training import Recipe
from models.weighing import evidence_of
from store import Paths
from taxonomy import Codebook, load_codebook
from taxonomy.errors import RawFileError, SuasionError
from taxonomy.folding import fold

CODEBOOK = Path(__file__).with_name("nhs") / "codebook.yaml"
FOLDS = 5
DRAWS = 1000
SELDOM = (5, 25)  # cases from which on a code counts in a macro mean

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

# --- the answers as labels

#: Where the export's name of a code is not the codebook's.
COLUMNS = {"Referals & continuity of care": "referrals", "Safeguarding concerns?": "safeguarding"}
#: What stands beside the codes. "Not assigned" says that none applies; "Labelling not possible" that there is no answer.
NO_CODE, NO_ANSWER = "Not assigned", "Labelling not possible"
SENTIMENTS = {"1": "very_positive", "2": "positive", "3": "neutral", "4": "negative", "5": "very_negative"}
PLACEHOLDERS = frozenset({"", "did not answer"})


def labels(export: Path, codebook: Codebook) -> Iterator[dict[str, object]]:
    """Yield a record for each answer of the export that says anything, in the form that ``suasion train`` reads.

    The text is the question and the answer to it, with runs of white space as one space; the family is the respondent.

    Raises:
        RawFileError: the export cannot be read, or has not the columns that the codebook speaks of.
    """
    try:
        with export.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            codes = _columns(table.fieldnames or (), codebook, export.name)
            for row in table:
                if fold(row["FFT answer"]) not in PLACEHOLDERS:
                    yield _record(row, codes)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RawFileError(f"{export.name}: cannot be read as a table ({type(error).__name__})") from error


def _columns(names: Sequence[str], codebook: Codebook, file: str) -> dict[str, str]:
    """Return the code of each column that stands for one."""
    by_name = {fold(code.label("en")): code.id for code in codebook.facet("theme").codes}
    found = {name: COLUMNS.get(name) or by_name.get(fold(name), "") for name in names}
    codes = {name: code for name, code in found.items() if code}
    missing = set(by_name.values()) - set(codes.values())
    needed = {"Comment ID", "Respondent ID", "FFT question", "FFT answer", "Comment sentiment"} - set(names)
    if missing or needed:
        raise RawFileError(f"{file}: has no column for {', '.join(sorted(missing | needed))}; is it the export that the README names?")
    return codes


def _record(row: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, object]:
    record: dict[str, object] = {
        "id": row["Comment ID"],
        "text": " ".join(f"{row['FFT question']} {row['FFT answer']}".split()),
        "lang": "en",
        "source": f"NHS: {row.get('Trust', '')}",
        "family": row["Respondent ID"],
        "theme": [code for name, code in codes.items() if row[name].strip()],
    }
    sentiment = SENTIMENTS.get(row["Comment sentiment"].strip())
    return record | ({"sentiment": sentiment} if sentiment else {})


# --- the baseline


@dataclass(frozen=True)
class Choice:
    """One way of fitting the baseline's regressions."""

    c: float
    balanced: bool

    def __str__(self) -> str:
        return f"C {self.c:g}, {'balanced' if self.balanced else 'unweighted'}"

    def model(self, solver: str) -> LogisticRegression:
        return LogisticRegression(C=self.c, class_weight="balanced" if self.balanced else None, solver=solver, max_iter=1000)


CHOICES = tuple(Choice(c, balanced) for c in (1.0, 10.0, 100.0) for balanced in (False, True))
Scored = dict[Choice, Floats]


def baseline_scores(texts: Sequence[str], held: Booleans, asked: Booleans, layout: Layout, its_fold: NDArray[np.int_]) -> Scored:
    """Return probabilities out of fold for every choice, each of shape (rows, codes): a regression per code, one per facet of one value."""
    scores = {choice: np.zeros(held.shape) for choice in CHOICES}
    every = np.asarray(texts, dtype=object)
    for number in np.unique(its_fold):
        seen, unseen = its_fold != number, its_fold == number
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        known, new = words.fit_transform(every[seen]), words.transform(every[unseen])
        for choice, made in scores.items():
            for facet in layout.facets:
                part = slice(facet.start, facet.end)
                made[unseen, part] = _fitted(choice, facet, (known, held[seen, part], asked[seen, part]), new)
    return scores


def _fitted(choice: Choice, facet: FacetLayout, learned: tuple[csr_matrix, Booleans, Booleans], new: csr_matrix) -> Floats:
    known, held, asked = learned
    found = np.zeros((new.shape[0], len(facet.codes)))
    if facet.one:
        rows = asked.any(axis=1)
        model = choice.model("lbfgs").fit(known[rows], held[rows].argmax(axis=1))
        found[:, model.classes_] = model.predict_proba(new)
        return found
    for place in range(len(facet.codes)):
        rows = asked[:, place]
        if held[rows, place].sum() >= 2:  # a code of a single case has nothing to be fitted on
            found[:, place] = choice.model("liblinear").fit(known[rows], held[rows, place]).predict_proba(new)[:, 1]
    return found


def baseline(rows: Sequence[LabelledPassage], layout: Layout, count: int) -> tuple[list[Pair], list[str]]:
    """Return each row with what the baseline says of it out of fold, and what it chose in each facet and fold."""
    held, asked = (np.asarray(each, dtype=bool) for each in targets(rows, layout))
    its_fold = np.asarray(folds(rows, count))
    scores = baseline_scores([row.passage.text for row in rows], held, asked, layout, its_fold)
    said: list[dict[str, dict[str, float]]] = [{} for _ in rows]
    told: list[str] = []
    for facet in layout.facets:
        part = slice(facet.start, facet.end)
        for number in range(count):
            others, unseen = its_fold != number, np.flatnonzero(its_fold == number)
            best = max(CHOICES, key=lambda choice: _decided(scores[choice][:, part], held[:, part], asked[:, part], facet, others)[0])
            given = _decided(scores[best][:, part], held[:, part], asked[:, part], facet, others)[1]
            told.append(f"{facet.facet}, fold {number + 1}: {best}")
            for row in unseen:
                said[row][facet.facet] = {facet.codes[at]: float(scores[best][row, facet.start + at]) for at in np.flatnonzero(given[row])}
    return [(row, Predicted(each)) for row, each in zip(rows, said, strict=True)], told


def _decided(scores: Floats, held: Booleans, asked: Booleans, facet: FacetLayout, fitted_on: Booleans) -> tuple[float, Booleans]:
    """Return what is given on all rows, as the coder decides it on some of them, and the F1 there: micro of many values, macro of one."""
    if facet.one:
        known = fitted_on & asked.any(axis=1)
        given = np.eye(len(facet.codes), dtype=bool)[chosen(scores, best_tilt(scores[known], held[known]))]
        return float(_f1(given[known], held[known], 0).mean()), given
    known_cells = asked & fitted_on[:, None]
    given = scores >= best_take(scores, held, known_cells)
    return float(_f1(given[known_cells], held[known_cells], None)), given


def _f1(given: Booleans, held: Booleans, axis: int | None) -> Floats:
    return np.asarray(2 * (given & held).sum(axis=axis) / np.maximum(given.sum(axis=axis) + held.sum(axis=axis), 1))


# --- this project's coder


def trained(rows: Sequence[LabelledPassage], codebook: Codebook, recipe: Recipe, count: int, terminal: Terminal) -> dict[str, list[Pair]]:
    """Return each row with what ``suasion train`` finds for it in cross-validation: by all evidence, and by the heads alone."""
    layout = Layout.of(codebook)
    scores = out_of_fold(Material(tuple(rows)), layout, recipe, Paths.default().training, terminal, count)
    encoder = load_encoder()
    cues = CueCoder(codebook, encoder)
    vectors = encoder.encode([row.passage.text for row in rows])
    tables = evidence_of(rows, scores, cues, vectors, layout)
    without = {"heads alone": KINDS[1:], "Suasion": ()}
    return {
        name: cross_validated(rows, tables, scores, cues, vectors, layout, codebook, count, without=left_out)
        for name, left_out in without.items()
    }


# --- the figures


def measures(comparison: Comparison) -> dict[str, Floats]:
    """Return each measure of a facet, shape (1 + draws,): first over all passages, then over respondents drawn anew.

    The draws are the same for every method that is compared on the same passages, so that differences can be taken draw by draw.
    """
    names, which = np.unique(comparison.families.astype(str), return_inverse=True)
    count = len(names)
    times = np.ones((1 + DRAWS, count))
    times[1:] = np.random.default_rng(1).multinomial(count, np.full(count, 1 / count), size=DRAWS)

    def totals(marks: Booleans) -> Floats:
        by_respondent = np.zeros((count, marks.shape[1]))
        np.add.at(by_respondent, which.reshape(-1), marks)
        return np.asarray(times @ by_respondent)

    hits, said, cases = totals(comparison.held & comparison.said), totals(comparison.said), totals(comparison.held)
    found: dict[str, Floats] = {}
    if comparison.many:
        found["micro-F1"] = 2 * hits.sum(axis=1) / np.maximum((said + cases).sum(axis=1), 1)
    else:
        found["accuracy"] = hits.sum(axis=1) / np.maximum(cases.sum(axis=1), 1)
    f1 = 2 * hits / np.maximum(said + cases, 1)
    for least in SELDOM:
        often = comparison.held.sum(axis=0) >= least
        if often.any():
            found[f"macro-F1, {often.sum()} codes of {least} cases or more"] = f1[:, often].mean(axis=1)
    return found


def interval(draws: Floats) -> str:
    low, high = np.percentile(draws[1:], (2.5, 97.5))
    return f"{draws[0]:.3f} [{low:.3f}, {high:.3f}]"


def show(methods: Mapping[str, Sequence[Pair]], codebook: Codebook) -> None:
    """Print, as Markdown, every method's figures and how far the last is ahead of the first; then the F1 of each code."""
    first, last = next(iter(methods)), list(methods)[-1]
    for facet in codebook.facets:
        compared = {
            name: compare([pair for pair in pairs if pair[0].values.get(facet.id) is not None], facet) for name, pairs in methods.items()
        }
        found = {name: measures(comparison) for name, comparison in compared.items()}
        some = compared[last]
        respondents = len(set(some.families))
        print(f"\n## {facet.label('en')}: {len(some.ids)} answers of {respondents} respondents; 95 % intervals over respondents\n")
        ahead = [f"{last} ahead of {first} by"] if last != first else []
        print(f"| measure | {' | '.join([*methods, *ahead])} |\n|---|{'---:|' * (len(methods) + len(ahead))}")
        for measure in found[last]:
            differences = [found[last][measure] - found[first][measure] for _ in ahead]
            print(f"| {measure} | {' | '.join(map(interval, [*(found[name][measure] for name in methods), *differences]))} |")
        print(f"\n| code | cases | {' | '.join(methods)} |\n|---|---:|{'---:|' * len(methods)}")
        by_code = {name: _f1(comparison.said, comparison.held, 0) for name, comparison in compared.items()}
        for place in np.argsort(-some.held.sum(axis=0), kind="stable"):
            if cases := int(some.held[:, place].sum()):
                print(f"| {some.codes[place]} | {cases} | {' | '.join(f'{by_code[name][place]:.2f}' for name in methods)} |")


# --- the command


def compare_methods(path: Path, recipe: Recipe, *, alone: bool, limit: int | None) -> None:
    codebook = load_codebook(CODEBOOK)
    rows = read_labels([path], codebook).rows[:limit]
    # What is kept from fold to fold goes first.
    ours = {} if alone else trained(rows, codebook, recipe, FOLDS, Terminal())
    theirs, choices = baseline(rows, Layout.of(codebook), FOLDS)
    methods = {"TF-IDF + logistic regression": theirs} | ours
    print(f"The baseline chose: {'; '.join(choices)}.")
    if not alone:
        print(f"The heads were trained by {recipe}.")
    show(methods, codebook)


def write_labels(export: Path, out: Path) -> None:
    records = list(labels(export, load_codebook(CODEBOOK)))
    out.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    print(f"{len(records)} answers of {len({record['family'] for record in records})} respondents written into {out}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("labels", help="turn the export into labels")
    making.add_argument("export", type=Path)
    making.add_argument("out", type=Path)
    comparing = commands.add_parser("compare", help="both methods in cross-validation")
    comparing.add_argument("labels", type=Path)
    comparing.add_argument("--baseline", action="store_true", help="the baseline alone")
    comparing.add_argument("--epochs", type=int, default=4)
    comparing.add_argument("--first-layer", type=int, default=10, help="the lowest layer with adapters: the fewer, the faster")
    comparing.add_argument("--rows", type=int, help="the first rows alone, to try it")
    arguments = parser.parse_args()
    try:
        if arguments.command == "labels":
            write_labels(arguments.export, arguments.out)
        else:
            recipe = Recipe(epochs=arguments.epochs, batch=32, first_layer=arguments.first_layer)
            compare_methods(arguments.labels, recipe, alone=arguments.baseline, limit=arguments.rows)
    except SuasionError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
