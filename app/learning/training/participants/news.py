"""What people in a batch hear: by e-mail where there is an address; the others stand on a list to be told by hand."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app.base.notices.service import notify_address
from app.kernel.text import T
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.tokens import own_path

KIND = "training"
TOO_LATE = T("Pelatihan sudah selesai sebelum ada tempat. Silakan mendaftar lagi pada angkatan berikutnya.")
"""The reason of those who still waited when the batch was finished."""
MAIL_KEY = re.compile(r"enrolment:(\d+):")
"""As `tell` writes it; the group is the id of the enrolment."""


def tell(session: Session, batch: Batch, enrolment: Enrolment, *, now: datetime, hourly: bool = False) -> bool:
    """Tell this person how it stands now. Whoever cannot be mailed is to be told by hand.

    `hourly`: brought about by the person, who hears of one status once an hour: whoever applies and withdraws again
    and again must not flood a mailbox. Returns whether a mail goes out.
    """
    subject, body = _news(batch, enrolment)
    occasion = f"{now:%Y%m%d%H}" if hourly else f"{now:%Y%m%d%H%M%S%f}"
    key = f"enrolment:{enrolment.id}:{enrolment.status}:{int(enrolment.overlaps)}:{occasion}"
    mailed = _mail(session, enrolment.trainee, subject, body, key=key, now=now, asked=hourly)
    enrolment.told = mailed if hourly else bool(enrolment.trainee.email)
    session.flush()
    return mailed


def send_own_link(session: Session, trainee: Trainee, *, now: datetime, asked: bool = True) -> bool:
    """Send the own link to the address that is known: once an hour. `asked`: by somebody at the public page."""
    body = T(
        "Halo %(name)s,\n\nHalaman pelatihan Anda ada pada tautan di bawah: status, jadwal, tiket, dan hasil. Tautan "
        "ini milik Anda sendiri: jangan dibagikan.\n\nBila bukan Anda yang memintanya, abaikan surel ini.",
        name=trainee.name,
    )  # fmt: skip
    return _mail(session, trainee, T("Halaman pelatihan Anda"), body, now=now, asked=asked,
                 key=f"trainee:{trainee.id}:link:{trainee.link_no}:{now:%Y%m%d%H}")  # fmt: skip


def messages_by_hand(session: Session, batch: Batch, enrolments: Iterable[Enrolment], site_url: str) -> dict[int, T]:
    """Say what to write to each of these people, with the own link, by the id of the enrolment."""
    site = site_url.rstrip("/")
    return {
        one.id: T("%(text)s\n\n%(link)s", text=_news(batch, one)[1], link=site + own_path(session, one.trainee))
        for one in enrolments
    }


def occasions_of(trainee: Trainee, enrolment_ids: Iterable[int]) -> list[str]:
    """Return how the keys of all mails to this person begin."""
    return [f"trainee:{trainee.id}:", *(f"enrolment:{one}:" for one in enrolment_ids)]


def note_unreached(session: Session, dedupe_key: str, address: str) -> None:
    """Note that a mail never arrives: whoever gave this address is to be told by hand."""
    found = MAIL_KEY.match(dedupe_key)
    if found is None:
        return
    enrolment = session.get(Enrolment, int(found[1]))
    if enrolment is not None and enrolment.trainee.email == address:
        enrolment.told = False
        session.flush()


def _news(batch: Batch, enrolment: Enrolment) -> tuple[T, T]:
    """(subject, text) by status."""
    name, title = enrolment.trainee.name, batch.name
    reason = T("\n\nCatatan penyelenggara: %(reason)s", reason=enrolment.reason) if enrolment.reason else T("")
    if enrolment.status == EnrolmentStatus.ACCEPTED:
        return T("Anda diterima: %(title)s", title=title), T(
            "Halo %(name)s,\n\nAnda diterima di “%(title)s”.%(reason)s\n\nJadwal, tempat, dan tiket ada pada tautan di "
            "bawah. Bila tidak bisa ikut, batalkan di sana supaya tempatnya bisa dipakai orang lain. Tautan ini milik "
            "Anda sendiri: jangan dibagikan.",
            name=name, title=title, reason=reason,
        )  # fmt: skip
    if enrolment.status == EnrolmentStatus.WAITING:
        return T("Daftar tunggu: %(title)s", title=title), T(
            "Halo %(name)s,\n\nTempat di “%(title)s” sudah penuh, dan nama Anda ada di daftar tunggu.%(reason)s\n\n"
            "Bila ada tempat kosong, Anda kami kabari.",
            name=name, title=title, reason=reason,
        )  # fmt: skip
    if enrolment.status == EnrolmentStatus.REJECTED and enrolment.reason == str(TOO_LATE):
        return T("Pelatihan selesai: %(title)s", title=title), T(
            "Halo %(name)s,\n\n“%(title)s” sudah selesai. Kali ini tidak ada tempat untuk Anda; maaf, dan terima kasih "
            "sudah menunggu. Silakan mendaftar lagi pada angkatan berikutnya.",
            name=name, title=title,
        )  # fmt: skip
    if enrolment.status == EnrolmentStatus.REJECTED:
        return T("Belum terpilih: %(title)s", title=title), T(
            "Halo %(name)s,\n\nTerima kasih sudah mendaftar “%(title)s”. Kali ini Anda belum terpilih.%(reason)s",
            name=name, title=title, reason=reason,
        )  # fmt: skip
    if enrolment.status == EnrolmentStatus.WITHDRAWN:
        return T("Pendaftaran dibatalkan: %(title)s", title=title), T(
            "Halo %(name)s,\n\nPendaftaran Anda di “%(title)s” sudah dibatalkan.%(reason)s",
            name=name, title=title, reason=reason,
        )  # fmt: skip
    if enrolment.overlaps:
        return T("Pendaftaran diterima, jadwal bentrok: %(title)s", title=title), T(
            "Halo %(name)s,\n\nPendaftaran Anda di “%(title)s” sudah kami catat. Jadwalnya bersamaan dengan pelatihan "
            "lain yang Anda ikuti, jadi penyelenggara akan memutuskan. Anda bisa memilih dan membatalkan salah satunya "
            "lewat tautan di bawah.",
            name=name, title=title,
        )  # fmt: skip
    return T("Pendaftaran dicatat: %(title)s", title=title), T(
        "Halo %(name)s,\n\nPendaftaran Anda di “%(title)s” sudah kami catat. Keputusannya kami kabarkan.\n\nLihat, "
        "ubah, atau batalkan lewat tautan di bawah. Tautan ini milik Anda sendiri: jangan dibagikan.",
        name=name, title=title,
    )  # fmt: skip


def _mail(
    session: Session, trainee: Trainee, subject: T, body: T, *, key: str, now: datetime, asked: bool = False
) -> bool:
    if not trainee.email:
        return False
    return notify_address(
        session,
        address=trainee.email,
        kind=KIND,
        subject=subject,
        body=body,
        path=own_path(session, trainee),
        dedupe_key=key,
        asked=asked,
        now=now,
    )
