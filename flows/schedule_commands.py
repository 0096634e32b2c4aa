"""``suasion schedule``: when surveys are run by themselves."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class _AddsByItself(TyperGroup):
    """Takes ``suasion schedule --cron …`` for ``suasion schedule add --cron …``: that is what people type."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["add", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_AddsByItself,
    help="Have surveys run by themselves: suasion schedule --cron … (the same as add), and what there is.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="A schedule, as suasion schedule list names it.")]


@app.command()
def add(
    surveys: Annotated[
        list[str] | None, typer.Argument(metavar="[SURVEY]...", help="Folders of data/raw; all of them if none is named.")
    ] = None,
    cron: Annotated[str, typer.Option(help='Minute, hour, day, month, day of the week: "0 3 * * *" is every night at three.')] = "",
    timezone: Annotated[str, typer.Option(help="With --cron: as in Europe/Berlin; this machine's own if absent.")] = "",
    interval: Annotated[str, typer.Option(help="A stretch of time: 30min, 6h, 1d.")] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Whenever files of the surveys are new or changed.")] = False,
    settle: Annotated[str, typer.Option(help="With --watch: how long the files must have been left alone; 60s if absent.")] = "",
    name: Annotated[str, typer.Option(help="What to call it; made of its times if absent.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of another one of its name.")] = False,
) -> None:
    """Write down when surveys are run; suasion serve runs them."""
    from flows.schedules import Wish, register

    register(Wish(surveys or (), cron, interval, watch, timezone, settle, name), replace=replace)


@app.command("list")
def list_schedules() -> None:
    """List the schedules: when they are due, when they last began."""
    from flows.schedules import show_schedules

    show_schedules()


@app.command("next")
def next_times(name: _Name) -> None:
    """Say when a schedule is due the next five times, in its time zone."""
    from flows.schedules import show_next

    show_next(name)


@app.command()
def pause(name: _Name) -> None:
    """Let a schedule start nothing for now."""
    from flows.schedules import set_paused

    set_paused(name, paused=True)


@app.command()
def resume(name: _Name) -> None:
    """Let a schedule start runs again; what was due meanwhile is not made up for."""
    from flows.schedules import set_paused

    set_paused(name, paused=False)


@app.command()
def remove(name: _Name) -> None:
    """Remove a schedule."""
    from flows.schedules import remove as remove_schedule

    remove_schedule(name)
