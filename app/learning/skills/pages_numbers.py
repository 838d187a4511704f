"""The figures of training as the lines of a file. What is not known stays empty and is never 0."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.base.documents.sheets import Cell, Sheet
from app.base.web.formats import angka, sentence
from app.learning.assessments.person_gain import LEAST
from app.learning.skills.numbers import Gaps, Numbers
from app.learning.skills.tally import Tally
from app.learning.training.states import LABELS


def too_few(n: int) -> str:
    return _("belum cukup (%(n)s dari %(least)s)", n=angka(n), least=angka(LEAST))


def began_words(tally: Tally) -> str:
    """Say whom completion is told of, after their number."""
    said = _("yang mulai, di angkatan yang selesai")
    if "completion" in tally.few or not tally.stopped:
        return said
    return f"{said}; {_('%(n)s berhenti di jalan', n=angka(tally.stopped))}"


def tested_words(tally: Tally) -> str:
    """Say whom the gain is told of, after the number of people."""
    said = _("orang yang ikut tes awal dan akhir")
    if len(tally.pairs) == tally.tested:
        return said
    return f"{said}, {_('%(n)s pasangan tes', n=angka(len(tally.pairs)))}"


def titles() -> list[str]:
    return [
        _("Angkatan"), _("Program"), _("Mulai"), _("Selesai"), _("Keadaan"), _("Tempat"), _("Pendaftar"),
        _("Diterima"), _("Lulus"), _("Dari yang mulai"), _("Berhenti di jalan"), _("Kehadiran (%)"),
        _("Kenaikan hasil belajar (%)"), _("Kenaikan, batas bawah (%)"), _("Kenaikan, batas atas (%)"),
        _("Pasangan tes"), _("Perempuan"), _("Jenis kelamin diketahui"), _("Sertifikat berlaku"),
    ]  # fmt: skip


def lines(found: Numbers, gains: Mapping[int, Any], whole: Any) -> list[list[Cell]]:
    """Return a line for each batch, and one for all of them last."""
    rows = [
        [one.batch.name, one.batch.programme.title, one.batch.starts_on, one.batch.ends_on,
         sentence(LABELS[one.batch.status]), *_figures(one.tally, gains[one.batch.id])]
        for one in found.rows
    ]  # fmt: skip
    return [*rows, [_("Seluruhnya"), "", None, None, "", *_figures(found.total, whole)]] if rows else []


def _figures(tally: Tally, gain: Any) -> list[Cell]:
    completed: Cell = tally.completed if tally.began else None
    women: Cell = tally.women if tally.sexes else None
    return [
        tally.places, tally.registrations, tally.accepted,
        too_few(tally.began) if "completion" in tally.few else completed, tally.began,
        None if "completion" in tally.few or not tally.began else tally.stopped,
        too_few(tally.attending) if "attendance" in tally.few else _rounded(tally.attendance),
        *_learnt(tally, gain), len(tally.pairs),
        too_few(tally.sexes) if "women" in tally.few else women, tally.sexes, tally.certificates,
    ]  # fmt: skip


def _learnt(tally: Tally, gain: Any) -> list[Cell]:
    if "learnt" in tally.few:
        return [too_few(tally.tested), None, None]
    return [_percent(gain.estimate), _percent(gain.low), _percent(gain.high)]


def totals_sheet(found: Numbers, gain: Any, after: list[Any]) -> Sheet:
    """Return the sheet of the figures at the top of the page: (figure, value, of how many, how to read it)."""
    every = found.total
    completed: Cell = too_few(every.began) if "completion" in every.few else _rounded(every.completion)
    came: Cell = too_few(every.attending) if "attendance" in every.few else _rounded(every.attendance)
    women: Cell = too_few(found.few_sexes) if found.few_sexes else _rounded(found.womens_share)
    learnt, low, high = _learnt(every, gain)
    rows: list[list[Cell]] = [
        [_("Tempat ditawarkan"), every.places, None, _("di %(n)s angkatan", n=angka(len(found.rows)))],
        [_("Pendaftaran"), every.registrations, None, _("termasuk yang diusulkan OPD")],
        [_("Diterima"), every.accepted, None, _("%(n)s orang berbeda", n=angka(found.people))],
        [_("Lulus (%)"), completed, every.began, began_words(every)],
        [_("Kehadiran (%)"), came, None if "attendance" in every.few else every.asked, _("kehadiran yang mungkin")],
        [_("Kenaikan hasil belajar (%)"), learnt, gain.n, tested_words(every)],
        [_("Kenaikan, batas bawah (%)"), low, gain.n, ""],
        [_("Kenaikan, batas atas (%)"), high, gain.n, ""],
        [_("Perempuan (%)"), women, found.few_sexes or found.sexes_people, _("orang yang jenis kelaminnya diketahui")],
        [_("OPD asal peserta"), len(every.opds), found.all_opds, _("OPD")],
        [_("Kecamatan asal peserta"), len(every.districts) if found.people > found.nowhere else None,
         found.all_districts, _("%(n)s orang belum dicatat desanya", n=angka(found.nowhere)) if found.nowhere else ""],
        [_("Sertifikat berlaku"), every.certificates, None, ""],
        *(_after(one) for one in after),
    ]  # fmt: skip
    return Sheet(_("Seluruhnya"), [_("Angka"), _("Nilai"), _("Dari"), _("Keterangan")], rows)


def _after(one: Any) -> list[Cell]:
    name = _("Masih aktif 3 bulan kemudian") if one.kind == "after_3" else _("Masih aktif setahun kemudian")
    said = _("orang yang menjawab; %(silent)s belum menjawab", silent=angka(one.silent))
    return [name, too_few(one.answered) if one.withheld else one.active.n if one.active.of else None, one.active.of,
            said if one.invited else _("belum ada yang ditanya")]  # fmt: skip


def gaps_sheet(gaps: Gaps) -> Sheet:
    """Return the sheet of the OPDs in which nobody can do it alone: for the whole list of skills, and by group."""
    everywhere = [(_("Semua kelompok"), unit) for unit in gaps.everywhere]
    by_group = [(name, unit) for name, units in gaps.by_group for unit in units]
    rows = [[name, unit.name, unit.trainees or _("belum ada peserta")] for name, unit in (*everywhere, *by_group)]
    return Sheet(_("OPD tanpa orang mandiri"), [_("Kelompok keterampilan"), _("OPD"), _("Peserta")], rows)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _percent(part: float | None) -> float | None:
    return None if part is None else round(100 * part, 1)
