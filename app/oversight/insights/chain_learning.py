"""What participants of a campaign's training learnt between their two tests, as skills/ and assessments/ tell it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.evidence.results import words
from app.evidence.results.rounding import rounded
from app.kernel.text import T
from app.learning.assessments import gain as gains
from app.learning.assessments.person_gain import LEAST
from app.learning.assessments.scores import results
from app.learning.skills.tally import LEARNT, BatchRow, Pair, Tally, sum_tallies
from app.learning.training.access import may_see_people
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus
from app.learning.training.practice import OFFERED
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import Action, Amount, ChainLine, Trend, Words, number

GAINS = {
    "nearly_full": T("hampir semua sudah tahu sejak tes awal"),
    "full_before": T("tes awal sudah benar semua"),
    "uncertain": T("kenaikannya belum dapat dipastikan"),
    "fell": T("nilainya turun"),
    "low": T("kenaikan rendah"),
    "medium": T("kenaikan sedang"),
    "high": T("kenaikan tinggi"),
}
TONES = {"fell": "down", "uncertain": "unsure", "low": "up", "medium": "up", "high": "up"}


def learning_gains(session: Session, scope: ChainScope) -> list[ChainLine]:
    """Return the line of what participants learnt between their two tests; withheld where so few took both that one
    could be read."""
    batches = session.scalars(
        select(Batch)
        .where(Batch.campaign_id == scope.campaign.id, Batch.status.in_(OFFERED))
        .options(selectinload(Batch.trainers))
        .order_by(Batch.id)
    ).all()
    batches = [one for one in batches if not one.simulated] or batches
    if not batches:
        return []
    tally = sum_tallies(_tallies(session, scope, batches))
    alone = len(batches) == 1
    source: tuple[str, dict[str, int | str]] = ("training.show", {"batch_id": batches[0].id})
    if not alone:
        source = ("campaigns.show", {"campaign_id": scope.campaign.id, "_anchor": "materi"})
    note = T("Simulasi: angkatan untuk latihan.") if batches[0].simulated else ""
    line = ChainLine(
        T("Hasil belajar, dari tes awal ke tes akhir"),
        source_label=T("Pelatihan"), endpoint=source[0], values=source[1], note=note,
        action=Action(T("Siapkan tes"), *source, allowed=scope.may_edit) if alone and scope.alive else None,
    )  # fmt: skip
    if not tally.pairs:
        return [line]
    return [_gained(line, tally)]


def _tallies(session: Session, scope: ChainScope, batches: Sequence[Batch]) -> list[BatchRow]:
    ids = [one.id for one in batches]
    found = results(session, ids)
    pairs: dict[int, list[Pair]] = {}
    taken = session.execute(
        select(Enrolment.id, Enrolment.batch_id, Enrolment.trainee_id).where(
            Enrolment.batch_id.in_(ids), Enrolment.status == EnrolmentStatus.ACCEPTED
        )
    )
    for enrolment_id, batch_id, trainee_id in taken:
        one = found.get(enrolment_id)
        if one is not None and one.pre is not None and one.post is not None:
            pairs.setdefault(batch_id, []).append(Pair(trainee_id, one.pre, one.post))
    return [
        BatchRow(batch, Tally(pairs=tuple(pairs.get(batch.id, ()))), may_see_people(scope.actor, batch))
        for batch in batches
    ]


def _gained(line: ChainLine, tally: Tally) -> ChainLine:
    if LEARNT in tally.few:
        few = T("belum cukup (%(n)s dari %(least)s)", n=number(tally.tested), least=LEAST)
        return replace(line, actual=Amount(few), action=None, still=T("belum cukup"))
    gain = gains.batch_gain(tally.by_person)
    verdict = str(gain.verdict)
    estimate = None if gain.estimate is None else int(rounded(100 * gain.estimate))
    return replace(
        line,
        actual=Amount(GAINS.get(verdict, T("belum dinilai")), estimate),
        trend=Trend(_means(gain), verdict=TONES.get(verdict, "")),
        n=T("%(n)s orang dengan kedua tes", n=number(gain.n)),
        action=None,
    )


def _means(gain: gains.Gain) -> Words:
    means = T("rata-rata %(after)s %%, sebelumnya %(before)s %%",
              after=number(round(gain.after or 0)), before=number(round(gain.before or 0)))  # fmt: skip
    if gain.change is None or gain.change_low is None or gain.change_high is None:
        return means
    return T(
        "%(size)s poin (95 %%: %(range)s), %(means)s",
        size=words.signed(gain.change / 100, mean=False),
        range=words.between(gain.change_low / 100, gain.change_high / 100, mean=False),
        means=means,
    )
