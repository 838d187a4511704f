"""The measures by which villages are shaded. Another one is one more entry in MEASURES."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.evidence.surveys.statistics.publication import LEAST_CELL
from app.gatherings.events.reach import count_by_village, within
from app.gatherings.reports.contacts import contacts
from app.kernel.periods import Period
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.skills import villages_reached as training
from app.outreach.printing.models import Proof, ProofVillage
from app.oversight.mosaic.awareness import AWARENESS
from app.oversight.mosaic.practice import separate_practice
from app.oversight.mosaic.targeted import TargetedCounts, count_ordered, count_posted
from app.oversight.mosaic.values import Measure, MosaicScope, Reading, Source, Step, Value, day_words, ranges, step_of

EVER = date(2000, 1, 1)
"""Before anything that an office keeps here."""

# --- last contact ----------------------------------------------------------------------------------------------------

AGES = (30, 90, 180)
NEVER, BEFORE, OLD = 0, 1, 2
LAST = (
    Step("never", T("Belum pernah")),
    Step("past", T("Pernah, tetapi tidak dalam masa ini")),
    Step("s1", T("Lebih dari %(days)s hari lalu", days=AGES[2])),
    Step("s2", T("%(first)s–%(last)s hari lalu", first=AGES[1] + 1, last=AGES[2])),
    Step("s3", T("%(first)s–%(last)s hari lalu", first=AGES[0] + 1, last=AGES[1])),
    Step("s4", T("Dalam %(days)s hari terakhir", days=AGES[0])),
)


def _last_contact(session: Session, scope: MosaicScope) -> Reading:
    """The last one up to the end of the period: whether it is inside tells whether the village was reached in it."""
    until = Period(min(EVER, scope.period.first), scope.period.last)
    found = {}
    for code, last in contacts(session, scope.zone, scope.now, period=until).items():
        age = (scope.day - last.on).days
        step = BEFORE if last.on < scope.period.first else OLD + sum(age <= limit for limit in AGES)
        what = ", ".join(str(source.label) for source in last.sources).lower()
        if step == BEFORE:
            said = T("tidak terjangkau dalam masa ini, terakhir %(day)s (%(what)s)", day=day_words(last.on), what=what)
        else:
            said = T("terakhir terjangkau %(day)s (%(what)s)", day=day_words(last.on), what=what)
        found[code] = Value(step, said, last.on.toordinal(), last.on)
    return Reading(found)


LAST_CONTACT = Measure(
    "kontak",
    T("Kontak terakhir"),
    T("hari"),
    T("Kapan terakhir ada kegiatan, cetakan yang terbukti terpasang, atau peserta pelatihan dari desa itu."),
    LAST,
    Value(NEVER, T("belum pernah terjangkau")),
    _last_contact,
)

# --- counts of a period ----------------------------------------------------------------------------------------------

FEW, SOME, MANY, TRAINED = (1, 2, 4, 7), (1, 2, 5, 10), (1, 50, 100, 200), (1, LEAST_CELL, 10, 20)


def _counted(found: Mapping[str, int], bounds: tuple[int, ...], said: T) -> Reading:
    """`said` with its %(n)s; the first step is that of nothing."""
    values = {
        code: Value(1 + step_of(bounds, number), T(said.msgid, n=number), number, number)
        for code, number in found.items()
    }
    return Reading(values)


def _proofs(session: Session, scope: MosaicScope) -> Reading:
    rows = session.execute(
        select(ProofVillage.village_code, func.count(Proof.id).label("proofs"))
        .join(Proof, Proof.id == ProofVillage.proof_id)
        .where(Proof.withdrawn_at.is_(None), Proof.placed_on.between(scope.period.first, scope.period.last))
        .group_by(ProofVillage.village_code)
    )
    return _counted({row.village_code: row.proofs for row in rows}, FEW, T("%(n)s kali cetakan terbukti terpasang"))


def _held(session: Session, scope: MosaicScope) -> list[Any]:
    during, practice = within(scope.period, scope.zone), site_of(session).practice
    return list(session.execute(count_by_village(scope.now, during=during, practice=practice)))


def _events(session: Session, scope: MosaicScope) -> Reading:
    return _counted({row.village_code: row.events for row in _held(session, scope)}, FEW, T("%(n)s kegiatan"))


def _people(session: Session, scope: MosaicScope) -> Reading:
    """A village with events of which nobody counted the people is not one where nobody came."""
    values = {}
    for row in _held(session, scope):
        if row.people is None:
            said = T("%(events)s kegiatan, yang hadir belum dihitung", events=row.events)
            values[row.village_code] = Value(1, said)
        else:
            people = int(row.people)
            said = T("%(n)s orang hadir dalam %(events)s kegiatan", n=people, events=row.events)
            values[row.village_code] = Value(2 + step_of(MANY, people) if people else 0, said, people, people)
    return Reading(values)


def _trainees(session: Session, scope: MosaicScope) -> Reading:
    """Of fewer than LEAST_CELL it is not said how many: they could be named."""
    found = training.count_people(session, scope.zone, scope.now, scope.period)
    few = Value(1, T("kurang dari %(n)s orang dari desa ini ikut pelatihan", n=LEAST_CELL), 1)
    enough = {code: number for code, number in found.items() if number >= LEAST_CELL}
    counted = _counted(enough, TRAINED, T("%(n)s orang dari desa ini ikut pelatihan"))
    return Reading({**dict.fromkeys(found, few), **counted.values})


PROVED = Measure(
    "cetakan",
    T("Cetakan terpasang"),
    T("kali"),
    T("Berapa kali cetakan terbukti terpasang di desa itu, dengan foto."),
    (Step("zero", T("Belum ada")), *ranges(FEW)),
    Value(0, T("belum ada cetakan yang terbukti terpasang"), 0, 0),
    _proofs,
)
EVENTS = Measure(
    "kegiatan",
    T("Kegiatan"),
    T("kegiatan"),
    T("Berapa kegiatan yang benar-benar berlangsung di desa itu."),
    (Step("zero", T("Belum ada")), *ranges(FEW)),
    Value(0, T("belum ada kegiatan"), 0, 0),
    _events,
)
PEOPLE = Measure(
    "hadirin",
    T("Orang yang hadir"),
    T("orang"),
    T("Jumlah yang hadir dalam kegiatan di desa itu. Yang hadir dua kali terhitung dua kali."),
    (Step("zero", T("Belum ada")), Step("unknown", T("Ada kegiatan, belum dihitung")), *ranges(MANY)),
    Value(0, T("belum ada kegiatan"), 0, 0),
    _people,
)
TRAINEES = Measure(
    "peserta",
    T("Peserta pelatihan"),
    T("orang"),
    T("Berapa orang dari desa itu yang tercatat hadir di pelatihan, di mana pun diadakan."),
    (Step("zero", T("Belum ada")), Step("s1", T("Kurang dari %(n)s", n=LEAST_CELL)), *ranges(TRAINED)[1:]),
    Value(0, T("belum ada peserta pelatihan dari sini"), 0, 0),
    separate_practice(_trainees),
)

# --- meant for a village, which does not say that it came there ------------------------------------------------------


ORDERED_FOR_ALL = T("Di luar itu %(n)s pesanan untuk seluruh kabupaten, tidak diwarnai.")
POSTED_FOR_ALL = T("Di luar itu %(n)s unggahan untuk seluruh kabupaten, tidak diwarnai.")


def _aimed(found: TargetedCounts, bounds: tuple[int, ...], said: T, rest: T) -> Reading:
    """What was meant for all villages would shade them all alike: `rest` says how much it is."""
    values = _counted(found.by_village, bounds, said).values
    return Reading(values, Source(T(rest.msgid, n=found.everywhere)) if found.everywhere else None)


def _ordered(session: Session, scope: MosaicScope) -> Reading:
    said = T("%(n)s pesanan cetak ditujukan ke sini, tidak dihitung sampai")
    return _aimed(count_ordered(session, scope), FEW, said, ORDERED_FOR_ALL)


def _posted(session: Session, scope: MosaicScope) -> Reading:
    said = T("%(n)s unggahan ditujukan ke sini, tidak dihitung sampai")
    return _aimed(count_posted(session, scope), SOME, said, POSTED_FOR_ALL)


ORDERED = Measure(
    "dipesan",
    T("Cetakan baru dipesan"),
    T("pesanan"),
    T("Pesanan cetak dari program yang khusus menyasar desa itu. Dipesan belum tentu terpasang, jadi tidak dihitung."),
    (Step("zero", T("Belum ada")), *ranges(FEW)),
    Value(0, T("belum ada pesanan cetak khusus untuk sini"), 0, 0),
    _ordered,
    kind="aimed",
)
POSTED = Measure(
    "unggahan",
    T("Unggahan yang ditujukan"),
    T("unggahan"),
    T("Unggahan tayang yang khusus menyasar desa itu. Siapa yang melihatnya tidak diketahui, jadi tidak dihitung."),
    (Step("zero", T("Belum ada")), *ranges(SOME)),
    Value(0, T("belum ada unggahan khusus untuk sini"), 0, 0),
    _posted,
    kind="aimed",
)

MEASURES: Mapping[str, Measure] = {
    measure.key: measure for measure in (LAST_CONTACT, EVENTS, PEOPLE, PROVED, TRAINEES, AWARENESS, ORDERED, POSTED)
}
COLUMNS = (LAST_CONTACT, EVENTS, PEOPLE, PROVED, TRAINEES)
"""What the table shows of every village: what really came there."""
