"""People as lines of a file; contacts only where they were asked for and are for whoever asks."""

from collections.abc import Callable
from typing import Any

from app.base.people.identity import shown_phone
from app.kernel.text import T

HEADS = (T("Nama"), T("OPD atau organisasi"), T("Bagian dari"), T("Desa atau kelurahan"), T("Kecamatan"))
CONTACTS = (T("Telepon"), T("Surel"))


def columns(said: Callable[[T], str], *, contacts: bool) -> list[str]:
    return [said(head) for head in (HEADS + CONTACTS if contacts else HEADS)]


def person_cells(row: Any, *, contacts: bool, shown: bool = True) -> list[Any]:
    """Return the cells of a person from a row with Trainee, Organisation, opd, Village and District. `shown`: this
    person's contact may be shown."""
    cells = [
        row.Trainee.name,
        row.Organisation.name if row.Organisation else "",
        row.opd or "",
        row.Village.name if row.Village else "",
        row.District.name if row.District else "",
    ]
    if not contacts:
        return cells
    if not shown:
        return [*cells, "", ""]
    return [*cells, shown_phone(row.Trainee.phone) if row.Trainee.phone else "", row.Trainee.email or ""]
