"""The chain of a campaign: from what it wants, over what was put in and done, to what changed and what was decided.

Every figure is the one of the room it belongs to. Nothing here adds up people of two platforms, and nothing says that
the campaign alone made a change.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.campaigns.decisions import STATUS_LABELS, Board, board
from app.outreach.campaigns.models import Campaign, DecisionStatus
from app.oversight.insights.chain_impact import impact
from app.oversight.insights.chain_inputs import goals, inputs
from app.oversight.insights.chain_outcomes import outtakes_and_outcomes
from app.oversight.insights.chain_outputs import outputs
from app.oversight.insights.chain_scope import scope_of
from app.oversight.insights.chain_steps import Amount, Chain, ChainLine, ChainStep, Words, day

__all__ = ["chain"]


def chain(session: Session, actor: Actor, campaign: Campaign, *, today: date, now: datetime, zone: ZoneInfo) -> Chain:
    """Return the chain of a campaign, in a constant number of queries, however much was done."""
    scope = scope_of(actor, campaign, today=today, now=now, zone=zone)
    decided = board(session, actor, campaign, today=today)
    outtakes, outcomes, simulated = outtakes_and_outcomes(session, scope)
    steps = [
        goals(session, scope),
        inputs(session, scope),
        outputs(session, scope),
        outtakes,
        outcomes,
        impact(session, scope),
        _learning(campaign, decided),
    ]
    return Chain(campaign, steps, decided, simulated)


def _learning(campaign: Campaign, decided: Board) -> ChainStep:
    open_ones = sum(row.decision.status == DecisionStatus.OPEN for row in decided.rows)
    said: list[Words] = []
    if decided.late:
        said = [T("%(n)s keputusan lewat batas waktunya.", n=decided.late)]
    elif decided.rows and not open_ones:
        finished = all(row.decision.status == DecisionStatus.DONE for row in decided.rows)
        said = [T("Semua keputusan sudah selesai.") if finished else T("Tidak ada keputusan yang masih berjalan.")]
    elif decided.rows:
        said = [T("%(n)s dari %(all)s keputusan belum selesai.", n=open_ones, all=len(decided.rows))]
    return ChainStep(
        "learning",
        T("Pembelajaran"),
        T("Yang diputuskan sesudah melihat semua ini: oleh siapa, sampai kapan."),
        [
            ChainLine(
                row.decision.text,
                Amount(row.decision.outcome or STATUS_LABELS[row.decision.status]),
                Amount(day(row.decision.due_on)),
                note=T("Penanggung jawab: %(who)s.", who=row.owner or T("belum ditentukan")),
                source_label=T("Keputusan program"),
                endpoint="campaigns.show",
                values={"campaign_id": campaign.id, "_anchor": "keputusan"},
            )
            for row in decided.rows
        ],
        said,
        actual_label=T("Keadaan"),
    )
