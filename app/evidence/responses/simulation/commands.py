"""`flask surveys simulate`: made-up answers for a wave of their own. Loaded only by `flask`: it needs numpy."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import IO, Any

import click
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.versions import definition_of
from app.evidence.responses.simulation.service import (
    DEFAULT_ANSWERS,
    find_wave,
    people_of,
    read_truth,
    simulate_in_steps,
)
from app.evidence.surveys.models import Mode
from app.kernel.db import unit_of_work
from app.kernel.errors import GaungError, Refused
from app.kernel.roles import SYSTEM
from app.kernel.text import T

MOST = 1_000_000
FOR_GOOD = (
    "“%(name)s” menunggu jawaban sungguhan. Sesudah disimulasikan, survei ini tetap simulasi dan tidak menerima "
    "jawaban sungguhan lagi. Bila memang itu maksudnya, ulangi dengan --yes."
)


class Refusal(click.ClickException):
    """Says in Indonesian why nothing was made, and ends with 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"Kesalahan: {self.message}", file=file, err=file is None)


def _lifts(_context: Any, _option: Any, given: Sequence[str]) -> dict[str, float]:
    """KEY=0.1 → {KEY: 0.1}."""
    found = {}
    for text in given:
        key, _, points = text.partition("=")
        try:
            found[key.strip()] = float(points)
        except ValueError:
            raise click.BadParameter(f"“{text}”: tulis UKURAN=0.1, misalnya --lift istilah=0.15.") from None
    return found


OPTIONS = (
    click.argument("wave"),
    click.option("--n", "many", type=click.IntRange(1, MOST), help="Banyaknya jawaban; tanpa ini menurut rencananya."),
    click.option("--seed", type=int, default=1, show_default=True, help="Benih yang sama, jawaban yang sama."),
    click.option("--truth", type=click.Path(path_type=Path), help="YAML: measures {UKURAN: bagian}, icc, hasty, …"),
    click.option("--lift", "lifts", multiple=True, callback=_lifts, metavar="UKURAN=0.1", help="Naikkan satu ukuran."),
    click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="Satu cara menjawab saja."),
    click.option("--yes", is_flag=True, help="Ya, jadikan survei ini simulasi untuk seterusnya."),
)


def simulate_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that `run_simulation` is given to a command."""
    return reduce(lambda wrapped, option: option(wrapped), reversed(OPTIONS), command)


def run_simulation(
    sessions: sessionmaker[Session], *, now: datetime, wave: str, many: int | None, seed: int, truth: Path | None,
    lifts: Mapping[str, float], mode: str | None, yes: bool,
) -> None:  # fmt: skip
    """Make the people, take them in step by step, and say how far it is. Raises Refusal."""
    try:
        with unit_of_work(sessions) as session:
            asked = find_wave(session, wave)
            if not (asked.simulated or yes):
                raise Refused(T(FOR_GOOD, name=asked.name))
            planted = read_truth(truth, lifts, definition_of(session, asked.instrument_version_id))
            people = people_of(session, asked, planted, seed=seed, mode=mode, now=now)
            number, name, many = asked.id, asked.name, many or asked.target or DEFAULT_ANSWERS
        taken = 0
        for done, taken in simulate_in_steps(lambda: unit_of_work(sessions), SYSTEM, number, people, many, now=now):
            click.echo(f"{done} dari {many}, {taken} baru …", err=True)
    except GaungError as error:
        raise Refusal(str(error.sentence)) from error
    click.echo(f"{name}: {taken} jawaban simulasi baru, {many - taken} sudah ada.")
