"""The language of the pages is a setting of the installation."""

from dataclasses import replace

import pytest

import config
from app import create_app
from app.base.web.formats import angka, local
from app.kernel.clock import FrozenClock
from app.kernel.site import Site
from config import Settings, SettingsError, from_env


@pytest.mark.parametrize(
    ("locale", "day"), [("id", "Sel, 24 Nov 2026 08.00 WITA"), ("en", "Tue, 24 Nov 2026 08.00 WITA")]
)
def test_days_and_the_page_are_in_the_language_of_the_installation(
    settings: Settings, clock: FrozenClock, locale: str, day: str
) -> None:
    application = create_app(replace(settings, locale=locale), clock=clock)
    assert f'<html lang="{locale}">' in application.test_client().get("/masuk").text
    with application.test_request_context():
        assert local(clock.now()) == day
        assert angka(1234.5) == ("1.234,5" if locale == "id" else "1,234.5")


def test_mails_write_days_as_the_installation_does(clock: FrozenClock) -> None:
    assert Site().when(clock.now()) == "Selasa, 24 November 2026 pukul 08.00 WITA"
    assert Site(locale="en").when(clock.now()).startswith("Tuesday, 24 November 2026")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(SettingsError, match="GAUNG_LOCALE"):
        from_env({"GAUNG_LOCALE": "en"})
    assert from_env({}).locale == config.Settings().locale == "id"
