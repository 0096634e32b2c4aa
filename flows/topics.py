"""``suasion topics``: the topics of the surveys listed, shown, found anew, tried for stability, and named by people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="List, show, name and find anew the topics of surveys.", rich_markup_mode=None)

Survey = Annotated[str, typer.Argument(help="A survey that was run.")]
Topic = Annotated[str, typer.Argument(help="A topic's id: the survey and a number, our-survey.7 say.")]
Who = Annotated[str, typer.Option(help="Who decides it; your user name if it is absent.")]


@app.callback(invoke_without_command=True)
def _without_a_word(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_topics()


@app.command("list")
def list_topics(survey: Annotated[str | None, typer.Argument(help="One survey; all of them if none is named.")] = None) -> None:
    """List topics: size, stability, words. Tentative ones came back too seldom when they were looked for again."""
    from flows.topic_pages import show_list

    show_list(survey)


@app.command()
def show(topic: Topic) -> None:
    """Show a topic as published. Words, codes that it holds more of than the survey, splits, central passages."""
    from flows.topic_page import show_topic

    show_topic(topic)


@app.command()
def refit(survey: Survey) -> None:
    """Find a survey's topics anew. Says what became of those that it had; a topic that stays keeps its id and its name."""
    from flows.topic_refit import refit_topics

    refit_topics(survey)


@app.command()
def stability(
    survey: Survey,
    repeats: Annotated[int, typer.Option(help="How often topics are found again, each time with other seeds.", min=2, max=50)] = 5,
    json: Annotated[Path | None, typer.Option(help="Write the figures into this JSON file; it holds no texts.", dir_okay=False)] = None,
) -> None:
    """Say how alike repeated fits are. The store stays as it is."""
    from flows.topic_stability import report_stability

    report_stability(survey, repeats, json)


@app.command()
def rename(topic: Topic, name: Annotated[str, typer.Argument(help="What to call it, instead of its words.")], who: Who = "") -> None:
    """Give a topic a name. It keeps it when topics are found anew."""
    from flows.topic_naming import rename_topic

    rename_topic(topic, name, who)


@app.command()
def merge(
    topic: Topic, into: Annotated[str, typer.Argument(help="The topic of the same survey that it counts as from now on.")], who: Who = ""
) -> None:
    """Count a topic as another one of its survey."""
    from flows.topic_naming import merge_topics

    merge_topics(topic, into, who)


@app.command()
def undo(topic: Topic, who: Who = "") -> None:
    """Lift a merge, or else a name."""
    from flows.topic_naming import undo_decision

    undo_decision(topic, who)


@app.command()
def history(survey: Survey) -> None:
    """List what became of topics, fit by fit."""
    from flows.topic_pages import show_history

    show_history(survey)


@app.command()
def beyond(survey: Survey) -> None:
    """List topics that codes explain worst, as published."""
    from flows.topic_page import show_beyond

    show_beyond(survey)
