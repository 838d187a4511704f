"""Every setting of an installation, read from the environment once.

`make run` writes the secret ones at random to `var/secrets.env`, and where its practice is to `var/practice.env`.
Production (`GAUNG_ENV=production`) refuses to start when a secret is missing.
"""

import json
import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
TRANSLATIONS = ROOT / "app" / "translations"
LEAST_ANSWER_DAYS = 14
FIGURES = ("views", "reach", "reactions", "comments", "shares", "saves", "clicks")
"""So long after a survey was closed an answer may still arrive from a phone without signal."""
LONGEST_NUMBER = 80


class SettingsError(RuntimeError):
    """A setting is missing or cannot be used; the message says which and what to do."""


def version() -> str:
    """Return the version of the code in this folder."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


@dataclass(frozen=True)
class Settings:
    env: str = "development"  # development, test, production
    database_url: str = f"sqlite:///{ROOT / 'var' / 'gaung.sqlite'}"
    secret_key: str = ""
    password_salt: str = ""
    credential_keys: tuple[str, ...] = ()  # Fernet keys, newest first; the others only decrypt
    public_url: str = "http://127.0.0.1:5000"
    var_dir: Path = ROOT / "var"
    kits_dir: Path = ROOT / "campaigns"

    # whose installation it is
    app_title: str = "Sosialisasi Smart City Kukar"
    office_name: str = "Dinas Komunikasi dan Informatika Kabupaten Kutai Kartanegara"
    office_address: str = ""
    office_contact: str = ""  # phone or e-mail address for the public, as the privacy notice names it
    kim_label: str = "Kelompok Informasi Masyarakat"
    regency_code: str = "64.02"
    tz: str = "Asia/Makassar"
    tz_label: str = "WITA"
    locale: str = "id"
    logo_path: str = ""

    # sending etiquette, local times
    sending_hours: tuple[str, str] = ("08:00", "16:00")
    friday_pause: tuple[str, str] = ("11:45", "13:15")
    ramadan_pause: tuple[str, str] = ("17:45", "20:30")
    ramadan: tuple[tuple[str, str], ...] = (("2027-02-08", "2027-03-09"), ("2028-01-28", "2028-02-26"))
    personal_days: int = 365  # names and contacts of participants are kept this many days after an event
    trainee_days: int = 450  # contacts of trainees after their last batch: the question after 12 months comes before
    answer_days: int = 1825  # single answers of a survey are kept this many days after it closed; counts stay
    certificate_number: str = "{nomor}/SERT/{kode}/{tahun}"  # also {bulan}, in Roman numerals
    no_contact_days: int = 90  # a village without a contact for this long stands on the list
    open_data_licence: str = ""  # of the open-data set, e.g. CC-BY-4.0; "" says that nobody has settled it yet
    escalate_head_days: int = 3  # working days late until the head of the bidang is told
    escalate_agency_days: int = 7  # and until the secretary and the head of the agency are
    lapor_url: str = "https://www.lapor.go.id"  # complaints belong to SP4N-LAPOR!
    trail_mail: str = ""  # where the seal of the trail goes every day, outside of this system
    useful_days: int = 3  # default of "still useful until", days after the planned time

    # platforms
    trusted_proxies: int = 0  # proxies before the application whose X-Forwarded-For is believed
    practice: bool = False
    practice_wall_url: str = ""
    x_api_url: str = "https://api.x.com"
    x_resend: bool = False  # one more try of a lost post that X does not show; off until tried on a real account
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v26.0"
    graph_page_insights: tuple[tuple[str, str], ...] = ()  # figures and their names; empty: app/channels/graph_wire.py
    graph_instagram_insights: tuple[tuple[str, str], ...] = ()
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: bool = True
    mail_from: str = "gaung@localhost"
    send_threads: int = 32
    spacing_after: int = 3  # more late posts of one account than this leave spaced after an outage
    spacing_late: float = 15  # minutes past its time after which a post is late
    spacing_minutes: float = 10  # between two such posts; 0 lets them leave at once

    # signing in with an account of another office; app/base/access/providers.py reads the entries
    sign_in_providers: tuple[dict[str, Any], ...] = ()
    sign_in_compulsory: bool = False  # staff of the office come from there only
    break_glass: tuple[str, ...] = ()  # user names of the two admins who may still sign in here

    demo_password: str = ""  # of the practice accounts; made at random by `make run`

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def media_dir(self) -> Path:
        return self.var_dir / "media"

    def checked(self) -> "Settings":
        """Raise SettingsError where production would start on a missing secret, or a number makes no sense."""
        if self.answer_days < LEAST_ANSWER_DAYS:
            raise SettingsError(f"GAUNG_ANSWER_DAYS needs {LEAST_ANSWER_DAYS} or more: answers arrive so long.")
        if not 1 <= self.escalate_head_days < self.escalate_agency_days:
            raise SettingsError("GAUNG_ESCALATE_HEAD_DAYS needs 1 or more, and GAUNG_ESCALATE_AGENCY_DAYS more.")
        if not all(0 <= one < math.inf for one in (self.spacing_after, self.spacing_late, self.spacing_minutes)):
            raise SettingsError("GAUNG_SPACING_AFTER, _LATE and _MINUTES need 0 or more.")
        _check_certificate_number(self.certificate_number)
        if self.practice:
            _check_practice(self)
        if self.locale != "id" and not (TRANSLATIONS / self.locale / "LC_MESSAGES" / "messages.mo").is_file():
            raise SettingsError("GAUNG_LOCALE needs a compiled catalogue of that name: app/translations/README.md.")
        if self.env != "production":
            return self
        missing = [name for name in ("secret_key", "password_salt", "credential_keys") if not getattr(self, name)]
        if missing:
            names = ", ".join("GAUNG_" + name.upper() for name in missing)
            raise SettingsError(f"Set {names} in the environment before starting in production.")
        if len(self.secret_key) < 32:
            raise SettingsError("GAUNG_SECRET_KEY needs at least 32 characters.")
        if not self.https:
            raise SettingsError("GAUNG_PUBLIC_URL needs to begin with https:// in production.")
        return self


def _check_certificate_number(pattern: str) -> None:
    """Raise SettingsError for a format that would give two certificates one number, or cannot be filled in."""
    try:
        longest = pattern.format(nomor="SIMULASI-" + "9" * 7, kode="X" * 40, tahun=2026, bulan="VIII")
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise SettingsError("GAUNG_CERTIFICATE_NUMBER knows {nomor}, {kode}, {tahun} and {bulan}.") from error
    if "{nomor}" not in pattern or "{tahun}" not in pattern:
        raise SettingsError("GAUNG_CERTIFICATE_NUMBER needs {nomor} and {tahun}: numbers begin anew every year.")
    if len(longest) > LONGEST_NUMBER:
        raise SettingsError(f"GAUNG_CERTIFICATE_NUMBER is too long: a number has {LONGEST_NUMBER} signs at most.")


def _providers(raw: str, env: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """The entries of a list in JSON, or of a .json or .toml file ([[provider]]), with their secrets filled in from the
    variables that they name. What cannot be read is not repeated in the error: somebody may have put a secret there."""
    try:
        if raw.lstrip().startswith("["):
            entries = json.loads(raw)
        else:
            text = Path(raw).read_text(encoding="utf-8")
            entries = tomllib.loads(text)["provider"] if raw.endswith(".toml") else json.loads(text)
        return tuple(_with_secrets(dict(entry), env) for entry in entries)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(f"GAUNG_SIGN_IN_PROVIDERS cannot be read: {type(error).__name__}.") from error


def _with_secrets(entry: dict[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    if {"client_secret", "private_key"} & entry.keys():
        raise SettingsError(
            "GAUNG_SIGN_IN_PROVIDERS: secrets belong in variables of their own; name them in client_secret_from and "
            "private_key_from."
        )
    for name in ("client_secret", "private_key"):
        variable = entry.pop(f"{name}_from", "")
        if variable:
            entry[name] = env.get(variable, "")
    file = entry.pop("private_key_file", "")
    if file:
        entry["private_key"] = Path(file).read_text(encoding="ascii")
    return entry


def _insights(raw: str) -> tuple[tuple[str, str], ...]:
    """Read `views=post_media_view,clicks=post_clicks`: our names of figures, and the platform's."""
    pairs = [entry.strip().split("=") for entry in raw.split(",") if entry.strip()]
    for pair in pairs:
        if len(pair) != 2 or pair[0] not in FIGURES or not re.fullmatch(r"[a-z0-9_]+", pair[1]):
            raise ValueError(f"needs name=insight with a name of {', '.join(FIGURES)}")
    return tuple((name, insight) for name, insight in pairs)


