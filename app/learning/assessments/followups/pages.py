"""What became of participants, as the lines of a file: figures, no names and nothing that people wrote."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.base.documents.sheets import Cell
from app.base.web.formats import angka
from app.learning.assessments.person_gain import LEAST
from app.learning.training.models import Batch

if TYPE_CHECKING:
    from app.learning.assessments.followups.results import Outcomes, Share


def outcome_titles() -> list[str]:
    return [_("Apa"), _("Orang"), _("Dari"), _("Persen"), _("Batas bawah (%)"), _("Batas atas (%)"), _("Keterangan")]


def outcome_lines(found: "Outcomes", by_batch: Sequence[tuple[Batch, int, int]]) -> list[list[Cell]]:
    """Return the lines (what, people, of how many, percent with its limits, what to know)."""
    if not found.batches:
        return []
    rows: list[list[Cell]] = [
        [_("Ditanya"), found.invited, None, None, None, None, ""],
        [_("Menjawab"), found.answered, found.invited, None, None, None, ""],
    ]
    if found.told:
        rows += _told(found)
    elif found.withheld:
        rows.append([_("Masih aktif"), None, found.answered, None, None, None, _few(found.answered)])
    batches: list[list[Cell]] = [
        [_("Menjawab: %(batch)s", batch=batch.name), answered, n, None, None, None, batch.programme.title]
        for batch, n, answered in by_batch
    ]
    return rows + batches


def _told(found: "Outcomes") -> list[list[Cell]]:
    shares = ((_("Masih aktif"), found.active, True), (_("Masih aktif, yang lulus"), found.completed, found.by_outcome),
              (_("Masih aktif, yang belum lulus"), found.incomplete, found.by_outcome),
              (_("Sudah membuat sesuatu"), found.made_something, True))  # fmt: skip
    rows = [_share(name, share, parted, guarded=found.guarded) for name, share, parted in shares]
    counts: list[list[Cell]] = [
        [name, n, found.told, None, None, None, ""]
        for name, n in (
            (_("Kadang-kadang"), found.sometimes), (_("Tidak lagi"), found.no_more),
            *((_("Hambatan: %(what)s", what=label), n) for label, n in found.obstacles),
        )
    ]  # fmt: skip
    return rows + counts


def _share(name: str, share: "Share", parted: bool, *, guarded: bool) -> list[Cell]:
    if not parted:
        why = _("tidak dipisahkan: salah satunya kurang dari %(least)s orang", least=angka(LEAST))
        return [name, None, None, None, None, None, why]
    if share.value is None or share.limits is None:
        return [name, None, None, None, None, None, _("belum ada jawaban")]
    if not share.is_enough:
        few = _few(share.of)
        return [name, None if guarded else share.n, share.of, None, None, None, few]
    low, high = share.limits
    return [name, share.n, share.of, *(round(100 * one, 1) for one in (share.value, low, high)), ""]


def _few(n: int) -> str:
    return _("belum cukup (%(n)s dari %(least)s)", n=angka(n), least=angka(LEAST))
