"""The second factor of a person: which ones they have, showing one, setting one up and taking one away.

Wrong codes are counted before they are looked at, in a transaction of their own, and forgiven by a right one: a
thousand guesses at once are counted as a thousand. The caller commits between `begin_try` and the code.
"""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.access import backup_codes, passkeys
from app.base.access.delays import pause_after
from app.base.access.ending import EndReason, end_all
from app.base.access.factor_models import BackupCode, Passkey, SecondFactor
from app.base.access.totp import DIGITS, PhoneCodes, open_key, seal_key
from app.base.notices.service import notify
from app.base.people.models import User
from app.kernel import audit
from app.kernel.confirmed import Confirmed, require_second
from app.kernel.db import insert_missing
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.kernel.vault import Vault

PAGE = "/akun/langkah-kedua"


@dataclass(frozen=True)
class UserFactors:
    """What a person has. `backup_codes` are means for the day of loss; they make no factor by themselves."""

    phone_codes: bool
    passkeys: int
    backup_codes: int
    wanted_since: datetime | None = None

    @property
    def any(self) -> bool:
        return self.phone_codes or self.passkeys > 0


def read_factors(session: Session, user_id: int, *, now: datetime) -> UserFactors:
    """Return which factors a person has, by one query."""
    keys = select(func.count()).where(Passkey.user_id == user_id).scalar_subquery()
    codes = (
        select(func.count())
        .where(BackupCode.user_id == user_id, BackupCode.kind == backup_codes.OWN, BackupCode.used_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(SecondFactor.totp_sealed.is_not(None), keys, codes, SecondFactor.wanted_since)
        .select_from(User)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(User.id == user_id)
    )
    found = session.execute(query).one_or_none()
    return UserFactors(bool(found[0]), found[1], found[2], found[3]) if found else UserFactors(False, 0, 0)


def row_of(session: Session, user_id: int) -> SecondFactor:
    """Return the person's row, made where it is missing, and locked until the transaction ends."""
    insert_missing(session, SecondFactor, [{"user_id": user_id, "failures": 0}])
    query = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def peek(session: Session, user_id: int) -> SecondFactor | None:
    """Return the person's row, or None where there is none; nothing is made or locked."""
    return session.get(SecondFactor, user_id)


def handle_of(user_id: int, *, secret_key: str) -> str:
    """Return the name under which authenticators keep a person: without meaning, and the same for all keys of the
    person."""
    return hmac.new(secret_key.encode(), f"handle:{user_id}".encode(), hashlib.sha256).hexdigest()


def want(session: Session, user_id: int, *, now: datetime) -> datetime:
    """Note that a factor is asked of somebody who has none, and return since when: their time runs from the first."""
    row = row_of(session, user_id)
    row.wanted_since = row.wanted_since or now
    session.flush()
    return row.wanted_since


# --- showing one ---


def begin_try(session: Session, user_id: int, *, now: datetime) -> datetime | None:
    """Count a try. Returns until when no code is looked at, where there were too many wrong ones; else None."""
    row = row_of(session, user_id)
    if row.closed_until is not None and row.closed_until > now:
        return row.closed_until
    row.failures += 1
    pause = pause_after(row.failures)
    row.closed_until = now + pause if pause else None
    session.flush()
    return None


def forgive(session: Session, user_id: int) -> None:
    row = row_of(session, user_id)
    row.failures, row.closed_until = 0, None
    session.flush()


def show_code(
    session: Session, user: User, code: str, *, phone: PhoneCodes, vault: Vault, salt: str, now: datetime
) -> str | None:
    """Look at a code that was typed: six digits are the phone's, others are of paper. Returns how it was shown.

    "phone", "backup" (own sheet) or "office" (printed by the office); None where it is wrong. A code counts once.
    """
    typed = "".join(code.split())
    if typed.isascii() and typed.isdigit() and len(typed) == DIGITS:
        row = row_of(session, user.id)
        right = row.totp_sealed is not None and phone.fits(typed, open_key(vault, row.totp_sealed), row)
        session.flush()
        return "phone" if right else None
    kind = backup_codes.use_code(session, user.id, code, salt=salt, now=now)
    if kind is None:
        return None
    left = backup_codes.codes_left(session, user.id, now=now)
    audit.record(session, _self(user), "factor.code_used", user, now=now, after={"kind": kind, "left": left})
    _tell(
        session, user, T("Kode cadangan Anda dipakai untuk masuk"),
        T("Sebuah Kode cadangan baru saja dipakai. Sisa kode: %(n)s. Kalau bukan Anda, segera hubungi admin kantor.",
          n=left),
        now=now,
    )  # fmt: skip
    return "backup" if kind == backup_codes.OWN else "office"


# --- setting up and taking away ---


def add_phone(
    session: Session, actor: Actor, user: User, code: str, *, key: str, phone: PhoneCodes, vault: Vault, now: datetime
) -> None:
    """Take this secret as the phone's, if the code proves that the phone has it. An older phone counts no more."""
    _own(actor, user)
    row = row_of(session, user.id)
    row.totp_counter = None
    if not phone.fits("".join(code.split()), key, row):
        raise Invalid(
            T("Kode ini belum cocok. Ketik 6 angka yang sedang tampil di HP, sebelum angkanya berganti."), field="code"
        )
    row.totp_sealed, row.totp_since = seal_key(vault, key), now
    session.flush()
    _changed(session, actor, user, "factor.phone_added", T("Kode 6 angka dari HP dipasang pada akun Anda"), now=now)


def remove_phone(session: Session, actor: Actor, user: User, *, now: datetime) -> None:
    _own(actor, user)
    row = row_of(session, user.id)
    if row.totp_sealed is None:
        return
    row.totp_sealed = row.totp_since = row.totp_counter = None
    session.flush()
    _changed(session, actor, user, "factor.phone_removed", T("Kode 6 angka dari HP dilepas dari akun Anda"), now=now)


def add_passkey(
    session: Session, actor: Actor, user: User, party: passkeys.Party, challenges: passkeys.Challenges, *,
    answer: str, state: str, label: str, now: datetime,
) -> Passkey:  # fmt: skip
    _own(actor, user)
    row_of(session, user.id)
    key = passkeys.keep(session, party, challenges, user, answer=answer, state=state, label=label, now=now)
    _changed(
        session, actor, user, "factor.passkey_added", T("Sidik jari atau PIN dipasang: %(name)s", name=key.label),
        now=now, after={"label": key.label},
    )  # fmt: skip
    return key


def remove_passkey(session: Session, actor: Actor, user: User, passkey_id: int, *, now: datetime) -> None:
    """Remove a key of the person's own. Raises NotFound for a key of somebody else."""
    _own(actor, user)
    key = session.get(Passkey, passkey_id)
    if key is None or key.user_id != user.id:
        raise NotFound(T("Perangkat ini tidak ada di daftar Anda."))
    session.delete(key)
    session.flush()
    _changed(
        session, actor, user, "factor.passkey_removed", T("Sidik jari atau PIN dilepas: %(name)s", name=key.label),
        now=now, before={"label": key.label},
    )  # fmt: skip


def renew_codes(session: Session, actor: Actor, user: User, *, salt: str, now: datetime) -> list[str]:
    """Return a new sheet of Kode cadangan, shown once; the old sheet counts no more."""
    _own(actor, user)
    codes = backup_codes.make_sheet(session, user.id, salt=salt, now=now)
    _changed(session, actor, user, "factor.codes_made", T("Lembar Kode cadangan baru dibuat"), now=now)
    return codes


def reset_factors(
    session: Session, actor: Actor, user: User, *, now: datetime, confirmed: Confirmed | None = None
) -> None:
    """Take all factors of a person away and end the sessions; the person sets up new ones, in a time that begins anew.

    Raises Refused where no second person agreed; nobody resets their own.
    """
    require_second(actor, confirmed)
    if actor != SYSTEM and (not actor.can(Can.ADMINISTER) or actor.id == user.id):
        raise Forbidden(T("Langkah kedua hanya bisa diatur ulang oleh admin lain."))
    row = row_of(session, user.id)
    row.totp_sealed = row.totp_since = row.totp_counter = row.closed_until = None
    row.failures, row.wanted_since = 0, now
    for key in passkeys.passkeys_of(session, user.id):
        session.delete(key)
    backup_codes.forget_codes(session, user.id)
    end_all(session, user.id, why=EndReason.OFFICE, now=now)
    user.fs_uniquifier = uuid.uuid4().hex  # whoever took the phone may be signed in on it
    session.flush()
    _changed(session, actor, user, "factor.reset", T("Langkah kedua Anda diatur ulang oleh admin"), now=now)


def print_office_code(
    session: Session, actor: Actor, user: User, *, salt: str, now: datetime,
    life: timedelta | None = backup_codes.OFFICE_LIFE,
) -> str:  # fmt: skip
    """Return a code on paper that lets a person through once, whose phone and sheet are lost."""
    if actor != SYSTEM and (not actor.can(Can.ADMINISTER) or actor.id == user.id):
        raise Forbidden(T("Kode cadangan dari kantor hanya bisa dicetak oleh admin lain."))
    code = backup_codes.make_office_code(session, user.id, salt=salt, now=now, life=life)
    _changed(session, actor, user, "factor.office_code_made", T("Kantor mencetak Kode cadangan untuk Anda"), now=now)
    return code


def rotate_keys(session: Session, vault: Vault) -> int:
    """Seal every phone's secret anew with the first key, and return how many."""
    rows = list(session.scalars(select(SecondFactor).where(SecondFactor.totp_sealed.is_not(None))))
    for row in rows:
        row.totp_sealed = vault.rotate(row.totp_sealed or "")
    session.flush()
    return len(rows)


def _own(actor: Actor, user: User) -> None:
    if actor.id != user.id:
        raise Forbidden(T("Langkah kedua hanya diatur oleh pemilik akun."))


def _self(user: User) -> Actor:
    return Actor(id=user.id, name=user.name)


def _changed(
    session: Session, actor: Actor, user: User, action: str, told: T, *, now: datetime,
    before: dict[str, object] | None = None, after: dict[str, object] | None = None,
) -> None:  # fmt: skip
    """Write it into the trail, and tell the person, who may not have been the one."""
    audit.record(session, actor, action, user, now=now, before=before, after=after)
    _tell(session, user, told, T("Kalau bukan Anda yang melakukannya, segera hubungi admin kantor."), now=now)


def _tell(session: Session, user: User, subject: T, body: T, *, now: datetime) -> None:
    occasion = f"factor:{user.id}:{now.timestamp():.6f}:{secrets.token_hex(4)}"
    notify(
        session,
        user_ids=[user.id],
        kind="security",
        subject=subject,
        body=body,
        path=PAGE,
        dedupe_key=occasion,
        now=now,
    )
