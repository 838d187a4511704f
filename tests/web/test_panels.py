"""Higher rooms put sections on pages of lower rooms, and a person sees only what is for them."""

from sqlalchemy.orm import Session

from app.base.web.panels import Panel, Panels
from app.kernel.roles import SYSTEM, Actor
from app.kernel.slots import SLOTS


def test_panels_stand_in_the_order_of_their_names_and_leave_out_what_is_not_for_one(session: Session) -> None:
    def later(_session: Session, _actor: Actor, record: str) -> Panel | None:
        return Panel(title=f"Kedua {record}", empty="")

    def first(_session: Session, _actor: Actor, record: str) -> Panel | None:
        return Panel(title=f"Pertama {record}", empty="")

    def hidden(_session: Session, _actor: Actor, _record: str) -> Panel | None:
        return None

    page = Panels[str]("uji.panels")
    try:
        page.fill({"2-later": later, "1-first": first, "3-hidden": hidden})
        page.sealed = True
        assert [panel.title for panel in page.of(session, SYSTEM, "desa")] == ["Pertama desa", "Kedua desa"]
    finally:
        del SLOTS["uji.panels"]
