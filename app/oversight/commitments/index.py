"""The list of agreements with its columns, and the columns of its file, which has a line for each of their clauses."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import func

from app.base.web.filters import number, one_of, words
from app.base.web.listing import Column, Listing, in_order_of
from app.kernel.text import T
from app.oversight.commitments.models import Commitment
from app.oversight.commitments.queries import CommitmentFilters, is_late
from app.oversight.commitments.states import FILTERS, KINDS, LABELS

UNKNOWN, NO_CLAUSE, YES, NO = T("belum dicatat"), T("butirnya belum dicatat"), T("ya"), T("tidak")

COMMITMENTS = Listing(
    filter_type=CommitmentFilters,
    filters=(words(), number("opd", "organisation_id"), one_of("keadaan", "state", FILTERS)),
    columns=(
        Column("judul", T("Peraturan atau perjanjian"), order=func.lower(Commitment.title)),
        Column("butir", T("Butir selesai"), order=("done", "clauses"), latest_first=True, css="text-nowrap"),
        Column("penanggung", T("Penanggung jawab"), order="owned", latest_first=True),
        Column("berakhir", T("Berakhir"), order=Commitment.ends_on, css="text-nowrap"),
        Column("jenis", T("Jenis"), lambda row: KINDS[row.Commitment.kind], in_order_of(Commitment.kind, KINDS)),
        Column("nomor", T("Nomor"), lambda row: row.Commitment.number, Commitment.number),
        Column("pihak", T("Para pihak"), lambda row: row.Commitment.parties),
        Column(
            "tanggal", T("Ditandatangani"), lambda row: row.Commitment.signed_on, Commitment.signed_on,
            latest_first=True,
        ),
    ),
    page=("judul", "butir", "penanggung", "berakhir"),
    more=("jenis", "nomor", "pihak", "tanggal"),
    unique=Commitment.id,
)  # fmt: skip


def clause_columns(today: date) -> tuple[Column, ...]:
    """Return the columns of the file, for rows of `queries.clauses_to_export`."""

    def about(key: str, head: T) -> Column:
        return Column(key, head, lambda row: getattr(row.Commitment, key) or UNKNOWN)

    def of_clause(key: str, head: T, value: Callable[[Any], Any], none: Any = "") -> Column:
        return Column(key, head, lambda row: none if row.Clause is None else value(row))

    return (
        Column("kind", T("Jenis"), lambda row: KINDS[row.Commitment.kind]),
        Column("title", T("Tentang"), lambda row: row.Commitment.title),
        about("number", T("Nomor")),
        about("parties", T("Para pihak")),
        about("signed_on", T("Ditandatangani")),
        about("ends_on", T("Berakhir")),
        about("source", T("Sumber")),
        of_clause("clause", T("Nomor butir"), lambda row: row.Clause.number or ""),
        of_clause("text", T("Isi butir"), lambda row: row.Clause.text, NO_CLAUSE),
        of_clause("owner", T("OPD penanggung jawab"), lambda row: row.owner or UNKNOWN),
        of_clause("person", T("Orang atau jabatan"), lambda row: row.person or row.Clause.person_text or UNKNOWN),
        of_clause("due_on", T("Paling lambat"), lambda row: row.Clause.due_on or UNKNOWN),
        of_clause("status", T("Keadaan"), lambda row: LABELS[row.Clause.status] if row.Clause.status else UNKNOWN),
        of_clause("late", T("Terlambat"), lambda row: YES if is_late(row.Clause, today) else NO),
        of_clause("note", T("Catatan kemajuan"), lambda row: row.Clause.note or ""),
        of_clause("shown", T("Jumlah bukti"), lambda row: row.shown, None),
    )
