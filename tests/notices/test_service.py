import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices import queries
from app.base.notices.models import Notice
from app.base.notices.service import (
    forget_addresses,
    forget_occasions,
    mark_all_read,
    mark_read,
    notify,
    notify_address,
    prefer_email,
)
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import NotFound
from app.kernel.roles import Role
from app.kernel.text import T
from tests.world import World


def tell(session: Session, world: World, *user_ids: int, key: str = "delivery:1:failed", **values) -> int:
    values = {"kind": "delivery", "subject": "Gagal tayang", "body": "Periksa.", "path": "/tayang/1", **values}
    new = notify(session, user_ids=user_ids, dedupe_key=key, now=world.clock.now(), **values)
    session.commit()
    return new


def notices(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice).order_by(Notice.id)))


def test_each_person_is_told_once_however_often_it_is_said(session: Session, world: World) -> None:
    one, two = world.user(Role.EDITOR), world.user(Role.APPROVER)
    assert tell(session, world, one.id, two.id) == 2
    assert tell(session, world, one.id, two.id) == 0
    assert tell(session, world, one.id, key="delivery:2:failed") == 1
    assert sorted(notice.user_id for notice in notices(session)) == [one.id, one.id, two.id]


def test_a_new_person_is_told_of_an_old_occasion(session: Session, world: World) -> None:
    one, two = world.user(), world.user()
    tell(session, world, one.id)
    assert tell(session, world, one.id, two.id) == 1


