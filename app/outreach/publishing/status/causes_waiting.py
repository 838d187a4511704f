"""Causes that wait for somebody: closed accounts, decisions, what does not agree, what the checks found."""

from collections.abc import Iterator

from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.outlets.closing import may_mend
from app.outreach.outlets.kinds import SOCIAL
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.service import may_keep
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.status.queries import LOOKING, Waiting
from app.outreach.publishing.status.state import BY_DECIDER, Cause, State, Way

MOST_ACCOUNTS = 5
NOBODY = Waiting()


def accounts(state: State) -> Iterator[Cause]:
    """Yield the accounts that take nothing, one a line up to MOST_ACCOUNTS."""
    for outlet, owner in state.accounts[:MOST_ACCOUNTS]:
        yield _account(state, outlet, owner)
    more = len(state.accounts) - MOST_ACCOUNTS
    if more > 0:
        way = Way(T("Lihat saluran"), "outlets.index") if state.actor.can(Can.READ_OUTLETS) else None
        yield Cause(T("%(n)s akun lain juga tidak menerima kiriman.", n=more), "warn", way=way)


def accounts_brief(state: State) -> T | None:
    """Return one short sentence on all closed accounts: how many a person has to connect, mend, or none of both."""
    ways = [account_way(row.Outlet) for row in state.accounts]
    for way, words in (
        ("sign_in", T("%(n)s akun perlu dihubungkan ulang.")),
        ("by_hand", T("%(n)s akun perlu dibereskan.")),
        ("by_itself", T("%(n)s akun sedang tidak menerima dan dicoba lagi dengan sendirinya.")),
    ):
        if way in ways:
            return T(words.msgid, n=ways.count(way))
    return None


def account_way(outlet: Outlet) -> str:
    """Return how a closed account opens again: "sign_in", "by_hand" or "by_itself"."""
    if outlet.status == OutletStatus.NEEDS_SIGN_IN:
        return "sign_in"
    return "by_hand" if outlet.resume_at is None else "by_itself"


def _account(state: State, outlet: Outlet, owner: str) -> Cause:
    kept, opens = state.kept.get(outlet.id, 0), account_way(outlet)
    words = {
        "sign_in": T("%(outlet)s perlu dihubungkan ulang.", outlet=outlet.name),
        "by_hand": T("%(outlet)s tidak menerima kiriman sampai dibereskan.", outlet=outlet.name),
    }.get(opens)
    if words is None:
        again = state.when(outlet.resume_at or state.now)
        words = T("%(outlet)s sedang tidak menerima; dicoba lagi sendiri %(when)s.", outlet=outlet.name, when=again)
    reason = outlet.pause_reason or outlet.problem
    detail = reason
    if kept:
        detail = T("%(n)s kiriman menunggunya.", n=kept)
        detail = T("%(reason)s %(waiting)s", reason=reason, waiting=detail) if reason else detail
    own = state.actor.of_office or outlet.organisation_id in state.actor.organisation_ids
    way = None
    if opens == "sign_in" and outlet.kind in SOCIAL and may_keep(state.actor, outlet):
        way = Way(T("Hubungkan ulang"), "outlets.connect", {"outlet_id": outlet.id})
    elif own and may_mend(state.actor, outlet) and state.actor.can(Can.READ_OUTLETS):
        way = Way(T("Buka saluran"), "outlets.show", {"outlet_id": outlet.id})
    return Cause(
        words, "wait" if opens == "by_itself" else "warn", accounts_brief(state), outlet.paused_at, detail, way,
        T("Penanggung jawab: %(owner)s.", owner=owner), holds=kept > 0,
    )  # fmt: skip


def decisions(state: State) -> Iterator[Cause]:
    """Yield what waits for somebody to decide, and what is still looked for by itself."""
    looking = state.decisions.get(LOOKING, NOBODY)
    for status, tone, words in (
        (S.UNKNOWN, "bad", T("%(n)s kiriman belum pasti terbit: lihat akunnya, lalu putuskan.")),
        (S.FAILED, "bad", T("%(n)s kiriman gagal terbit dan menunggu putusan.")),
        (S.HANDED_OVER, "warn", T("%(n)s kiriman diterbitkan dengan tangan dan menunggu orangnya.")),
        (S.MISSED, "warn", T("%(n)s kiriman terlewat: jadwalkan ulang, atau batalkan.")),
    ):
        found = state.decisions.get(status, NOBODY)
        if found:
            yield Cause(
                T(words.msgid, n=found.total), tone, decisions_brief(state), found.since,
                T("%(n)s lagi masih dicari sendiri di akunnya.", n=looking.total)
                if status == S.UNKNOWN and looking
                else None,
                _decide(found, Way(T("Lihat dan putuskan"), "publishing.index", {"status": status.value})),
                BY_DECIDER, holds=True,
            )  # fmt: skip
    if looking and not state.decisions.get(S.UNKNOWN):
        sentence = T("%(n)s kiriman sedang dicari di akunnya. Tidak ada yang perlu dilakukan.", n=looking.total)
        way = Way(T("Lihat"), "publishing.index", {"status": S.UNKNOWN.value})
        yield Cause(sentence, "wait", sentence, looking.since, way=way, holds=True)
    if state.held:
        sentence = T("%(n)s kiriman ditahan dan tidak dikirim sampai dilepas.", n=state.held.total)
        way = Way(T("Lihat yang ditahan"), "publishing.index", {"status": S.HELD.value})
        yield Cause(sentence, "wait", since=state.held.since, way=_decide(state.held, way), who=BY_DECIDER)


def decisions_brief(state: State) -> T:
    """Return one short sentence on all that waits for somebody's decision."""
    waiting = [one for status, one in state.decisions.items() if status != LOOKING]
    total, own = sum(one.total for one in waiting), sum(one.own for one in waiting)
    if own == total:
        return T("%(n)s kiriman menunggu Anda.", n=total)
    return T("%(n)s kiriman menunggu putusan orang.", n=total)


def _decide(found: Waiting, way: Way) -> Way | None:
    return way if found.own else None


def disagreements(state: State) -> Iterator[Cause]:
    """Yield what does not agree with the accounts, and what has to be taken down by hand."""
    if state.findings:
        sentence = T("%(n)s catatan tidak cocok dengan isi akun.", n=state.findings.total)
        way = Way(T("Lihat dan periksa"), "publishing.findings")
        yield Cause(sentence, "warn", sentence, state.findings.since, way=_decide(state.findings, way), who=BY_DECIDER)
    if state.removals:
        sentence = T("%(n)s unggahan menunggu dihapus dengan tangan.", n=state.removals.total)
        label = T("Buka dan hapus") if state.removals.total == 1 else T("Buka yang pertama")
        way = Way(label, "publishing.show", {"delivery_id": state.removals.first_id})
        yield Cause(sentence, "warn", sentence, state.removals.since, way=_decide(state.removals, way), who=BY_DECIDER)


def checked(state: State) -> Iterator[Cause]:
    """Yield what the checks before posts found."""
    found = state.checked
    if found.total:
        words = (
            T("Pemeriksaan sebelum tayang menemukan %(n)s hal lain.")
            if found.besides
            else T("Pemeriksaan sebelum tayang menemukan %(n)s hal.")
        )
        detail = T("%(n)s di antaranya menghalangi penayangan.", n=found.bad) if found.bad else None
        sentence, way = T(words.msgid, n=found.total), Way(T("Lihat pemeriksaan"), "publishing.checks")
        yield Cause(sentence, "warn", sentence, found.since, detail, way)