def _pair(text: str) -> tuple[str, str]:
    start, _, end = text.partition("-")
    return (start.strip(), end.strip())


def kept_secrets(var: Path) -> dict[str, str]:
    """Return what `make run` keeps in `secrets.env` of this folder; commands beside it seal with the same keys."""
    path = var / "secrets.env"
    if not os.access(path, os.R_OK):
        return {}
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)


def kept_practice(var: Path) -> dict[str, str]:
    """Return the variables of the last `make run` on this folder (`practice.env`), so that commands stay in its
    practice; none where nobody ran it.

    Before 0.8 it kept its ports alone.
    """
    path, ports = var / "practice.env", var / "practice-ports"
    if os.access(path, os.R_OK):
        return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    kept = ports.read_text(encoding="utf-8").split() if os.access(ports, os.R_OK) else []
    if len(kept) != 2:
        return {}
    return practice_environment(*(int(port) for port in kept))


def practice_environment(http: int, smtp: int) -> dict[str, str]:
    """Return the variables that lead every call and every mail to the practice platforms at these ports."""
    platforms = f"http://127.0.0.1:{http}"
    return {
        "GAUNG_PRACTICE": "1",
        "GAUNG_PRACTICE_WALL_URL": platforms,
        "GAUNG_X_API_URL": platforms,
        "GAUNG_GRAPH_URL": platforms,
        "GAUNG_SMTP_HOST": "127.0.0.1",
        "GAUNG_SMTP_PORT": str(smtp),
        "GAUNG_SMTP_TLS": "0",
    }


