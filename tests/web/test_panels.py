"""Higher rooms put sections on pages of lower rooms, and a person sees only what is for them."""

from sqlalchemy.orm import Session

from app.base.web.panels import Panel, Panels
from app.kernel.roles import SYSTEM, Actor


def test_panels_stand_in_the_order_of_their_names_and_leave_out_what_is_not_for_one(session: Session) -> None:
    page: Panels[str] = Panels()

    @page.register("2-later")
    def _later(_session: Session, _actor: Actor, record: str) -> Panel | None:
        return Panel(title=f"Kedua {record}", empty="")

    @page.register("1-first")
    def _first(_session: Session, _actor: Actor, record: str) -> Panel | None:
        return Panel(title=f"Pertama {record}", empty="")

    @page.register("3-hidden")
    def _hidden(_session: Session, _actor: Actor, _record: str) -> Panel | None:
        return None

    assert [panel.title for panel in page.of(session, SYSTEM, "desa")] == ["Pertama desa", "Kedua desa"]


def test_the_same_name_again_replaces_the_panel_and_another_page_keeps_its_own(session: Session) -> None:
    page: Panels[str] = Panels()
    other: Panels[str] = Panels()
    page.register("1")(lambda _session, _actor, _record: Panel(title="Lama", empty=""))
    page.register("1")(lambda _session, _actor, _record: Panel(title="Baru", empty=""))
    assert [panel.title for panel in page.of(session, SYSTEM, "")] == ["Baru"]
    assert other.of(session, SYSTEM, "") == []