def test_two_processes_tell_a_person_once(sessions: "sessionmaker[Session]", world: World) -> None:
    user = world.user()
    wall = threading.Barrier(4)
    new: list[int] = []

    def tell_at_once() -> None:
        wall.wait()
        with unit_of_work(sessions) as session:
            new.append(
                notify(
                    session, user_ids=[user.id], kind="k", subject="s", body="b", dedupe_key="x", now=world.clock.now()
                )
            )

    threads = [threading.Thread(target=tell_at_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [0, 0, 0, 1]


def test_only_who_has_an_address_and_wants_mail_gets_mail(session: Session, world: World) -> None:
    mailed = world.user(email="a@kukarkab.go.id")
    silent = world.user(email="b@kukarkab.go.id")
    without = world.user()
    prefer_email(session, world.actor_of(silent), wanted=False)
    session.commit()
    tell(session, world, mailed.id, silent.id, without.id)
    assert {notice.user_id: notice.email_status for notice in notices(session)} == {
        mailed.id: "queued",
        silent.id: "none",
        without.id: "none",
    }


def test_who_left_is_not_told_and_nobody_is_no_error(session: Session, world: World) -> None:
    assert tell(session, world, world.user(active=False).id) == 0
    assert tell(session, world) == 0
    assert tell(session, world, 999_999) == 0


def test_a_sentence_with_parameters_is_told_in_full(session: Session, world: World) -> None:
    user = world.user()
    tell(session, world, user.id, subject=T("Materi “%(title)s”\nmenunggu", title="A"), body=T("Setujui %(n)s", n=3))
    [notice] = notices(session)
    assert (notice.subject, notice.body) == ("Materi “A” menunggu", "Setujui 3")


def test_long_words_are_cut_and_long_keys_refused(session: Session, world: World) -> None:
    user = world.user()
    tell(session, world, user.id, subject="x" * 500)
    assert len(notices(session)[0].subject) == 200
    with pytest.raises(ValueError, match="dedupe_key"):
        tell(session, world, user.id, key="x" * 101)


def test_turning_mail_off_withdraws_what_waits(session: Session, world: World) -> None:
    user = world.user(email="a@kukarkab.go.id")
    actor = world.actor_of(user)
    tell(session, world, user.id)
    prefer_email(session, actor, wanted=False)
    session.commit()
    assert notices(session)[0].email_status == "none"
    assert queries.mail_preference(session, actor) == queries.MailPreference("a@kukarkab.go.id", wanted=False)
    prefer_email(session, actor, wanted=True)
    session.commit()
    assert queries.mail_preference(session, actor).wanted


def test_reading_once_and_again_changes_the_count_once(session: Session, world: World, clock: FrozenClock) -> None:
    user, other = world.user(), world.user()
    actor = world.actor_of(user)
    for key in ("a", "b", "c"):
        tell(session, world, user.id, key=key)
    tell(session, world, other.id, key="d")
    first = notices(session)[0]
    mark_read(session, actor, first.id, now=clock.now())
    read_at = first.read_at
    mark_read(session, actor, first.id, now=clock.advance(minutes=1))
    session.commit()
    assert first.read_at == read_at
    assert queries.unread_count(session, actor) == 2
    mark_all_read(session, actor, now=clock.now())
    session.commit()
    assert queries.unread_count(session, actor) == 0
    assert queries.unread_count(session, world.actor_of(other)) == 1


def test_nobody_reads_somebody_elses(session: Session, world: World, clock: FrozenClock) -> None:
    tell(session, world, world.user().id)
    with pytest.raises(NotFound):
        mark_read(session, world.actor(Role.ADMIN), notices(session)[0].id, now=clock.now())


def test_unread_notices_stand_first(session: Session, world: World, clock: FrozenClock) -> None:
    user = world.user()
    for key in ("old", "middle", "new"):
        tell(session, world, user.id, key=key, subject=key)
        clock.advance(minutes=1)
    newest = notices(session)[-1]
    mark_read(session, world.actor_of(user), newest.id, now=clock.now())
    session.commit()
    inbox = session.scalars(queries.inbox(world.actor_of(user))).all()
    assert [notice.subject for notice in inbox] == ["middle", "old", "new"]
    assert len(session.scalars(queries.inbox(world.actor_of(user), only_unread=True)).all()) == 2


def tell_address(
    session: Session, world: World, address: str = "siti@contoh.id", key: str = "registration:1:in"
) -> bool:
    new = notify_address(
        session, address=address, kind="event", subject="Terdaftar:\r\nBcc: x@contoh.id", body="Halo.",
        path="/agenda/ikut/x", dedupe_key=key, now=world.clock.now(),
    )  # fmt: skip
    session.commit()
    return new


def test_somebody_without_an_account_is_mailed_once(session: Session, world: World) -> None:
    assert tell_address(session, world, " Siti@Contoh.ID ")
    assert not tell_address(session, world)
    [notice] = notices(session)
    assert (notice.user_id, notice.address, notice.email_status) == (None, "siti@contoh.id", "queued")
    assert notice.subject == "Terdaftar: Bcc: x@contoh.id"


@pytest.mark.parametrize(
    "address", ["", "x", "a@b", "a@contoh.id\r\nBcc: b@contoh.id", "a b@contoh.id", "x" * 250 + "@a.id"]
)
def test_an_address_that_is_none_gets_nothing(session: Session, world: World, address: str) -> None:
    assert not tell_address(session, world, address)
    assert notices(session) == []


def test_the_key_of_an_address_is_never_that_of_a_person(session: Session, world: World) -> None:
    user = world.user()
    tell(session, world, user.id, key="k")
    assert tell_address(session, world, key=f"k:u{user.id}")
    assert len(notices(session)) == 2
    with pytest.raises(ValueError, match="longer"):
        tell_address(session, world, key="x" * 101)


def test_nobody_sees_in_the_app_what_went_to_an_address(session: Session, world: World) -> None:
    user = world.user(Role.EDITOR)
    tell_address(session, world)
    actor = world.actor_of(user)
    assert session.scalars(queries.inbox(actor)).all() == []
    assert queries.unread_count(session, actor) == 0
    with pytest.raises(NotFound):
        mark_read(session, actor, notices(session)[0].id, now=world.clock.now())


def test_what_went_to_addresses_is_forgotten_after_its_time_whatever_became_of_it(
    session: Session, world: World
) -> None:
    tell(session, world, world.user().id)
    for number, state in enumerate(("sent", "failed", "queued", "sending")):
        tell_address(session, world, f"w{number}@contoh.id", key=f"k{number}")
        notices(session)[-1].email_status = state
    session.commit()
    assert forget_addresses(session, before=world.clock.now()) == 0
    assert forget_addresses(session, before=world.clock.now().replace(year=2027)) == 4
    session.commit()
    assert [notice.address for notice in notices(session)] == [None]


def test_what_is_said_of_one_occasion_is_taken_back_and_forgotten(session: Session, world: World) -> None:
    user = world.user()
    tell(session, world, user.id, key="registration:1:x")
    for key in ("registration:1:in", "registration:1:place", "registration:11:in", "event:4:1:2", "event:4:11:2"):
        tell_address(session, world, key=key)
    assert forget_occasions(session, ("registration:1:", "event:4:1:")) == 3
    session.commit()
    assert [one.dedupe_key for one in notices(session)] == [
        f"registration:1:x:u{user.id}", "registration:11:in:a", "event:4:11:2:a",
    ]  # fmt: skip