def is_yes(raw: str) -> bool:
    return raw.lower() in {"1", "true", "yes", "ya"}


def overruled_practice(settings: Settings) -> bool:
    """Tell whether the last `make run` on this folder was practice, and these settings are not."""
    return not settings.practice and is_yes(kept_practice(settings.var_dir).get("GAUNG_PRACTICE", ""))


def _practice_beside(var: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The practice of this folder, where the environment says nothing else: production, a test, `GAUNG_PRACTICE=0` and
    another database than that of `make run` take no part of it."""
    kept = kept_practice(var)
    if (environ.get("GAUNG_ENV") or "development") != "development" or not is_yes(environ.get("GAUNG_PRACTICE") or "1"):
        return {}
    database = environ.get("DATABASE_URL")
    if database and "DATABASE_URL" in kept and _whole(database) != _whole(kept["DATABASE_URL"]):
        return {}
    return kept


def _whole(url: str) -> str:
    """An address of a database, a file's with its whole path."""
    path = url.removeprefix("sqlite:///")
    return url if path == url else str(Path(path).resolve())


def _check_practice(settings: Settings) -> None:
    """Raise SettingsError where practice would leave this machine."""
    for name, address in (
        ("GAUNG_X_API_URL", settings.x_api_url),
        ("GAUNG_GRAPH_URL", settings.graph_url),
        ("GAUNG_SMTP_HOST", f"smtp://{settings.smtp_host or 'localhost'}"),
    ):
        if urlsplit(address).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise SettingsError(
                f"GAUNG_PRACTICE is on, but {name} leads out of this machine. Take {name} out of the environment and "
                "start practice by “make run”; commands beside it find its addresses."
            )


def from_env(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `GAUNG_*` variables (`GAUNG_PUBLIC_URL`, …), and plain `DATABASE_URL` and `REGENCY_CODE`, `REGENCY_TZ`.

    Without `environ` those of this process, over what `make run` keeps in its folder.
    """
    if environ is None:
        var = Path(os.environ.get("GAUNG_VAR_DIR") or ROOT / "var")
        environ = {**kept_secrets(var), **_practice_beside(var, os.environ), **os.environ}
    env = dict(environ)
    values: dict[str, object] = {}

    def take(name: str, convert: object = str, variable: str | None = None) -> None:
        raw = env.get(variable or "GAUNG_" + name.upper())
        if raw is None or raw == "":
            return
        try:
            values[name] = convert(raw)  # type: ignore[operator]
        except (ValueError, TypeError) as error:
            raise SettingsError(f"GAUNG_{name.upper()}={raw!r} cannot be read: {error}") from error

    for name in (  # noqa: SIM905 - a list of quoted words reads worse
        "env secret_key password_salt public_url app_title office_name office_address office_contact kim_label "
        "tz_label logo_path practice_wall_url demo_password x_api_url graph_url graph_version lapor_url smtp_host "
        "smtp_user smtp_password mail_from certificate_number open_data_licence trail_mail locale"
    ).split():
        take(name)
    take("database_url", variable="DATABASE_URL")
    take("regency_code", variable="REGENCY_CODE")
    take("tz", variable="REGENCY_TZ")
    for name in ("var_dir", "kits_dir"):
        take(name, Path)
    days = ("useful_days", "personal_days", "trainee_days", "answer_days", "no_contact_days")
    levels = ("escalate_head_days", "escalate_agency_days")
    whole = ("smtp_port", *days, *levels, "send_threads", "trusted_proxies", "spacing_after")
    for name in (*whole, "spacing_late", "spacing_minutes"):
        take(name, int if name in whole else float)
    for name in ("practice", "x_resend", "smtp_tls", "sign_in_compulsory"):
        take(name, is_yes)
    for name in ("sending_hours", "friday_pause", "ramadan_pause"):
        take(name, _pair)
    take("graph_page_insights", _insights)
    take("graph_instagram_insights", _insights)
    take("sign_in_providers", lambda raw: _providers(raw, env))
    take("break_glass", lambda raw: tuple(name.strip().lower() for name in raw.split(",") if name.strip()))
    take("credential_keys", lambda raw: tuple(key.strip() for key in raw.split(",") if key.strip()))
    take("ramadan", lambda raw: tuple((start, end) for start, end in json.loads(raw)))
    return Settings(**values).checked()  # type: ignore[arg-type]
