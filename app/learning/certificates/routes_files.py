"""Certificates as files. Everything is read first; no transaction is open while pages are laid out."""

from collections.abc import Iterator

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.base.documents.render import renderer
from app.base.documents.zips import ZIP, zipped
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.guard import allow, current_actor, public
from app.base.web.wiring import now, settings
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.certificates.blueprint import bp
from app.learning.certificates.document import (
    CHUNK,
    Sheet,
    file_name,
    render_each,
    render_merged,
    render_single,
    sample,
    sheets_of,
)
from app.learning.certificates.eligibility import accepted
from app.learning.certificates.facts import Signer, facts_of
from app.learning.certificates.issuing import last_signer, local_day
from app.learning.certificates.models import Certificate
from app.learning.certificates.pages import batch_to_manage, batch_to_see
from app.learning.certificates.revoking import certificate_of
from app.learning.training.models import Batch
from app.learning.training.participants.tokens import trainee_of

ZIP_CHUNK = 50  # the first files go out early, so that the browser shows at once that something comes
NONE_VALID = T("Belum ada sertifikat yang berlaku di angkatan ini.")


def _sheets(batch: Batch, chunk: int) -> list[Sheet]:
    """Of all valid certificates of a batch, in the order of their numbers; nothing is open afterwards."""
    query = select(Certificate).where(Certificate.batch_id == batch.id, Certificate.revoked_at.is_(None))
    certificates = db.session.scalars(query.order_by(Certificate.id)).all()
    if not certificates:
        raise NotFound(NONE_VALID)
    sheets = sheets_of(certificates, settings().public_url, chunk=chunk)
    release_database()
    return sheets


@bp.get("/pelatihan/<int:batch_id>/sertifikat/semua.pdf", endpoint="all_pdf")
@allow(Can.READ_TRAINEES)
def all_pdf(batch_id: int) -> ResponseReturnValue:
    batch = batch_to_see(batch_id)
    name = f"Sertifikat {batch.name}.pdf"
    sheets = _sheets(batch, CHUNK)
    return download(render_merged(renderer(settings().logo_path), sheets), PDF, name, inline=True)


@bp.get("/pelatihan/<int:batch_id>/sertifikat/semua.zip", endpoint="all_files")
@allow(Can.READ_TRAINEES)
def all_files(batch_id: int) -> ResponseReturnValue:
    """Download one PDF a person; they go out while others are still made."""
    batch = batch_to_see(batch_id)
    answer = download(b"", ZIP, f"Sertifikat {batch.name}.zip")
    answer.response = _stream(_sheets(batch, ZIP_CHUNK), settings().logo_path)
    answer.headers.pop("Content-Length", None)
    return answer


def _stream(sheets: list[Sheet], logo_path: str) -> Iterator[bytes]:
    yield from zipped(render_each(renderer(logo_path), sheets))


@bp.get("/pelatihan/<int:batch_id>/sertifikat/contoh.pdf", endpoint="sample")
@allow(Can.PLAN_TRAINING)
def show_sample(batch_id: int) -> ResponseReturnValue:
    """Show how it will look: with the longest name of the batch, no number, and CONTOH across it."""
    batch = batch_to_manage(batch_id)
    signer = last_signer(db.session, batch) or Signer("Nama penanda tangan", "Jabatan penanda tangan", "Tempat")
    moment = now()
    facts = facts_of(db.session, batch, signer, local_day(db.session, moment), now=moment)
    names = [one.trainee.name for one in accepted(db.session, batch.id)]
    sheet = sample(facts, max(names, key=len, default="Nama Peserta"), settings().public_url)
    release_database()
    return download(render_single(renderer(settings().logo_path), sheet), PDF, "Contoh sertifikat.pdf", inline=True)


@bp.get("/pelatihan/sertifikat/<int:certificate_id>/berkas.pdf", endpoint="pdf")
@allow(Can.READ_TRAINEES)
def pdf(certificate_id: int) -> ResponseReturnValue:
    certificate = certificate_of(db.session, current_actor(), certificate_id)
    batch_to_see(certificate.batch_id)
    return _one(certificate)


@bp.get("/peserta/<token>/sertifikat/<int:certificate_id>.pdf", endpoint="own_pdf")
@public
def own_pdf(token: str, certificate_id: int) -> ResponseReturnValue:
    """Download a certificate by the own link of the participant, and only theirs."""
    trainee = trainee_of(db.session, token)
    certificate = db.session.get(Certificate, certificate_id)
    if certificate is None or certificate.trainee_id != trainee.id:
        raise NotFound(T("Sertifikat ini tidak ada di halaman Anda."))
    return _one(certificate)


def _one(certificate: Certificate) -> Response:
    if certificate.revoked_at is not None:
        raise NotFound(T("Sertifikat ini sudah dicabut, jadi berkasnya tidak dibagikan lagi."))
    sheet, name = sheets_of([certificate], settings().public_url)[0], file_name(certificate)
    release_database()
    return download(render_single(renderer(settings().logo_path), sheet), PDF, name, inline=True)
