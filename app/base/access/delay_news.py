"""Telling of failed sign-ins those whom they concern: the owner of the account, and the admins."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.delays import NAMES, TELL_ADMINS, TELL_OWNER, Attempt
from app.base.notices.service import notify
from app.base.people.models import RoleRow, User
from app.kernel.roles import Role
from app.kernel.text import T

KIND = "security"


def tell_of_failure(session: Session, attempt: Attempt, user: User | None, *, now: datetime) -> int:
    """Tell, after a failed attempt, who is to hear of it, once a day; return how many notices were sent."""
    told = 0
    if user is not None and user.active and attempt.failures == TELL_OWNER:
        told += _tell_owner(session, user, attempt.failures, now)
    if user is not None and user.active and attempt.failures == TELL_ADMINS:
        told += _tell_admins(
            session,
            T("Banyak percobaan masuk yang gagal: %(name)s", name=user.name),
            T(
                "Dalam 24 jam terakhir ada %(n)s percobaan masuk yang gagal dengan nama %(name)s dari perangkat yang "
                "belum dikenal. Tidak ada yang berhasil, dan akunnya tidak dikunci: perangkat yang biasa dipakai tetap "
                "bisa masuk. Tanyakan kepada orangnya; bila bukan dia, minta ia mengganti kata sandi.",
                n=attempt.failures, name=user.name,
            ),
            f"sign-in:{user.id}:admins:{now:%Y%m%d}", now,
        )  # fmt: skip
    if attempt.names == NAMES + 1:
        told += _tell_admins(
            session,
            T("Banyak nama dicoba masuk dari satu alamat internet"),
            T(
                "Dalam setengah jam terakhir lebih dari %(n)s nama berbeda gagal masuk dari satu alamat internet. "
                "Mungkin sebuah pelatihan di satu ruangan, mungkin orang yang menebak kata sandi. Percobaan dari "
                "alamat itu sekarang diperlambat; perangkat yang sudah dikenal tidak terganggu. Bila tidak ada "
                "kegiatan yang menjelaskannya, beri tahu petugas jaringan kantor.",
                n=NAMES,
            ),
            f"sign-in:address:{attempt.keys[1] if len(attempt.keys) > 1 else ''}"[:80] + f":{now:%Y%m%d}", now,
        )  # fmt: skip
    return told


def _tell_owner(session: Session, user: User, failures: int, now: datetime) -> int:
    return notify(
        session,
        user_ids=[user.id],
        kind=KIND,
        subject=T("Ada yang gagal masuk dengan nama Anda"),
        body=T(
            "Dalam 24 jam terakhir ada %(n)s percobaan masuk yang gagal dengan nama Anda dari perangkat yang belum "
            "dikenal. Tidak ada yang berhasil masuk, dan akun Anda tidak dikunci.\n\nBila itu Anda sendiri yang lupa "
            "kata sandi, minta slip masuk baru kepada admin kantor. Bila bukan Anda, ganti kata sandi di halaman akun "
            "dan beri tahu admin.",
            n=failures,
        ),
        path="/akun",
        dedupe_key=f"sign-in:{user.id}:owner:{now:%Y%m%d}",
        now=now,
    )  # fmt: skip


def _tell_admins(session: Session, subject: T, body: T, key: str, now: datetime) -> int:
    admins = session.scalars(select(User.id).join(User.roles).where(RoleRow.name == Role.ADMIN.value, User.active))
    return notify(
        session, user_ids=admins.all(), kind=KIND, subject=subject, body=body, path="/pengguna", dedupe_key=key, now=now
    )
