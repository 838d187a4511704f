"""The first sentence of the page of the state, and the words for each worker."""

from datetime import timedelta

from app.kernel.text import T
from app.outreach.publishing.heartbeat import is_alive
from app.outreach.publishing.models import Heartbeat
from app.outreach.publishing.status.state import Cause, State

MOST = 2
"""How many causes the first sentence names; it counts the others."""


def summary(found: list[Cause]) -> list[T]:
    """Return the whole state in few short sentences, made of its causes."""
    briefs = list(dict.fromkeys(one.brief for one in found if one.brief is not None))
    ahead = [] if any(one.blocks for one in found) else [_going_on(found)]
    if not briefs:
        return [*ahead, T("Tidak ada yang menunggu Anda.")]
    more = len(briefs) - MOST
    return [*ahead, *briefs[:MOST], *([T("%(n)s hal lain di bawah.", n=more)] if more > 0 else [])]


def _going_on(found: list[Cause]) -> T:
    """Nothing is said to be sent that is not."""
    return T("Pengiriman berjalan.") if any(one.holds for one in found) else T("Semua terkirim.")


def tone(found: list[Cause]) -> str:
    """Return the tone of the whole: that of the worst cause, "ok" where nothing stands in the way."""
    worst = next((one.tone for one in found if one.brief is not None), "ok")
    return "bad" if any(one.blocks and one.tone == "bad" for one in found) else "warn" if worst == "bad" else worst


def worker_words(row: Heartbeat, state: State) -> tuple[str, T]:
    """Return the kind of badge and the words for a worker's process."""
    if is_alive(row, now=state.now):
        return "ok", T("Hidup, tanda terakhir %(ago)s", ago=ago(state.now - row.at))
    if row.stopped_at is not None:
        return "muted", T("Dihentikan dengan semestinya, %(when)s", when=state.when(row.stopped_at))
    return "bad", T("Tidak ada tanda hidup sejak %(when)s", when=state.when(row.at))


def ago(passed: timedelta) -> T:
    """Say how long ago something was: "12 detik lalu", "5 menit lalu"."""
    seconds = max(0, int(passed.total_seconds()))
    if seconds < 5:
        return T("baru saja")
    if seconds < 60:
        return T("%(n)s detik lalu", n=seconds)
    return T("%(n)s menit lalu", n=seconds // 60)
