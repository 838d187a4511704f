"""Numbers of people of each group: what quotas are spread by and answers are weighed by."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Wave, WaveStatus
from app.evidence.surveys.waves.plans import GROUPS, MOST_ANSWERS, MOST_PEOPLE
from app.kernel import audit
from app.kernel.errors import Invalid, Refused, Stale
from app.kernel.numbers import read_int
from app.kernel.roles import Actor
from app.kernel.text import T


def set_margins(
    session: Session,
    actor: Actor,
    wave_id: int,
    *,
    quotas: Mapping[str, int],
    margins: Mapping[str, Mapping[str, int]],
    seen: int | None = None,
    now: datetime,
) -> Wave:
    """Set quotas and numbers of people, at any time but for a wave called off.

    Quotas {"f.17-24": answers}, people {"sex_age": …, "district": …}.

    People of sex and age are wanted of all groups or of none: with a gap nothing could be weighed. `seen`: the version
    that the person had before them. Raises Invalid, Stale.
    """
    wave = to_manage(session, actor, wave_id, lock=True)
    if seen is not None and seen != wave.version:
        raise Stale(T("Rencana ini baru saja diubah orang lain. Periksa dahulu, lalu simpan lagi."))
    if wave.status == WaveStatus.CANCELLED:
        raise Refused(T("Survei ini tidak diadakan."))
    kept = {kind: {key: n for key, n in rows.items() if n} for kind, rows in margins.items()}
    _check(quotas, kept)
    wanted = {group: n for group, n in quotas.items() if n}
    people = {kind: rows for kind, rows in kept.items() if rows}
    if (wanted, people) == (wave.quotas, wave.margins):
        return wave
    before = {"quotas": dict(wave.quotas), "margins": dict(wave.margins)}
    wave.quotas, wave.margins, wave.updated_at = wanted, people, now
    session.flush()
    after = {"quotas": wanted, "margins": people}
    audit.record(session, actor, "wave.margins_set", wave, now=now, before=before, after=after)
    return wave


def _check(quotas: Mapping[str, int], margins: Mapping[str, Mapping[str, int]]) -> None:
    if any(key not in GROUPS or not 0 <= n <= MOST_ANSWERS for key, n in quotas.items()):
        raise Invalid(T("Isi jatah dengan bilangan bulat, atau kosongkan."), field="quotas")
    groups = margins.get("sex_age", {})
    if groups and set(groups) != set(GROUPS):
        raise Invalid(
            T("Isi jumlah penduduk untuk semua kelompok umur, laki-laki dan perempuan, atau kosongkan semuanya."),
            field="margins",
        )
    if any(n > MOST_PEOPLE for rows in margins.values() for n in rows.values()):
        raise Invalid(T("Jumlah penduduk ini terlalu besar. Periksa banyaknya angka nol."), field="margins")


def spread_quotas(answers: int, people: Mapping[str, str]) -> dict[str, str]:
    """Spread `answers` over the ten groups, as text for the form.

    By the typed numbers of people where all are there, else equally. The largest remainders get what is left over, so
    that the sum is exact.
    """
    digits = {group: people.get(group, "").replace(".", "") for group in GROUPS}
    counted = {group: read_int(text) or 0 for group, text in digits.items()}
    weights = counted if all(counted.values()) else dict.fromkeys(GROUPS, 1)
    total = sum(weights.values())
    exact = {group: answers * weight / total for group, weight in weights.items()}
    found = {group: int(share) for group, share in exact.items()}
    for group in sorted(GROUPS, key=lambda one: found[one] - exact[one])[: answers - sum(found.values())]:
        found[group] += 1
    return {group: str(n) if n else "" for group, n in found.items()}
