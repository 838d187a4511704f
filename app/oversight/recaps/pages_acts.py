"""What was done in a period, as sections of its report: posts, print, events, training, the scorecard, decisions."""

from collections.abc import Collection

from flask_babel import gettext as _

from app.base.documents.sheets import Cell
from app.base.web.formats import angka, sentence
from app.gatherings.events.states import KINDS as EVENT_KINDS
from app.learning.assessments.followups.results import AFTER, outcomes
from app.learning.assessments.gain import batch_gain
from app.learning.skills.numbers import Scope, numbers
from app.learning.skills.pages_numbers import totals_sheet
from app.learning.training.practice import shows_practice
from app.outreach.campaigns.decisions import STATUS_LABELS, is_late
from app.outreach.outlets.kinds import KINDS, PRINT
from app.outreach.printing.letters import KIND_NAMES
from app.outreach.publishing import figures
from app.outreach.publishing.figures import ByPlatform
from app.outreach.publishing.measuring import NAMES
from app.oversight.commitments.queries import progress
from app.oversight.recaps import counts
from app.oversight.recaps.pages_period import ReportScope
from app.oversight.recaps.sections import Bar, Fact, Link, Section, Table
from app.oversight.scorecard.factors import Factor, Indicator, score
from app.oversight.scorecard.measures import STATES
from app.oversight.scorecard.pages import target_of, value_of

MOST_DECISIONS = 200


def posts(scope: ReportScope) -> Section:
    found = counts.posts(scope.session, scope.period, scope.zone)
    begin, end = scope.period.borders(scope.zone)
    platforms = [one for one in figures.of_period(scope.session, begin, end) if one.kind not in PRINT]
    link = Link(_("Buka Penayangan"), "publishing.index")
    if not found.planned and not platforms:
        return Section("unggahan", _("Unggahan"), missing=_("Belum ada unggahan pada masa ini."), link=link)
    most = max((one.sent for one in platforms), default=1)
    titles = [_("Saluran"), _("Terbit"), _("Ada angkanya"), *(sentence(figures.LABELS[name]) for name in NAMES)]
    return Section(
        "unggahan", _("Unggahan"),
        [_("%(n)s dari %(all)s unggahan terbit.", n=angka(found.sent), all=angka(found.planned))],
        facts=[
            Fact(_("Terbit"), angka(found.sent), number=found.sent),
            Fact(_("Gagal"), angka(found.failed), number=found.failed),
            Fact(_("Terlewat"), angka(found.missed), number=found.missed),
            Fact(_("Belum pasti terbit"), angka(found.unknown), number=found.unknown),
        ],
        bars=[Bar(_kind(one), angka(one.sent), one.sent / most) for one in platforms],
        bars_title=_("Terbit, menurut saluran"),
        tables=[Table(titles, [_platform(one) for one in platforms], (3, 2, 2, *(2 for _name in NAMES)))],
        notes=[_("Angka dua saluran tidak dijumlahkan: orang yang sama bisa melihat keduanya. “Tidak tersedia”: "
                 "salurannya tidak memberi angka itu.")],
        link=link,
    )  # fmt: skip


def _kind(one: ByPlatform) -> str:
    return sentence(KINDS[one.kind].name)


def _platform(one: ByPlatform) -> list[Cell]:
    cells: list[Cell] = [_kind(one), one.sent, one.measured]
    for name in NAMES:
        counted = one.counts[name]
        if counted.total is None:
            cells.append(_("tidak tersedia"))
        elif counted.of < one.sent:
            cells.append(_("%(n)s dari %(of)s unggahan", n=angka(counted.total), of=angka(counted.of)))
        else:
            cells.append(counted.total)
    return cells


