"""The report of a campaign: its chain, step by step, as sections."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from flask_babel import gettext as _

from app.base.documents.sheets import Cell
from app.base.web.formats import sentence
from app.oversight.insights.chain_steps import Amount, Chain, ChainLine, ChainStep, day
from app.oversight.insights.pages_chain import trend_words
from app.oversight.recaps.sections import Bar, Link, Recap, Section, Table

LEARNING = "learning"


def campaign_recap(chain: Chain, *, made: datetime, practice: bool) -> Recap:
    """Return the report of a campaign. `made`: in the regency's zone."""
    campaign = chain.campaign
    notes = [
        _("Angka tiap saluran tidak dijumlahkan menjadi orang. Perubahan sesudah program adalah kontribusi, bukan "
          "bukti bahwa program inilah penyebabnya."),
        _("“Belum dicatat” berarti belum ada yang mengisinya; itu bukan 0."),
    ]  # fmt: skip
    return Recap(
        _("Laporan program: %(name)s", name=campaign.name),
        f"{day(campaign.starts_on)} – {day(campaign.ends_on)}",
        made, [_section(chain, step) for step in chain.steps], notes, chain.simulated, practice, wide=True,
    )  # fmt: skip


def _section(chain: Chain, step: ChainStep) -> Section:
    link = Link(_("Buka Rantai Program"), "insights.chain", {"campaign_id": chain.campaign.id, "_anchor": step.key})
    said = [sentence(words) for words in step.said]
    if not step.lines and not said:
        return Section(step.key, sentence(step.title), missing=_("belum dicatat"), link=link)
    return Section(
        step.key, sentence(step.title), said, bars=_bars(step), bars_title=_("Dibanding targetnya"),
        tables=[_table(step)] if step.lines else [], notes=[sentence(step.about)], link=link,
    )  # fmt: skip


def _table(step: ChainStep) -> Table:
    titles = [_("Yang dilihat"), _("Target"), sentence(step.actual_label), _("Perkembangan"), _("Dari berapa"),
              _("Sumber"), _("Catatan")]  # fmt: skip
    rows, wide = _rows(step.lines), (6, 3, 4, 5, 4, 3, 6)
    kept = [place for place in range(len(titles)) if any(row[place] for row in rows)]
    return Table(
        [titles[place] for place in kept], [[row[place] for place in kept] for row in rows],
        [wide[place] for place in kept],
    )  # fmt: skip


def _bars(step: ChainStep) -> list[Bar]:
    """What was reached of its target, where both are numbers of one kind; a baseline is no progress."""
    if step.key not in {"inputs", "outputs"}:
        return []
    made = []
    for line in step.lines:
        actual, target = line.actual, line.target
        if actual is None or target is None or actual.number is None or not target.number or line.apart:
            continue
        said = _("%(actual)s dari %(target)s", actual=sentence(actual.text), target=sentence(target.text))
        made.append(Bar(sentence(line.label), said, min(1.0, actual.number / target.number)))
    return made


def _rows(lines: Sequence[ChainLine]) -> list[list[Cell]]:
    """A group is said once, in a row above its lines."""
    rows: list[list[Cell]] = []
    for group, members in groupby(lines, key=lambda line: sentence(line.group)):
        told_ = [_line(line) for line in members]
        rows += [[f"{group}:", *("" for _cell in told_[0][1:])], *told_] if group else told_
    return rows


def _line(line: ChainLine) -> list[Cell]:
    return [
        sentence(line.label), amount_text(line.target, ""), amount_text(line.actual, _("belum dicatat")),
        trend_words(line.trend), sentence(line.n), sentence(line.source_label), sentence(line.note),
    ]  # fmt: skip


def amount_text(amount: Amount | None, missing: str) -> str:
    return missing if amount is None else sentence(amount.text)
