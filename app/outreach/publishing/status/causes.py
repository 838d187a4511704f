"""What stands in the way of sending, worst first: each in a line of words, with the page where it is mended for those
who may, and with who can for the others."""

from collections.abc import Iterator
from datetime import timedelta

from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.models import SendingStop
from app.outreach.publishing.pauses.models import PauseScope
from app.outreach.publishing.safety import Reason
from app.outreach.publishing.status.causes_waiting import accounts, checked, decisions, disagreements
from app.outreach.publishing.status.state import Cause, State, Way

TONES = ("bad", "warn", "wait", "info")
LONG = timedelta(minutes=15)
STOPPED = {
    Reason.RESTORED: T("catatan dari salinan lama"),
    Reason.CLOCK: T("jam server diragukan"),
    Reason.DISK: T("penyimpanan server penuh"),
}
BY_RELEASER = T("Minta admin atau penyetuju melanjutkan.")
BY_SERVER = T("Beri tahu petugas yang mengurus server. Tidak ada yang hilang.")
BY_ADMIN = T("Di server: systemctl status gaung-worker, lalu systemctl restart gaung-worker. Tidak ada yang hilang.")


def causes(state: State) -> list[Cause]:
    """Return what stands in the way, worst first."""
    found = [*_worker(state), *_stops(state), *_pauses(state), *_late(state), *accounts(state), *decisions(state)]
    found += [*disagreements(state), *checked(state), *_practice(state)]
    return sorted(found, key=lambda one: (not one.blocks, TONES.index(one.tone)))


def _worker(state: State) -> Iterator[Cause]:
    if state.working:
        return
    last = state.workers[0] if state.workers else None
    waiting = state.late.total
    when = state.when(last.stopped_at or last.at) if last else ""
    if last is None:
        words = (
            T("Belum ada pengirim yang berjalan; %(n)s kiriman menunggu.")
            if waiting
            else T("Belum ada pengirim yang berjalan.")
        )
    elif last.stopped_at is not None:
        words = (
            T("Pengirim dihentikan sejak %(when)s; %(n)s kiriman menunggu.")
            if waiting
            else T("Pengirim dihentikan sejak %(when)s.")
        )
    else:
        words = (
            T("Tidak ada tanda hidup dari pengirim sejak %(when)s; %(n)s kiriman menunggu.")
            if waiting
            else T("Tidak ada tanda hidup dari pengirim sejak %(when)s.")
        )
    sentence = T(words.msgid, when=when, n=waiting)
    advice = BY_ADMIN if state.actor.can(Can.ADMINISTER) else BY_SERVER
    yield Cause(sentence, "bad", sentence, who=advice, blocks=True)


def _stops(state: State) -> Iterator[Cause]:
    restores = [one for one in state.stops if one.reason == Reason.RESTORED]
    for stop in [*restores[:1], *(one for one in state.stops if one.reason != Reason.RESTORED)]:
        why, whole = STOPPED[Reason(stop.reason)], state.all_stopped
        sentence = (
            T("Pengiriman berhenti sejak %(when)s: %(why)s.", when=state.when(stop.since), why=why)
            if whole
            else T("Pengirim di %(host)s berhenti: %(why)s. Yang lain tetap mengirim.", host=stop.worker, why=why)
        )
        released = stop.released_at is not None or stop.reason == Reason.DISK
        may = state.actor.can(Can.RELEASE_SENDING) and not released
        yield Cause(
            sentence, "bad" if whole else "warn", sentence, None if whole else stop.since, _stop_detail(state, stop),
            Way(T("Lihat dan lanjutkan"), "publishing.stops") if may else None,
            None if released else BY_RELEASER, blocks=whole,
        )  # fmt: skip


def _stop_detail(state: State, stop: SendingStop) -> T:
    if stop.released_at is not None:
        return T("Sudah dilanjutkan; menunggu pengirim.")
    pending = state.restored.looking + state.restored.not_found + state.restored.asked if state.restored else 0
    if stop.reason == Reason.RESTORED and pending:
        return T("%(sentence)s %(n)s penayangan diperiksa dahulu.", sentence=stop.sentence, n=pending)
    return stop.sentence


def _pauses(state: State) -> Iterator[Cause]:
    for one in state.pauses:
        whole, when = one.pause.scope == PauseScope.ALL, state.when(one.pause.started_at)
        sentence = (
            T("Pengiriman dihentikan sementara oleh %(name)s sejak %(when)s.", name=one.pause.by_name, when=when)
            if whole
            else T(
                "%(scope)s dihentikan sementara oleh %(name)s sejak %(when)s.",
                scope=one.scope,
                name=one.pause.by_name,
                when=when,
            )
        )
        waiting = one.effect.waiting
        detail = (
            T("%(reason)s. %(n)s materi menunggu.", reason=one.reason, n=waiting)
            if waiting
            else T("%(reason)s. Belum ada yang menunggu.", reason=one.reason)
        )
        way = Way(T("Lanjutkan atau putuskan"), "publishing.show_pause", {"pause_id": one.pause.id})
        yield Cause(
            sentence, "warn", sentence, None, detail, way if one.may_resume else None,
            T("Dilanjutkan oleh penyetuju."), blocks=whole, holds=waiting > 0,
        )  # fmt: skip


def _late(state: State) -> Iterator[Cause]:
    if state.stuck:
        sentence = T("%(n)s kiriman tersangkut di tengah jalan.", n=state.stuck)
        yield Cause(sentence, "bad", sentence, who=BY_SERVER, holds=True)
    if state.late and state.working:
        since = state.late.since or state.now
        words = T("%(n)s kiriman sudah waktunya dan belum keluar, yang terlama sejak %(when)s.")
        brief = T("%(n)s kiriman sudah waktunya dan belum keluar.", n=state.late.total)
        way = Way(T("Lihat yang terjadwal"), "publishing.index", {"status": S.QUEUED.value})
        tone = "bad" if state.now - since > LONG else "warn"
        yield Cause(T(words.msgid, n=state.late.total, when=state.when(since)), tone, brief, way=way, holds=True)
    if state.retrying:
        again = state.when(state.retrying.since or state.now)
        sentence = T("%(n)s kiriman dicoba lagi dengan sendirinya, berikutnya %(when)s.", n=state.retrying.total,
                     when=again)  # fmt: skip
        way = Way(T("Lihat"), "publishing.index", {"status": S.RETRYING.value})
        yield Cause(sentence, "wait", sentence, way=way, holds=True)
    if state.spaced:
        sentence = T("%(n)s kiriman diatur berjarak sesudah gangguan.", n=state.spaced.total)
        label = T("Lihat dan ubah rencana") if state.spaced.own else T("Lihat rencana")
        yield Cause(sentence, "wait", sentence, way=Way(label, "publishing.spaced"), holds=True)


def _practice(state: State) -> Iterator[Cause]:
    if state.practice:
        yield Cause(T("Mode latihan: tidak ada yang terbit sungguhan, hanya sampai di dinding latihan."), "info")
