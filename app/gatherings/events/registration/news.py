"""Mails to people who registered. Those without an e-mail address stand on a list to be informed by hand."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.notices.service import notify, notify_address
from app.gatherings.events.models import Event, Registration, RegistrationStatus
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.site import site_of
from app.kernel.text import T

COMING = (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING)
NOT_INFORMED = -1
"""`told_sequence` of somebody who got a place and cannot be mailed: below the sequence of every event."""
MAIL_FAILED = -2
"""`told_sequence` of somebody whose mail failed for good."""
MAIL_KEY = re.compile(r"(?:registration|event:\d+):(\d+):")
"""As `mail_keys_of` has it; the group is the id of the registration."""

MOVED = "moved"
CANCELLED = "cancelled"


def tell_registered(session: Session, event: Event, what: str, *, now: datetime, spare: Collection[int] = ()) -> int:
    """Tell everybody registered or waiting that the event was moved or cancelled (`what`), and return how many mails.

    `spare`: ids of registrations that a higher room tells itself, once for several events; they count as told here.

    Once for a person, an event and its sequence, however often it is called. Whoever gave no e-mail address keeps an
    older `told_sequence` and so stands on the list of people to be told by hand.
    """
    people = session.scalars(
        select(Registration).where(
            Registration.event_id == event.id, Registration.status.in_(COMING), Registration.email.is_not(None)
        )
    ).all()
    subject, body = _news(session, event, what)
    told, mails = list(spare), 0
    for person in people:
        if person.id in spare:
            continue
        mails += mail(session, person, subject, body, key=f"event:{event.id}:{person.id}:{event.sequence}", now=now)
        told.append(person.id)
    _told(session, told, event.sequence)
    return mails


def _news(session: Session, event: Event, what: str) -> tuple[T, T]:
    site, reason = site_of(session), event.reason or T("tidak disebutkan")
    if what == CANCELLED:
        return T("Dibatalkan: %(title)s", title=event.title), T(
            "Kegiatan “%(title)s” pada %(when)s dibatalkan.\nAlasan: %(reason)s\n\nAnda tidak perlu berbuat apa-apa.",
            title=event.title, when=site.when(event.starts_at, event.ends_at), reason=reason,
        )  # fmt: skip
    return T("Jadwal berubah: %(title)s", title=event.title), T(
        "Waktu atau tempat kegiatan “%(title)s” berubah.\nWaktu: %(when)s\nTempat: %(where)s\nAlasan: %(reason)s\n\n"
        "Tempat Anda tetap tersimpan. Bila tidak bisa datang, batalkan lewat tautan di bawah.",
        title=event.title, when=site.when(event.starts_at, event.ends_at), where=where_of(session, event),
        reason=reason,
    )  # fmt: skip


def confirm_registration(session: Session, event: Event, person: Registration, *, now: datetime) -> bool:
    """Mail the confirmation of a registration, with its own link."""
    facts = _facts(session, event)
    if person.status == RegistrationStatus.WAITING:
        subject = T("Daftar tunggu: %(title)s", title=event.title)
        body = T(
            "Halo %(name)s,\n\nTempat untuk “%(title)s” sudah penuh, dan nama Anda ada di daftar tunggu. "
            "Bila ada tempat kosong, Anda kami kabari.\n%(facts)s\n\nLihat urutan Anda, ubah, atau batalkan lewat "
            "tautan di bawah.",
            name=person.name, title=event.title, facts=facts,
        )  # fmt: skip
    else:
        subject = T("Terdaftar: %(title)s", title=event.title)
        body = T(
            "Halo %(name)s,\n\nAnda terdaftar untuk “%(title)s”.\n%(facts)s\n\nTiket, perubahan, dan pembatalan ada "
            "pada tautan di bawah. Tautan ini milik Anda sendiri: jangan dibagikan.",
            name=person.name, title=event.title, facts=facts,
        )  # fmt: skip
    # once an hour: whoever cancels and registers again and again must not flood a mailbox
    key = f"registration:{person.id}:{person.status}:{now:%Y%m%d%H}"
    return mail(session, person, subject, body, key=key, now=now, asked=True)


def tell_organiser_on_hold(session: Session, event: Event, person: Registration, *, now: datetime) -> bool:
    """Tell the keepers of the event that registrations are on hold; those of an hour are one notice."""
    keepers = {event.responsible_id, event.created_by_id} - {None}
    return bool(
        notify(
            session,
            user_ids=[one for one in keepers if one is not None],
            kind="event",
            subject=T("Pendaftaran menunggu diperiksa: %(title)s", title=event.title),
            body=T(
                "Untuk “%(title)s” ada pendaftaran yang perlu diperiksa: datang beruntun dari satu alamat, atau "
                "memakai kontak pendaftar lain. Belum ada tempat yang terpakai. Periksa, lalu terima atau batalkan.",
                title=event.title,
            ),
            path=f"/kegiatan/{event.id}/pendaftaran",
            dedupe_key=f"event:{event.id}:held:{now:%Y%m%d%H}",
            now=now,
        )
    )


def confirm_withdrawal(session: Session, event: Event, person: Registration, *, now: datetime) -> bool:
    """Mail the confirmation that somebody gave the place back."""
    body = T(
        "Halo %(name)s,\n\nPendaftaran Anda untuk “%(title)s” sudah dibatalkan. Terima kasih sudah memberi tahu."
        "\n\nBila berubah pikiran atau bukan Anda yang membatalkan, buka tautan di bawah: di sana Anda bisa mendaftar "
        "lagi selama masih ada tempat.",
        name=person.name, title=event.title,
    )  # fmt: skip
    subject = T("Pendaftaran dibatalkan: %(title)s", title=event.title)
    return mail(
        session, person, subject, body, key=f"registration:{person.id}:left:{now:%Y%m%d%H}", now=now, asked=True
    )


def send_registration_link(
    session: Session, event: Event, person: Registration, *, now: datetime, asked: bool = True
) -> bool:
    """Send the own link again to the address of the registration: once an hour, so that nobody floods a mailbox.

    `asked`: by somebody at the public page.
    """
    body = T(
        "Halo %(name)s,\n\nKontak ini sudah terdaftar untuk “%(title)s”.\n%(facts)s\n\nBuka pendaftaran Anda lewat "
        "tautan di bawah. Bila bukan Anda yang memintanya, abaikan surel ini.",
        name=person.name, title=event.title, facts=_facts(session, event),
    )  # fmt: skip
    subject = T("Tautan pendaftaran: %(title)s", title=event.title)
    return mail(
        session, person, subject, body, key=f"registration:{person.id}:link:{person.link_no}:{now:%Y%m%d%H}", now=now
    )


def tell_promoted(session: Session, event: Event, people: Sequence[Registration], *, now: datetime) -> None:
    """Mail the people who moved up from the waiting list. Whoever cannot be mailed is to be informed by hand."""
    if not people:
        return
    subject, facts = T("Anda mendapat tempat: %(title)s", title=event.title), _facts(session, event)
    for person in people:
        body = T(
            "Halo %(name)s,\n\nAda tempat kosong, dan sekarang Anda terdaftar untuk “%(title)s”.\n%(facts)s\n\n"
            "Tiket ada pada tautan di bawah. Bila tidak bisa datang, batalkan di sana supaya tempatnya bisa dipakai "
            "orang lain.",
            name=person.name, title=event.title, facts=facts,
        )  # fmt: skip
        key = f"registration:{person.id}:place:{now:%Y%m%d%H}"
        mailed = mail(session, person, subject, body, key=key, now=now)
        person.told_sequence = event.sequence if mailed else NOT_INFORMED
    session.flush()


def where_of(session: Session, event: Event) -> str:
    """Return place and village as one line."""
    village = session.get(Village, event.village_code) if event.village_code else None
    place = f"{village.name}, {village.district.name}" if village else ""
    return ", ".join(part for part in (event.place, place) if part)


def _facts(session: Session, event: Event) -> T:
    return T(
        "\nWaktu: %(when)s\nTempat: %(where)s",
        when=site_of(session).when(event.starts_at, event.ends_at), where=where_of(session, event),
    )  # fmt: skip


def mail(
    session: Session, person: Registration, subject: T, body: T, *, key: str, now: datetime, asked: bool = False
) -> bool:
    """Mail something to somebody who registered, with the own link below it. Returns False without an address, or if it
    was sent before.

    `asked`: as in notices.service.notify_address.
    """
    if not person.email:
        return False
    return notify_address(
        session,
        address=person.email,
        kind="event",
        subject=subject,
        body=body,
        path=registration_path(session, person),
        dedupe_key=key,
        asked=asked,
        now=now,
    )


def mail_keys_of(person: Registration) -> tuple[str, str]:
    """Return how the keys of all mails to this person begin."""
    return f"registration:{person.id}:", f"event:{person.event_id}:{person.id}:"


def note_failed_mail(session: Session, dedupe_key: str, address: str, *, now: datetime) -> None:
    """Note that a mail never arrives: whoever registered with this address is to be informed by hand until the event is
    over."""
    found = MAIL_KEY.match(dedupe_key)
    if found is None:
        return
    ahead = select(Event.id).where(Event.ends_at > now)
    session.execute(
        update(Registration)
        .where(Registration.id == int(found[1]), Registration.email == address, Registration.event_id.in_(ahead))
        .values(told_sequence=MAIL_FAILED),
        execution_options={"synchronize_session": "fetch"},
    )


def registration_path(session: Session, person: Registration) -> str:
    return f"/agenda/ikut/{Tokens(site_of(session).secret_key).registration(person)}"


def _told(session: Session, ids: Sequence[int], sequence: int) -> None:
    if ids:
        session.execute(
            update(Registration).where(Registration.id.in_(ids)).values(told_sequence=sequence),
            execution_options={"synchronize_session": "fetch"},
        )
