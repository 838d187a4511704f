"""The chain of a campaign as a file: what the page says, line by line."""

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from app.base.documents.sheets import Cell, Sheet
from app.base.web.formats import sentence
from app.outreach.campaigns.goal_results import NOT_RECORDED, STATE_LABELS
from app.oversight.insights.chain_steps import Amount, Chain, ChainLine, Trend, Words

VERDICTS: Mapping[str, Words] = {"up": "naik", "down": "turun", "unsure": "belum dapat dipastikan", **STATE_LABELS}
"""A goal without a result says so in its own cell."""


def sheets(chain: Chain) -> list[Sheet]:
    top = _("Rantai program %(name)s", name=chain.campaign.name)
    top = f"{_('[Simulasi]')} {top}" if chain.simulated else top
    return [
        Sheet(
            _("Rantai program"),
            [
                _("Langkah"), _("Yang dilihat"), _("Kelompok"), _("Target"), _("Target (angka)"), _("Keadaan"),
                _("Keadaan (angka)"), _("Perkembangan"), _("Dari berapa"), _("Sumber"), _("Catatan"),
            ],
            _lines(chain),
            top,
        ),
        Sheet(_("Kalimat"), [_("Langkah"), _("Kalimat")], _said(chain), top),
        Sheet(_("Per bulan"), [_("Langkah"), _("Yang dilihat"), _("Bulan"), _("Angka")], _months(chain), top),
    ]  # fmt: skip


def _lines(chain: Chain) -> Iterator[list[Cell]]:
    for step in chain.steps:
        for line in step.lines:
            aim, course = (sentence(line.aim), sentence(line.course)) if line.actual else ("", "")
            yield [
                sentence(step.title), sentence(line.label), sentence(line.group), *_amount(line.target, aim),
                *_amount(line.actual, _("belum dicatat")), trend_words(line.trend) or course, sentence(line.n),
                sentence(line.source_label), sentence(line.note),
            ]  # fmt: skip


def _amount(amount: Amount | None, missing: str) -> tuple[str, Cell]:
    return (missing, None) if amount is None else (sentence(amount.text), amount.number)


def trend_words(trend: Trend | None) -> str:
    if trend is None:
        return ""
    verdict = "" if trend.verdict == NOT_RECORDED else sentence(VERDICTS.get(trend.verdict, ""))
    return ": ".join(part for part in (verdict, sentence(trend.text)) if part)


def _said(chain: Chain) -> Iterator[list[Cell]]:
    for step in chain.steps:
        for words in step.said:
            yield [sentence(step.title), sentence(words)]


def _months(chain: Chain) -> Iterator[list[Cell]]:
    for step in chain.steps:
        for line in step.lines:
            yield from _of_line(sentence(step.title), line)


def _of_line(step: str, line: ChainLine) -> Iterator[list[Cell]]:
    for on, value in line.trend.points if line.trend else ():
        yield [step, sentence(line.label), on, value]
