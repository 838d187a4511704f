"""Indicators of transmission: which villages were reached in the period, and which blank spots; see
reports/contacts.py."""

from collections import Counter
from collections.abc import Sequence

from app.gatherings.reports.contacts import NETWORK, VillageRow, village_rows
from app.kernel.text import T
from app.oversight.scorecard.changes import day_of
from app.oversight.scorecard.measures import Button, MeasureResult, Record, ScorecardScope, share

NAMED = 2
"""Districts that a sentence names."""


def _villages(scope: ScorecardScope) -> Sequence[VillageRow]:
    rows: Sequence[VillageRow] = scope.cached("villages", _read)
    return rows


def _read(scope: ScorecardScope) -> Sequence[VillageRow]:
    return village_rows(scope.session, scope.regency_code, scope.zone, now=scope.now, period=scope.period)


def find_reached(scope: ScorecardScope) -> MeasureResult:
    return _found(_villages(scope), T("desa/kelurahan"))


def find_blank(scope: ScorecardScope) -> MeasureResult:
    """Count the blank spots that were reached. Where nobody was anywhere, nothing is known of them either."""
    every = _villages(scope)
    blank = [row for row in every if row.is_blank]
    if not blank:
        return MeasureResult(
            missing=T("kabar jaringan desa yang menyebut blank spot"),
            do_missing=Button(T("Buka wilayah"), "areas.index"),
        )
    return _found(blank, T("blank spot"), anywhere=any(row.last for row in every))


def reached_rows(scope: ScorecardScope) -> list[Record]:
    return [_record(row) for row in _villages(scope)]


def blank_rows(scope: ScorecardScope) -> list[Record]:
    return [_record(row) for row in _villages(scope) if row.is_blank]


def _record(row: VillageRow) -> Record:
    detail: T | str = ""
    if row.last is not None:
        sources = ", ".join(str(source.label) for source in row.last.sources)
        detail = T("%(what)s, terakhir %(day)s", what=sources, day=day_of(row.last.on))
    elif row.planned is not None:
        detail = T("Kegiatan direncanakan di sini")
    elif row.network:
        detail = NETWORK[row.network]
    return Record(
        T("%(village)s, %(district)s", village=row.name, district=row.district), detail, row.last is not None,
        "areas.village", {"code": row.code},
    )  # fmt: skip


def _found(rows: Sequence[VillageRow], what: T, *, anywhere: bool = False) -> MeasureResult:
    """The longest without contact stand first, so the first of them is where one should go."""
    left = [row for row in rows if row.last is None]
    if len(left) == len(rows) and not anywhere:
        return MeasureResult(
            missing=T("kegiatan, bukti cetakan, atau peserta pelatihan pada periode ini"),
            do_missing=Button(T("Rencanakan kegiatan"), "events.new"),
        )
    met = len(rows) - len(left)
    if not left:
        return MeasureResult(share(met, len(rows)), len(rows), met)
    unplanned = [row for row in left if row.planned is None]
    if not unplanned:
        return MeasureResult(
            share(met, len(rows)), len(rows), met,
            raises=T("%(n)s %(what)s belum terjangkau, semuanya sudah ada rencana kegiatannya. Pastikan berlangsung.",
                     n=len(left), what=what),
            do=Button(T("Lihat kegiatannya"), "events.index"),
        )  # fmt: skip
    most = Counter(row.district for row in left).most_common(NAMED)
    first = unplanned[0]
    return MeasureResult(
        share(met, len(rows)), len(rows), met,
        raises=T(
            "%(n)s %(what)s belum terjangkau, terbanyak di %(where)s. Jadwalkan kegiatan di sana.",
            n=len(left), what=what, where=" dan ".join(f"{district} ({n})" for district, n in most),
        ),
        do=Button(T("Rencanakan kegiatan di %(name)s", name=first.name), "events.new", {"desa": first.code}),
    )  # fmt: skip