def prints(scope: ReportScope) -> Section:
    found = counts.prints(scope.session, scope.period, scope.zone)
    link = Link(_("Buka Bukti terpasang"), "printing.proofs")
    if not found.proofs and not found.ordered:
        missing = _("Belum ada cetakan yang dicatat pada masa ini.")
        return Section("cetakan", _("Cetakan"), missing=missing, link=Link(_("Catat bukti"), "printing.prove"))
    kinds = counts.proofs_by_kind(scope.session, scope.period)
    rows: list[list[Cell]] = [[KIND_NAMES[kind], proofs, copies] for kind, proofs, copies in kinds]  # type: ignore[index]
    return Section(
        "cetakan", _("Cetakan"),
        [_("%(copies)s lembar terbukti terpasang atau dibagikan di %(villages)s desa/kelurahan.",
           copies=angka(found.copies), villages=angka(found.villages))],
        facts=[
            Fact(_("Lembar terbukti"), angka(found.copies), _("%(n)s bukti berfoto", n=angka(found.proofs)),
                 found.copies),
            Fact(_("Desa/kelurahan"), angka(found.villages), number=found.villages),
            Fact(_("Lembar dipesan"), angka(found.ordered), _("dipesan saja tidak dihitung sebagai jangkauan"),
                 found.ordered),
        ],
        tables=[Table([_("Jenis cetakan"), _("Bukti"), _("Lembar")], rows, (6, 2, 2))] if rows else [],
        link=link,
    )  # fmt: skip


def events(scope: ReportScope) -> Section:
    found = counts.events(scope.session, scope.period, scope.zone, scope.now)
    link = Link(_("Buka Kegiatan"), "events.index")
    if not found:
        return Section("kegiatan", _("Kegiatan"), missing=_("Belum ada kegiatan yang berlangsung pada masa ini."),
                       link=link)  # fmt: skip
    every, counted = sum(one.events for one in found), sum(one.counted for one in found)
    people = sum(one.people for one in found)
    most = max(one.events for one in found)
    by_person = counts.kinds_of_sessions(scope.session, scope.period, scope.zone)
    rows = [_held(one, by_person) for one in found]
    came = angka(people) if counted else _("belum dicatat")
    return Section(
        "kegiatan", _("Kegiatan"), [_("%(n)s kegiatan berlangsung.", n=angka(every))],
        facts=[
            Fact(_("Kegiatan"), angka(every), number=every),
            Fact(_("Kehadiran"), came, _("dihitung di %(n)s kegiatan; yang datang dua kali terhitung dua kali",
                                         n=angka(counted)), people if counted else None, bool(counted)),
        ],
        bars=[Bar(sentence(EVENT_KINDS[one.kind]), angka(one.events), one.events / most) for one in found],
        bars_title=_("Kegiatan, menurut jenis"),
        tables=[Table([_("Jenis"), _("Kegiatan"), _("Dihitung"), _("Kehadiran")], rows, (6, 2, 2, 2))],
        link=link,
    )  # fmt: skip


def _held(one: counts.HeldEvents, by_person: Collection[str]) -> list[Cell]:
    """Sessions of training are not counted as a crowd: who came is noted by name and told in the part on training."""
    kind = sentence(EVENT_KINDS[one.kind])
    if one.counted:
        return [kind, one.events, one.counted, one.people]
    if one.kind in by_person:
        return [kind, one.events, None, _("dicatat per peserta, lihat bagian Pelatihan")]
    return [kind, one.events, 0, _("belum dicatat")]


def training(scope: ReportScope) -> Section:
    practice = shows_practice(scope.session)
    found = numbers(scope.session, scope.actor, Scope(practice=practice, period=scope.period), now=scope.now)
    link = Link(_("Buka Pelatihan dalam angka"), "skills.numbers", {"tahun": scope.period.first.year})
    if not found.rows:
        missing = _("Belum ada angkatan pelatihan yang mulai pada masa ini.")
        return Section("pelatihan", _("Pelatihan"), missing=missing, link=link)
    ids, seen = [row.batch.id for row in found.rows], {row.batch.id for row in found.rows if row.seen}
    after = [outcomes(scope.session, ids, kind, seen=seen) for kind in AFTER]
    sheet = totals_sheet(found, batch_gain(found.total.by_person), after)
    told = [[_("belum dicatat") if cell is None and place == 1 else cell for place, cell in enumerate(row)]
            for row in sheet.rows]  # fmt: skip
    notes = [_("Simulasi: belum ada pelatihan nyata. Semua angka bagian ini buatan.")] if practice else []
    return Section(
        "pelatihan", _("Pelatihan"),
        [_("%(n)s tempat pelatihan terisi, di %(batches)s angkatan yang mulai pada masa ini.",
           n=angka(found.total.accepted), batches=angka(len(found.rows)))],
        tables=[Table(sheet.titles, told, (5, 3, 2, 7))],
        notes=[*notes, _("Angka dari kurang dari 5 orang tidak ditampilkan.")], link=link,
    )  # fmt: skip


