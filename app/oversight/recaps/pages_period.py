"""The report of a month, a quarter or a year, section by section: each asks the function that its own page asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.base.documents.sheets import Cell
from app.base.trail.heads import group_hash, head_until
from app.base.web.formats import angka, sentence
from app.base.web.periods import period_words
from app.evidence.results import quotes, words
from app.evidence.results.figures import VOLUNTEERS, Figure
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.site import LOCALE
from app.oversight.control import queries as control
from app.oversight.control.items import KINDS
from app.oversight.insights.awareness import AwarenessSummary, DimensionAwareness, summarise_awareness
from app.oversight.insights.overview import Overdue, VillageReach, reach_of
from app.oversight.mosaic.measures import LAST_CONTACT, MEASURES
from app.oversight.mosaic.pages import network_words
from app.oversight.mosaic.queries import mosaic, table_of
from app.oversight.mosaic.squares import OFFLINE, Mosaic, Square
from app.oversight.mosaic.values import MosaicScope, Source, Value
from app.oversight.recaps.sections import Bar, Link, Recap, Section, Table, Tile, Tiles, Whisker

UNNAMED = 12
"""Villages of a district that are named on a page; the workbook has all."""


@dataclass(frozen=True)
class ReportScope:
    """For whom, of when, and when it is made. `practice`: the whole installation is one for practice."""

    session: Session
    actor: Actor
    period: Period
    now: datetime
    zone: ZoneInfo
    regency_code: str
    practice: bool = False

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def until(self) -> date:
        """The last day that the report can know of."""
        return min(self.period.last, self.today)


Part = Callable[[ReportScope], Section]


def unassigned() -> str:
    return _("belum ada bidang")


def capitalise(words_: str) -> str:
    return words_[:1].upper() + words_[1:]


def period_recap(scope: ReportScope, parts: Sequence[Part]) -> Recap:
    """Return the report of a period. `parts`: what follows awareness, villages and what is late."""
    found = summarise_awareness(scope.session, scope.actor, today=scope.until)
    shown = mosaic(scope.session, scope.actor, scope.regency_code, scope.zone, now=scope.now, period=scope.period)
    reach = reach_of(scope.session, scope.regency_code, scope.period, now=scope.now, zone=scope.zone)
    late = overdue(scope)
    sections = [
        _summary(found, reach, late, scope),
        villages(shown, reach, scope),
        *(part(scope) for part in parts),
        awareness(found),
        late,
    ]
    order = {"ringkasan": 0, "desa": 1}
    last = {"pengenalan": 10, "terlambat": 11, "rapor": 12, "keputusan": 13}
    sections.sort(key=lambda one: order.get(one.key, last.get(one.key, 5)))
    running = scope.period.last > scope.today
    notes = [_("Masa ini masih berjalan: angkanya sampai hari laporan dibuat.")] if running else []
    simulated = found.simulated or any(_is_practice(one) for one in sections)
    title = _("Laporan %(period)s", period=period_words(scope.period))
    return Recap(
        title, days_words(scope.period), scope.now.astimezone(scope.zone), sections,
        [*notes, _("Angka di laporan ini sama dengan angka di halaman aplikasi pada saat dibuat."), *_seal(scope)],
        simulated, scope.practice,
    )  # fmt: skip


def _seal(scope: ReportScope) -> list[str]:
    """The head of the trail on the last day: on paper nobody can change it any more (docs/decisions/036)."""
    head = head_until(scope.session, scope.until)
    if head is None:
        return []
    day, code = head.day.isoformat(), group_hash(head.hash)
    return [_("Segel jejak %(day)s, baris %(n)s, kode %(code)s", day=day, n=head.number, code=code)]


def days_words(period: Period) -> str:
    return f"{day_words(period.first)} – {day_words(period.last)}"


def day_words(day: date) -> str:
    return format_date(day, "d MMMM y", LOCALE)


def _is_practice(section: Section) -> bool:
    return bool(section.notes) and section.notes[0].startswith(_("Simulasi"))


# --- the three sentences ---


def _summary(found: AwarenessSummary, reach: VillageReach, late: Section, scope: ReportScope) -> Section:
    mark = _("[Simulasi] ") if found.simulated else ""
    return Section(
        "ringkasan",
        _("Ringkasan"),
        [mark + sentence(found.sentence), sentence(reach.sentence(period_words(scope.period))), late.said[0]],
        link=Link(_("Buka Ikhtisar"), "insights.overview", {"periode": str(scope.period)}),
    )


# --- villages ---


def villages(shown: Mosaic, reach: VillageReach, scope: ReportScope) -> Section:
    when = period_words(shown.period)
    if not reach.recorded:
        plan = Link(_("Rencanakan kegiatan"), "events.new")
        return Section("desa", _("Desa yang terjangkau"), missing=sentence(reach.sentence(when)), link=plan)
    reached = len(shown.squares) - len(shown.missed)
    bars = [
        Bar(
            tile.name,
            _("%(n)s dari %(all)s", n=angka(len(tile.squares) - tile.missed), all=angka(len(tile.squares))),
            (len(tile.squares) - tile.missed) / len(tile.squares),
        )
        for tile in sorted(shown.tiles, key=lambda tile: tile.name)
    ]
    rows: list[list[Cell]] = [
        [tile.name, len(tile.squares), len(tile.squares) - tile.missed, tile.missed, _named(tile.squares)]
        for tile in shown.worst
    ]
    table = Table(
        [_("Kecamatan"), _("Desa/kelurahan"), _("Terjangkau"), _("Belum"), _("Yang belum terjangkau")], rows,
        (4, 2, 2, 2, 9), _("Desa yang belum terjangkau"),
    )  # fmt: skip
    said = [
        _("%(n)s dari %(all)s desa/kelurahan terjangkau pada %(when)s.",
          n=angka(reached), all=angka(len(shown.squares)), when=when),
        sentence(reach.sentence(when)),
    ]  # fmt: skip
    if reach.blank:
        said.append(_("%(n)s di antara yang belum terjangkau %(what)s, menurut catatan terakhir.",
                      n=angka(reach.blank), what=sentence(OFFLINE)))  # fmt: skip
    return Section(
        "desa", _("Desa yang terjangkau"), said, bars=bars, bars_title=_("Terjangkau, menurut kecamatan"),
        tiles=_tiles(shown), tables=[table] if rows else [],
        notes=[_("Terjangkau: ada kegiatan berlangsung di sana, cetakan terbukti terpasang di sana, atau peserta "
                 "pelatihan dari sana. Cetakan yang baru dipesan dan unggahan tidak dihitung.")],
        link=Link(_("Buka Peta Desa"), "mosaic.index", {"periode": str(scope.period)}),
        more=lambda: [_every_village(shown, scope)],
    )  # fmt: skip


def _named(squares: Sequence[Square]) -> str:
    missed = [square.name for square in squares if not square.reached]
    names = ", ".join(missed[:UNNAMED])
    more = len(missed) - UNNAMED
    return _("%(names)s, dan %(n)s lagi", names=names, n=angka(more)) if more > 0 else names


def _tiles(shown: Mosaic) -> Tiles:
    tiles = [
        Tile(
            tile.name, *tile.at,
            _("%(n)s belum", n=angka(tile.missed)) if tile.missed else _("semua"),
            [(square.look, bool(square.offline)) for square in tile.squares],
        )
        for tile in shown.tiles
    ]  # fmt: skip
    legend = [(step.look, sentence(step.label), count) for step, count in shown.legend]
    return Tiles(tiles, legend, shown.layout.columns)


def _every_village(shown: Mosaic, scope: ReportScope) -> Table:
    """All villages with what each measure of the mosaic says of them in the period."""
    counted = [one for one in MEASURES.values() if one.kind != "district" and one is not LAST_CONTACT]
    found = table_of(scope.session, shown, MosaicScope(scope.zone, scope.now, scope.period, scope.actor), counted)
    labels = [_marked(sentence(one.label), found.sources.get(one.key)) for one in counted]
    titles = [_("Kode"), _("Desa/kelurahan"), _("Kecamatan"), _("Terjangkau dalam masa ini"), _("Kontak terakhir"),
              _("Jaringan"), *labels]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            row.square.code, row.square.name, row.square.district, _("ya") if row.square.reached else _("belum"),
            row.square.touch.cell, network_words(row.square),
            *(_cell(row.values[one.key]) for one in counted),
        ]
        for row in found.rows
    ]  # fmt: skip
    return Table(titles, rows, title=_("Semua desa"))


def _marked(label: str, source: Source | None) -> str:
    return _("%(what)s (simulasi)", what=label) if source is not None and source.simulated else label


def _cell(value: Value) -> Cell:
    cell = value.cell
    return cell if cell is not None else sentence(value.said)


# --- awareness ---


def awareness(found: AwarenessSummary) -> Section:
    said = [sentence(found.sentence)]
    if not found.measured:
        return Section(
            "pengenalan", _("Pengenalan"), missing=sentence(found.sentence),
            link=Link(_("Rencanakan survei"), "surveys.index"),
        )  # fmt: skip
    rows = [_dimension(one) for one in found.dimensions]
    table = Table(
        [_("Dimensi"), _("Yang diukur"), _("Sebelum"), _("n"), _("Sesudah"), _("n"), _("Perubahan"), _("Putusan")],
        rows, (4, 6, 3, 2, 3, 2, 5, 4),
    )  # fmt: skip
    notes = [
        _("Titik: hasil dari jawaban. Garis: rentang 95 %. Bila survei diulang 100 kali dengan cara "
          "yang sama, kira-kira 95 rentangnya memuat nilai sebenarnya."),
        _("Kelompok dengan kurang dari 30 jawaban dan jawaban dari kurang dari 5 orang tidak diberi angka. Dimensi "
          "dinilai sekaligus (cara Holm). Perubahan sesudah program bukan bukti bahwa program itulah penyebabnya."),
        *_waves(found),
    ]  # fmt: skip
    if found.simulated:
        notes.insert(0, _("Simulasi: jawabannya dibuat komputer untuk latihan. Jangan dikutip sebagai hasil survei."))
    return Section(
        "pengenalan", _("Pengenalan"), said, whiskers=[_whisker(one) for one in found.measured], tables=[table],
        notes=notes, link=Link(_("Buka Pengenalan"), "insights.awareness"),
    )  # fmt: skip


def _dimension(one: DimensionAwareness) -> list[Cell]:
    before, after = (one.row.before, one.row.after) if one.row else (None, None)
    verdict = sentence(one.reason) if one.reason else sentence(quotes.VERDICTS[one.verdict])
    if one.row is None:
        return [one.name, "", _("belum dicatat"), "", _("belum dicatat"), "", "", verdict]
    return [one.name, one.row.label, _figure(before), words.answered(before), _figure(after), words.answered(after),
            one.change or "–", verdict]  # fmt: skip


def _figure(figure: Figure | None) -> str:
    limits = f" ({words.interval(figure)})" if figure is not None and figure.low is not None else ""
    return words.shown(figure) + limits


def _whisker(one: DimensionAwareness) -> Whisker:
    before, after = (one.row.before, one.row.after) if one.row else (None, None)
    return Whisker(one.name, _point(before), _point(after))


def _point(figure: Figure | None) -> tuple[float, float | None, float | None] | None:
    if figure is None or figure.value is None or figure.is_mean:
        return None
    return figure.value, figure.low, figure.high


def _waves(found: AwarenessSummary) -> list[str]:
    """Which surveys stand behind it, and what is odd about them; each once."""
    said: dict[str, None] = {}
    for one in found.measured:
        if one.comparison is None or one.before is None or one.after is None:
            continue
        said[_("%(before)s, lalu %(after)s.", before=one.before.name, after=one.after.name)] = None
        if not one.comparison.sampled:
            said[capitalise(sentence(VOLUNTEERS)) + "."] = None
        said.update(dict.fromkeys(sentence(warning) for warning in one.comparison.warnings))
    return list(said)


# --- what is late ---


def overdue(scope: ReportScope) -> Section:
    units = control.tally(scope.session, scope.actor, today=scope.today, now=scope.now, zone=scope.zone)
    found = Overdue(units)
    late, said = found.behind, sentence(found.sentence(unassigned()))
    most = max((unit.total for unit in late), default=1)
    rows: list[list[Cell]] = [
        [unit.name or unassigned(), unit.total, unit.at_risk, unit.oldest_days,
         ", ".join(f"{sentence(KINDS[kind].label)} ({angka(n)})" for kind, n in unit.by_kind.items())]
        for unit in late
    ]  # fmt: skip
    table = Table(
        [_("Bidang atau OPD"), _("Terlambat"), _("Hampir terlambat"), _("Paling lama (hari kerja)"), _("Apa")], rows,
        (5, 2, 2, 3, 10),
    )  # fmt: skip
    return Section(
        "terlambat", _("Yang terlambat"), [said],
        bars=[Bar(unit.name or unassigned(), angka(unit.total), unit.total / most) for unit in late],
        bars_title=_("Terlambat, menurut bidang"), tables=[table] if rows else [],
        notes=[_("Keadaan pada hari laporan dibuat, bukan pada akhir masa laporan.")],
        link=Link(_("Buka Perlu Dikejar"), "control.index"),
    )  # fmt: skip
