"""The link to the own page, sent again by the office."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


def test_who_lost_the_link_gets_it_again_by_hand_or_by_mail(
    client: FlaskClient, session: Session, world: World
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    batch = world.batch()
    by_phone = world.enrolment(batch, world.trainee("Budi", phone="+6281234567890"))
    by_mail = world.enrolment(batch, world.trainee("Siti", email="siti@contoh.id"))
    session.commit()
    html = client.get(f"/pelatihan/{batch.id}/peserta/{by_phone.id}").text
    assert "https://wa.me/6281234567890?text=Halo%20Budi" in html
    assert "Salin tautan" in html
    assert "http://localhost/peserta/" in html
    assert "Kirim tautan lewat surel" not in html
    html = client.get(f"/pelatihan/{batch.id}/peserta/{by_mail.id}").text
    assert "Kirim tautan lewat surel" in html
    assert "/peserta/Wz" not in html
    for _twice in range(2):
        assert client.post(f"/pelatihan/{batch.id}/peserta/{by_mail.id}/tautan").status_code == 303
    assert client.post(f"/pelatihan/{batch.id}/peserta/{by_phone.id}/tautan").status_code == 409
    session.rollback()
    assert [one.address for one in session.scalars(select(Notice))] == ["siti@contoh.id"]
    sent = select(AuditEntry).where(AuditEntry.action == "training.link_sent")
    assert [one.after for one in session.scalars(sent)] == [{"enrolment_id": by_mail.id}]