def card(scope: ReportScope) -> Section:
    factors = score(
        scope.session, scope.actor, period=scope.period, today=scope.today, now=scope.now, zone=scope.zone,
        regency_code=scope.regency_code,
    )  # fmt: skip
    every = [one for factor in factors for one in factor.indicators]
    met = sum(one.state == "met" for one in every)
    practice = [_("Simulasi: indikator yang bertanda simulasi dihitung dari catatan latihan.")]
    practice = practice if any(one.simulated for one in every) else []
    return Section(
        "rapor", _("Rapor pelaksanaan"),
        [_("%(n)s dari %(all)s indikator tercapai. Keempat faktor tidak dijumlahkan menjadi satu nilai.",
           n=angka(met), all=angka(len(every)))],
        tables=[_factor(factor) for factor in factors],
        notes=[*practice, _("Empat faktor menurut Edwards III. Cara menghitung tiap indikator ada di halaman Rapor "
                            "Pelaksanaan.")],
        link=Link(_("Buka Rapor Pelaksanaan"), "scorecard.index", {"periode": str(scope.period)}),
    )  # fmt: skip


def _factor(factor: Factor) -> Table:
    titles = [_("Indikator"), _("Angka"), _("Dari (n)"), _("Target"), _("Keadaan"), _("Yang akan menaikkannya")]
    return Table(titles, [_indicator(one) for one in factor.indicators], (6, 4, 2, 3, 3, 6), sentence(factor.title))


def _indicator(one: Indicator) -> list[Cell]:
    mark = f" ({_('simulasi')})" if one.simulated else ""
    value = value_of(one) or sentence(one.missing or one.reason) or _("belum dicatat")
    return [sentence(one.label) + mark, value, one.n or "", target_of(one), sentence(STATES[one.state]),
            sentence(one.raises)]  # fmt: skip


def decided(scope: ReportScope) -> Section:
    found, every = counts.decisions(scope.session, scope.actor, scope.period, most=MOST_DECISIONS)
    stand = progress(scope.session, scope.today, actor=scope.actor)
    rows: list[list[Cell]] = [
        [one.campaign, one.decision.text, one.owner or _("belum ditentukan"), one.decision.due_on,
         sentence(STATUS_LABELS[one.decision.status])
         + (f", {_('lewat batas')}" if is_late(one.decision, scope.today) else ""), one.decision.outcome or ""]
        for one in found
    ]  # fmt: skip
    titles = [_("Program"), _("Keputusan"), _("Penanggung jawab"), _("Batas waktu"), _("Keadaan"), _("Hasil")]
    said = [_("%(n)s keputusan dibuat, jatuh tempo, atau selesai pada masa ini.", n=angka(every))]
    if not every:
        said = [_("Belum ada keputusan yang dicatat pada masa ini.")]
    facts = [
        Fact(_("Butir komitmen selesai"), angka(stand.done), _("dari %(n)s yang mengikat", n=angka(stand.total)),
             stand.done),
        Fact(_("Butir lewat batas"), angka(stand.late), number=stand.late),
        Fact(_("Butir tanpa OPD penanggung jawab"), angka(stand.no_owner), number=stand.no_owner),
    ]  # fmt: skip
    more = _("Tabel ini memuat %(n)s keputusan terbaru.", n=angka(MOST_DECISIONS))
    return Section(
        "keputusan", _("Keputusan dan komitmen"), said, facts=facts if stand.total else [],
        tables=[Table(titles, rows, (5, 8, 4, 3, 3, 5))] if rows else [],
        notes=[*([more] if every > len(found) else []), _("Komitmen: keadaan pada hari laporan dibuat.")],
        link=Link(_("Buka Komitmen"), "commitments.index"),
    )  # fmt: skip


PARTS = (posts, prints, events, training, card, decided)
