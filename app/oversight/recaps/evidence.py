"""Evidence for a cell of the evaluation: pages of Gaung and stored files; and taking over a proposal."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.media.service import file_of
from app.base.web.guard import own_path
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.oversight.recaps.evaluations import CellValues, cell_of, fill_part, part_of, row_of, row_to_write
from app.oversight.recaps.models import EvaluationEvidence, EvaluationRow
from app.oversight.recaps.proposal import Proposal

MAX_TITLE, MAX_ADDRESS, MOST = 200, 500, 20
NOT_HERE = T("Tempel alamat sebuah halaman di aplikasi ini, misalnya dari bilah alamat peramban.")


def add_evidence(
    session: Session, actor: Actor, row_id: int, part: str, *, title: str, address: str = "",
    file_id: int | None = None, site: str, now: datetime,
) -> EvaluationEvidence:  # fmt: skip
    """Add a page (`address`, whole or as a path) or a stored file. The same page again gives the one that stands.

    Raises Invalid with its field, Forbidden, NotFound.
    """
    row = row_to_write(session, actor, row_id)
    part_of(row.evaluation, part)
    path = _path(address, site)
    file = file_of(session, actor, file_id) if file_id else None
    if not path and file is None:
        raise Invalid(T("Tempel alamat halamannya, atau pilih berkasnya."), field="address")
    same = next((one for one in row.evidence if one.part == part and path and one.address == path), None)
    if same is not None:
        return same
    if len([one for one in row.evidence if one.part == part]) >= MOST:
        raise Invalid(T("Paling banyak %(n)s bukti untuk satu bagian.", n=MOST), field="address")
    said = title.strip() or (file.name if file else "")
    if not said or len(said) > MAX_TITLE:
        raise Invalid(T("Tulis bukti apa ini, paling banyak %(n)s huruf.", n=MAX_TITLE), field="title")
    made = EvaluationEvidence(part=part, title=said, address=path, file_id=file_id)
    row.evidence.append(made)
    session.flush()
    audit.record(session, actor, "evaluation.evidence_added", row, now=now, after=_facts(made))
    return made


def _path(address: str, site: str) -> str:
    """The path of a page of this site; raises Invalid for any other address."""
    text = address.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError as error:  # half an address of IPv6
        raise Invalid(NOT_HERE, field="address") from error
    if parts.netloc and parts.netloc != urlsplit(site).netloc:
        raise Invalid(NOT_HERE, field="address")
    path = own_path(parts._replace(scheme="", netloc="").geturl())
    if path is None or len(path) > MAX_ADDRESS:
        raise Invalid(NOT_HERE, field="address")
    return path


def remove_evidence(session: Session, actor: Actor, row_id: int, evidence_id: int, *, now: datetime) -> EvaluationRow:
    """Remove evidence of a row. Raises NotFound, Forbidden."""
    row = row_to_write(session, actor, row_id)
    found = next((one for one in row.evidence if one.id == evidence_id), None)
    if found is None:
        raise NotFound(T("Bukti ini tidak ada, mungkin sudah dihapus."))
    audit.record(session, actor, "evaluation.evidence_removed", row, now=now, before=_facts(found))
    row.evidence.remove(found)
    session.flush()
    return row


def file_of_evidence(session: Session, row_id: int, evidence_id: int) -> StoredFile:
    """Return the file of evidence; whoever reads the sheet opens its files. Raises NotFound."""
    row_of(session, row_id)
    file = session.scalar(
        select(StoredFile)
        .join(EvaluationEvidence, EvaluationEvidence.file_id == StoredFile.id)
        .where(EvaluationEvidence.id == evidence_id, EvaluationEvidence.row_id == row_id)
    )
    if file is None:
        raise NotFound(T("Berkas bukti ini tidak ada, mungkin sudah dihapus."))
    return file


def adopt(
    session: Session, actor: Actor, row_id: int, part: str, proposal: Proposal, *, address: str, site: str,
    seen: int | None, now: datetime,
) -> EvaluationRow:  # fmt: skip
    """Take a proposal over: its number with its page as evidence. Words that stand already stay, its sentence follows.

    Raises Stale, Invalid, Forbidden, NotFound.
    """
    row = row_to_write(session, actor, row_id, seen=seen)
    standing = cell_of(row, part)
    before = standing.text if standing else ""
    text = before if proposal.text in before else f"{before}\n{proposal.text}".strip()
    keeps = standing is not None and proposal.number is None
    number, unit = (standing.number, standing.unit) if standing and keeps else (proposal.number, proposal.unit)
    n = standing.n if standing and keeps else proposal.people
    fill_part(session, actor, row_id, part, CellValues(text, number, unit, n), seen=seen, now=now)
    add_evidence(session, actor, row_id, part, title=proposal.label[:MAX_TITLE], address=address, site=site, now=now)
    return row


def _facts(one: EvaluationEvidence) -> dict[str, object]:
    return {"part": one.part, "title": one.title, "address": one.address, "file_id": one.file_id}
