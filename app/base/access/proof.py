"""The second factor as a request sees it: when it was last shown in this browser, and looking at what was typed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from flask import session
from flask_babel import gettext as _

from app.base.access import factors, passkeys, sessions, trusted_devices
from app.base.access.factor_models import Passkey
from app.base.access.forms import SecondForm
from app.base.access.passkeys import Ceremony, Challenges, Party
from app.base.access.totp import PhoneCodes
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.wiring import now, settings, wired
from app.kernel import audit
from app.kernel.errors import GaungError
from app.kernel.roles import Actor

ONE_AND_A_HALF_MINUTES = 90
FRESH = timedelta(minutes=15)
DAY = timedelta(hours=12)
SHOWN, SIGNED, DUE = "factor_at", "signed_at", "factor_due"


@dataclass(frozen=True)
class AskedPasskey:
    """What the button for a passkey needs; `party` None where this site's address cannot have any."""

    party: Party | None
    ceremony: Ceremony | None


def party() -> Party | None:
    return Party.of(settings().public_url, settings().app_title)


def secret_key() -> str:
    return settings().secret_key or "development-only"


def challenges() -> Challenges:
    return Challenges(secret_key())


def phone_codes() -> PhoneCodes:
    return PhoneCodes(settings().app_title, now)


def salt() -> str:
    return settings().password_salt or "development-only"


def ask_passkey(purpose: str, user: User | None = None) -> AskedPasskey:
    """Ask any key of this site, or those of one person."""
    site = party()
    if site is None:
        return AskedPasskey(None, None)
    keys = passkeys.passkeys_of(db.session, user.id) if user else None
    if user is not None and not keys:
        return AskedPasskey(site, None)
    return AskedPasskey(site, passkeys.ask_for(site, challenges(), purpose, keys, now=now()))


# --- when it was shown ---


def _moment(name: str) -> datetime | None:
    value = session.get(name)
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None


def _within(name: str, span: timedelta) -> bool:
    at = _moment(name)
    return at is not None and now() - at <= span


def shown_within(span: timedelta) -> bool:
    return _within(SHOWN, span)


def signed_in_within(span: timedelta) -> bool:
    return _within(SIGNED, span)


def note_shown(*, own: bool) -> None:
    """Note that the factor was shown now. `own`: on the person's own device."""
    session[SHOWN] = now().timestamp()
    sign_in = sessions.current()
    if sign_in is not None:
        sign_in.proved_at = now()
        trusted_devices.remember(sign_in, own=own, now=now())
        db.session.flush()


def note_signed_in() -> None:
    """Note that the first factor was shown now."""
    session[SIGNED] = now().timestamp()


def shared_here() -> bool:
    """Tell whether this is a "Komputer bersama"."""
    sign_in = sessions.current()
    return sign_in is not None and sign_in.shared


def note_due(ends_at: datetime | None) -> None:
    """Note until when the person has time to set a factor up; None: nothing is due."""
    session.pop(DUE, None)
    if ends_at is not None:
        session[DUE] = ends_at.timestamp()


def due() -> datetime | None:
    return _moment(DUE)


@dataclass(frozen=True)
class DueBanner:
    """`days` until `ends_at`, rounded up; 0 where the time is over."""

    ends_at: datetime
    days: int


def due_banner() -> DueBanner | None:
    """Return what stands on every page of somebody who must set a factor up. Asks no database: the session knows."""
    ends_at = due()
    if ends_at is None:
        return None
    return DueBanner(ends_at, max(0, ceil((ends_at - now()) / timedelta(days=1))))


# --- looking at what was typed ---


def check_factor(user: User, form: SecondForm, purpose: str) -> str | None:
    """Return how the factor was shown ("phone", "backup", "office", "passkey"), or None with the reason in the form.

    Commits the count of a wrong code, since the answer will be an error.
    """
    if form.answer.data:
        return _written(user, "passkey" if passkey_of(form, purpose, user_id=user.id) else None)
    typed, field = (form.code.data, form.code) if form.code.data else (form.backup.data, form.backup)
    if not typed:
        form.form_errors = [_("Ketik kodenya dahulu.")]
        return None
    closed = factors.begin_try(db.session, user.id, now=now())
    db.session.commit()
    if closed is not None:
        form.form_errors = [_pause(closed)]
        return None
    how = factors.show_code(db.session, user, typed, phone=phone_codes(), vault=wired().vault, salt=salt(), now=now())
    if how is None:
        field.errors = [_wrong(field is form.code)]
        return _written(user, None)
    factors.forgive(db.session, user.id)
    return _written(user, how)


def _written(user: User, how: str | None) -> str | None:
    """Note in the trail that the factor was shown, or was not right; the answer to the latter will be an error."""
    actor = Actor(id=user.id, name=user.name)
    if how is not None:
        audit.record(db.session, actor, "factor.shown", user, now=now(), after={"how": how})
        return how
    audit.record(db.session, actor, "factor.refused", user, now=now())
    db.session.commit()
    return None


def _pause(until: datetime) -> str:
    seconds = ceil((until - now()).total_seconds())
    wait = _("%(n)s detik", n=seconds) if seconds < ONE_AND_A_HALF_MINUTES else _("%(n)s menit", n=ceil(seconds / 60))
    return _("Terlalu banyak kode yang keliru. Tunggu %(wait)s, lalu coba lagi, atau hubungi admin kantor.", wait=wait)


def _wrong(of_phone: bool) -> str:
    if of_phone:
        return _("Kode ini tidak cocok atau sudah dipakai. Tunggu angka berikutnya di HP, lalu ketik yang baru.")
    return _("Kode cadangan ini tidak cocok atau sudah dipakai. Tiap kode hanya bisa dipakai sekali.")


def passkey_of(form: SecondForm, purpose: str, *, user_id: int | None = None) -> Passkey | None:
    """Return the key that answered, or None with the reason in the form."""
    site = party()
    if site is None:
        return None
    try:
        return passkeys.check(
            db.session, site, challenges(), purpose, answer=form.answer.data, state=form.state.data or "", now=now(),
            user_id=user_id,
        )  # fmt: skip
    except GaungError as error:
        form.form_errors = [sentence(error.sentence)]
        return None
