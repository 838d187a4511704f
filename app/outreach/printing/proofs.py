"""The proof that something was printed and stood there: day, villages, copies, photo. Only this counts as reached."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.media.models import StoredFile
from app.base.media.service import file_of
from app.base.people.models import Organisation
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Actor, Can, Role
from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.printing.models import MOVES, OrderStatus, PrintOrder, PrintPiece, Proof, ProofVillage

MAX_COPIES = 1_000_000
MAX_NOTE = 2000


def prove(
    session: Session,
    actor: Actor,
    piece: PrintPiece,
    *,
    villages: Iterable[str],
    placed_on: date,
    copies: int,
    photo_id: int | None,
    order: PrintOrder | None = None,
    note: str | None = None,
    today: date,
    now: datetime,
) -> Proof:
    """Record that the piece stood in these villages (codes) on that day. `today` is the date in the regency's zone.

    The same photo for the same piece and day is the same proof: a double click records nothing twice. A KIM member
    proves for the own village only. Raises Invalid (with its field), Forbidden, Refused for a cancelled order.
    """
    codes = sorted(set(villages))
    _may_prove(session, actor, piece, codes)
    if placed_on > today:
        raise Invalid(
            T("Tanggal ini belum tiba. Bukti dicatat sesudah terbit atau terpasang, bukan sebelumnya."),
            field="placed_on",
        )
    if not 1 <= (copies or 0) <= MAX_COPIES:
        raise Invalid(T("Isi jumlah yang terpasang atau terbagi: paling sedikit 1."), field="copies")
    _check_villages(session, codes)
    _check_photo(session, actor, photo_id)
    if order is not None and order.piece_id != piece.id:
        raise Invalid(T("Pesanan ini untuk cetakan lain."), field="order_id")
    found = _same(session, piece, placed_on, codes, photo_id)
    if found is not None:
        return found
    if order is not None and order.status == OrderStatus.CANCELLED:
        raise Refused(T("Pesanan ini sudah dibatalkan. Catat buktinya tanpa pesanan, atau pilih pesanan lain."))
    proof = Proof(
        piece_id=piece.id, order_id=order.id if order else None, placed_on=placed_on, copies=copies,
        note=(note or "").strip()[:MAX_NOTE] or None, photo_id=photo_id, recorded_by_id=actor.id, recorded_at=now,
        villages=[ProofVillage(village_code=code) for code in codes],
    )  # fmt: skip
    session.add(proof)
    if order is not None and order.status != OrderStatus.DONE:
        move(order, MOVES, OrderStatus.DONE)
    session.flush()
    audit.record(
        session, actor, "proof.record", proof, now=now,
        after={"piece_id": piece.id, "villages": codes, "placed_on": placed_on.isoformat(), "copies": copies},
    )  # fmt: skip
    return proof


def village_of_group(session: Session, actor: Actor) -> str | None:
    """Return the code of the village of a KIM member's group, or None."""
    if actor.organisation_id is None:
        return None
    return session.scalar(select(Organisation.village_code).where(Organisation.id == actor.organisation_id))


def may_prove_everywhere(actor: Actor, piece: PrintPiece) -> bool:
    """Decide whether somebody may prove in any village: office staff and the owner's staff; others in their own."""
    owner = actor.of_office or piece.organisation_id in actor.organisation_ids
    return actor == SYSTEM or (actor.can(Can.RECORD_ALL_PROOFS) and owner)


def _may_prove(session: Session, actor: Actor, piece: PrintPiece, codes: list[str]) -> None:
    if may_prove_everywhere(actor, piece):
        return
    if not actor.has(Role.COMMUNITY):
        raise Forbidden(T("Anda tidak bisa mencatat bukti untuk cetakan ini."))
    own = village_of_group(session, actor)
    if own is None:
        raise Forbidden(T("Kelompok Anda belum tercatat di desa mana. Minta kantor mengisinya dulu."))
    if any(code != own for code in codes):
        raise Forbidden(T("Anda hanya bisa mencatat bukti untuk desa Anda sendiri."))


def _check_villages(session: Session, codes: list[str]) -> None:
    if not codes:
        raise Invalid(T("Pilih paling sedikit satu desa atau kelurahan."), field="villages")
    known = set(session.scalars(select(Village.code).where(Village.code.in_(codes))))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Invalid(
            T("Kode desa “%(codes)s” tidak dikenal. Pilih desa dari daftar.", codes=", ".join(unknown)),
            field="villages",
        )


def _check_photo(session: Session, actor: Actor, photo_id: int | None) -> None:
    if photo_id is None:
        raise Invalid(T("Unggah satu foto yang memperlihatkan cetakannya di tempat."), field="photo_id")
    file = session.get(StoredFile, photo_id) if actor == SYSTEM else file_of(session, actor, photo_id)
    if file is None or not file.mime.startswith("image/"):
        raise Invalid(T("Bukti harus berupa foto (JPG atau PNG)."), field="photo_id")


def _same(session: Session, piece: PrintPiece, placed_on: date, codes: list[str], photo_id: int | None) -> Proof | None:
    candidates = session.scalars(
        select(Proof).where(
            Proof.piece_id == piece.id,
            Proof.photo_id == photo_id,
            Proof.placed_on == placed_on,
            Proof.withdrawn_at.is_(None),
        )
    )
    return next((proof for proof in candidates if sorted(v.village_code for v in proof.villages) == codes), None)


def may_withdraw(actor: Actor, proof: Proof) -> bool:
    """Decide whether somebody may withdraw a proof: who recorded it, editors and admins of the owner or the office."""
    owner = actor.of_office or proof.piece.organisation_id in actor.organisation_ids
    recorder = actor.id is not None and proof.recorded_by_id == actor.id
    return actor == SYSTEM or recorder or (actor.can(Can.WITHDRAW_ALL_PROOFS) and owner)


def withdraw_proof(session: Session, actor: Actor, proof: Proof, *, reason: str, now: datetime) -> Proof:
    """Take back a proof that was entered by mistake: its villages no longer count by it. It stays in the list.

    An order without any other proof is open again.
    """
    if not may_withdraw(actor, proof):
        raise Forbidden(T("Bukti ini hanya bisa ditarik oleh pencatatnya, editor, atau admin."))
    if proof.withdrawn_at is not None:
        return proof
    reason = reason.strip()[:300]
    if not reason:
        raise Invalid(T("Tulis mengapa bukti ini ditarik."), field="reason")
    proof.withdrawn_at, proof.withdrawn_reason = now, reason
    session.flush()
    _reopen_order(session, proof)
    audit.record(session, actor, "proof.withdraw", proof, now=now, after={"reason": reason})
    return proof


def _reopen_order(session: Session, proof: Proof) -> None:
    if proof.order_id is None:
        return
    order = session.get_one(PrintOrder, proof.order_id)
    others = session.scalar(select(Proof.id).where(Proof.order_id == order.id, Proof.withdrawn_at.is_(None)).limit(1))
    if others is None and order.status == OrderStatus.DONE:
        move(order, MOVES, OrderStatus.CONFIRMED if order.confirmed_at else OrderStatus.ORDERED)
        session.flush()


def find_proof(session: Session, actor: Actor, proof_id: int) -> Proof:
    """Return the proof if it is of the actor's organisation, recorded by the actor, or the actor works in the office.
    Else raise NotFound."""
    proof = session.get(Proof, proof_id)
    if proof is None or not (
        actor.of_office or proof.piece.organisation_id in actor.organisation_ids or proof.recorded_by_id == actor.id
    ):
        raise NotFound(T("Bukti ini tidak ada, atau bukan milik instansi Anda."))
    return proof
