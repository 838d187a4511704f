"""What each measure says of a village, and that what was only meant for it stands apart."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.media.models import StoredFile
from app.evidence.responses.tally import fold
from app.evidence.surveys.models import Wave
from app.gatherings.events.models import EventStatus
from app.kernel.periods import Period
from app.kernel.roles import SYSTEM, Role
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.models import PrintOrder, PrintPiece, Proof, ProofVillage
from app.outreach.publishing.models import Delivery
from app.oversight.mosaic.measures import COLUMNS, LAST_CONTACT, MEASURES
from app.oversight.mosaic.queries import mosaic, table_of
from app.oversight.mosaic.squares import Square
from app.oversight.mosaic.values import MosaicScope, Reading, Value
from tests.pages import asked
from tests.results.build import drawn, give, planted
from tests.survey_sample import ANSWERS
from tests.world import World

ZONE = ZoneInfo("Asia/Makassar")
YEAR = Period.year(2026)


def values(session: Session, world: World, key: str, period: Period = YEAR) -> dict[str, Value]:
    return dict(MEASURES[key].values(session, ZONE, world.clock.now(), period, actor=SYSTEM))


def said(session: Session, world: World, key: str, village: str, period: Period = YEAR) -> str:
    return str(values(session, world, key, period).get(village, MEASURES[key].nothing).said)


def squares(session: Session, world: World, **asked_for: Any) -> dict[str, Square]:
    asked_for.setdefault("period", YEAR)
    shown = mosaic(session, SYSTEM, "64.02", ZONE, now=world.clock.now(), **asked_for)
    return {square.code: square for square in shown.squares}


def held(world: World, village: str, days: float, **more: Any) -> None:
    more.setdefault("status", EventStatus.HELD)
    world.event(village_code=village, starts_in=timedelta(days=-days), **more)


def piece_of(session: Session, world: World, campaign: Campaign) -> PrintPiece:
    now = world.clock.now()
    piece = PrintPiece(
        campaign_id=campaign.id, organisation_id=campaign.organisation_id, kind="poster", title="Poster", content={},
        context={}, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(piece)
    session.commit()
    return piece


def proved(session: Session, world: World, village: str, *days: date) -> None:
    piece, now = piece_of(session, world, world.campaign()), world.clock.now()
    file = StoredFile(sha256="c" * 64, mime="image/jpeg", size=1, name="f.jpg", created_at=now)
    session.add(file)
    session.flush()
    for day in days:
        proof = Proof(piece_id=piece.id, photo_id=file.id, placed_on=day, copies=1, recorded_at=now)
        proof.villages = [ProofVillage(village_code=village)]
        session.add(proof)
    session.commit()


@pytest.mark.parametrize(
    ("days", "look", "words"),
    [
        (0, "s4", "terakhir terjangkau 24 Nov 2026 (kegiatan berlangsung)"),
        (30, "s4", "25 Okt 2026"),
        (31, "s3", "24 Okt 2026"),
        (180, "s2", "28 Mei 2026"),
        (181, "s1", "27 Mei 2026"),
        (400, "past", "tidak terjangkau dalam masa ini, terakhir 20 Okt 2025"),
    ],
)
def test_the_last_contact_is_told_in_steps(session: Session, world: World, days: int, look: str, words: str) -> None:
    held(world, world.village(), days)
    held(world, world.village(9), 1)  # else nothing would be known of the year
    square = squares(session, world)[world.village()]
    assert (square.look, square.reached) == (look, look != "past")
    assert words in str(square.value.said)


def test_of_a_period_that_is_over_ages_are_counted_from_its_end(session: Session, world: World) -> None:
    village, other = world.village(0), world.village(1)
    held(world, village, 40)  # 15 October
    held(world, village, 1)
    held(world, other, 1)
    found = squares(session, world, period=Period.month(2026, 10))
    assert (found[village].look, found[village].reached) == ("s4", True)
    assert "15 Okt 2026" in str(found[village].touch.said)
    assert (found[other].look, found[other].reached, found[other].never) == ("never", False, True)


@pytest.mark.parametrize("key", ["kontak", "kegiatan", "hadirin", "cetakan", "peserta", "dipesan", "unggahan"])
def test_in_a_period_without_records_no_village_counts_as_missed(session: Session, world: World, key: str) -> None:
    village = world.village()
    held(world, village, 60)
    shown = mosaic(session, SYSTEM, "64.02", ZONE, now=world.clock.now(), period=Period.month(2026, 11),
                   measure=MEASURES[key])  # fmt: skip
    assert not shown.recorded
    assert {square.look for square in shown.squares} == {"unknown"}
    assert [(str(step.label), count) for step, count in shown.legend] == [("Belum dicatat dalam masa ini", 237)]
    square = next(square for square in shown.squares if square.code == village)
    assert str(square.touch.said).startswith("belum dicatat dalam masa ini, terakhir terjangkau 25 Sep 2026")
    rows = table_of(session, shown, MosaicScope(ZONE, world.clock.now(), shown.period, SYSTEM), COLUMNS).rows
    assert {value.cell for row in rows for one, value in row.values.items() if one != "kontak"} == {None}


def test_a_planned_event_an_order_and_a_post_reach_nobody(session: Session, world: World) -> None:
    village, campaign = world.village(), world.campaign()
    campaign.villages = [session.get_one(Village, village)]
    world.event(village_code=village, status=EventStatus.ANNOUNCED)
    order(session, world, campaign)
    sent(session, world, campaign)
    square = squares(session, world)[village]
    assert (square.reached, square.never) == (False, True)
    assert said(session, world, "kegiatan", village) == "belum ada kegiatan"
    assert said(session, world, "dipesan", village).startswith("1 pesanan cetak")
    assert said(session, world, "unggahan", village).startswith("1 unggahan")


def test_counts_are_those_of_the_period(session: Session, world: World) -> None:
    village = world.village()
    held(world, village, 10, people=30)
    held(world, village, 20, people=None)
    held(world, village, 400, people=500)
    proved(session, world, village, date(2026, 2, 1), date(2026, 3, 1), date(2025, 3, 1))
    assert said(session, world, "kegiatan", village) == "2 kegiatan"
    assert said(session, world, "hadirin", village) == "30 orang hadir dalam 2 kegiatan"
    assert said(session, world, "cetakan", village) == "2 kali cetakan terbukti terpasang"
    october = Period.month(2025, 10)
    assert values(session, world, "hadirin", october)[village].cell == 500
    assert values(session, world, "cetakan", october) == {}


def test_people_whom_nobody_counted_are_not_nobody(session: Session, world: World) -> None:
    village = world.village()
    held(world, village, 10, people=None)
    value = values(session, world, "hadirin")[village]
    assert MEASURES["hadirin"].steps[value.step].look == "unknown"
    assert value.cell is None
    assert "belum dihitung" in str(value.said)


def test_trainees_are_people_and_not_seats(session: Session, world: World) -> None:
    batch = world.batch(sessions=2)
    for meeting in batch.sessions:
        meeting.event.starts_at = world.clock.now() - timedelta(days=5)
    session.commit()
    for number, people in ((3, 5), (4, 4), (5, 1)):
        for _ in range(people):
            world.attended(world.enrolment(batch, world.trainee(village_code=world.village(number))), *batch.sessions)
    assert said(session, world, "peserta", world.village(3)) == "5 orang dari desa ini ikut pelatihan"
    found = values(session, world, "peserta")
    few, one = found[world.village(4)], found[world.village(5)]
    assert few == one, "they could be named, so nothing tells how many: no sentence, cell, shade or order"
    assert (str(few.said), few.cell) == ("kurang dari 5 orang dari desa ini ikut pelatihan", None)
    assert str(MEASURES["peserta"].steps[few.step].label) == "Kurang dari 5"


def test_practice_trainees_stand_alone_and_say_so_else_they_are_left_out_in_words(
    session: Session, world: World
) -> None:
    def reading() -> Reading:
        return MEASURES["peserta"].read(session, MosaicScope(ZONE, world.clock.now(), YEAR, SYSTEM))

    def seated(*, simulated: bool, village: str) -> None:
        batch = world.batch(sessions=1, simulated=simulated)
        batch.sessions[0].event.starts_at = world.clock.now() - timedelta(days=5)
        session.commit()
        world.attended(world.enrolment(batch, world.trainee(village_code=village)), *batch.sessions)

    assert reading().source is None
    seated(simulated=True, village=world.village(3))
    only = reading()
    assert only.source is not None
    assert only.source.simulated
    assert [str(value.said)[-10:] for value in only.values.values()] == ["(simulasi)"]
    seated(simulated=False, village=world.village(4))
    both = reading()
    assert set(both.values) == {world.village(4)}
    assert both.source is not None
    assert (both.source.simulated, str(both.source.note)) == (False, "Pelatihan simulasi tidak dihitung.")


def order(session: Session, world: World, campaign: Campaign, **more: Any) -> None:
    more.setdefault("ordered_at", world.clock.now())
    piece = piece_of(session, world, campaign)
    session.add(PrintOrder(piece_id=piece.id, outlet_id=world.outlet("newspaper").id, **more))
    session.commit()


def sent(
    session: Session, world: World, campaign: Campaign, *, status: str = "sent", practice: bool = False, **more: Any
) -> None:
    outlets, now = [world.outlet(practice=practice), world.outlet(practice=practice)], world.clock.now()
    post = world.post(*outlets, campaign=campaign, **more)
    for outlet in outlets:
        session.add(
            Delivery(post_id=post.id, outlet_id=outlet.id, content_hash="x", payload={}, status=status, due_at=now,
                     wake_at=now, sent_at=now, created_at=now)
        )  # fmt: skip
    session.commit()


def test_a_programme_aims_at_named_villages_and_districts_and_what_is_for_all_stands_apart(
    session: Session, world: World
) -> None:
    named, inside, elsewhere = "64.02.01.2003", "64.02.01.2005", "64.02.12.2002"
    village = squares(session, world)[named]
    aimed = world.campaign()
    aimed.villages = [session.get_one(Village, named)]
    aimed.districts = [session.get_one(District, village.district_code)]
    session.commit()
    order(session, world, aimed)  # the village is named twice, and ordered for once
    order(session, world, world.campaign(), status="cancelled")
    order(session, world, world.campaign(), ordered_at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    found = values(session, world, "dipesan")
    assert (found[named].cell, found[inside].cell, elsewhere in found) == (1, 1, False)
    everywhere = world.campaign()
    everywhere.districts = list(session.scalars(select(District)))
    session.commit()
    order(session, world, everywhere)
    order(session, world, world.campaign())
    reading = MEASURES["dipesan"].read(session, MosaicScope(ZONE, world.clock.now(), YEAR, SYSTEM))
    assert {code: value.cell for code, value in reading.values.items()} == dict.fromkeys(found, 1)
    assert reading.source is not None
    assert reading.source.note.params == {"n": 2}, "what was meant for all is said and shades none"


def test_a_post_counts_once_and_its_own_villages_come_before_its_programmes(session: Session, world: World) -> None:
    own, other = world.village(0), world.village(1)
    sent(session, world, world.campaign(), villages=[session.get_one(Village, own)])
    sent(session, world, world.campaign(), status="queued")
    sent(session, world, world.campaign(), practice=True)
    found = values(session, world, "unggahan")
    assert found[own].cell == 1
    assert other not in found


@pytest.fixture
def surveyed(session: Session, world: World) -> Wave:
    """A closed survey: 90 answers from one district, 18 from each of two others, none from the rest."""
    few = ["64.02.12.2002", "64.02.13.1007"]
    places = [world.village(0), world.village(1), *few]
    wave = drawn(world, places, campaign_id=world.campaign().id, name="Survei Oktober")
    planted(world, wave, places[:2], 90, 0.5)
    for place in few:
        for known in ("tahu", "belum"):
            give(world, wave, 9, place=place, answers={**ANSWERS, "istilah": known})
    fold(session, wave)
    wave.status, wave.starts_on, wave.ends_on = "closed", date(2026, 9, 1), date(2026, 10, 10)
    session.commit()
    return wave


def test_a_district_of_few_answers_has_no_figure_and_villages_have_none_of_their_own(
    session: Session, world: World, surveyed: Wave
) -> None:
    found = squares(session, world, measure=MEASURES["pengenalan"])
    few = [square for square in found.values() if square.district_code == "64.02.12"]
    assert {str(one.value.said) for one in few} == {"angka kecamatan belum cukup (18 dari 30)"}
    assert {one.look for one in few} == {"unknown"}
    assert {one.value.amount for one in few} == {None}
    enough = [square for square in found.values() if square.district_code == "64.02.01"]
    assert len({(one.look, str(one.value.said)) for one in enough}) == 1
    assert enough[0].look in {"s3", "s4"}
    assert "dari 90 jawaban" in str(enough[0].value.said)
    assert found["64.02.06.1001"].value == MEASURES["pengenalan"].nothing


def test_a_simulated_survey_stands_in_only_where_there_is_no_real_one_and_says_so(
    session: Session, world: World, surveyed: Wave
) -> None:
    world.wave(status="closed", simulated=True, name="Latihan", starts_on=date(2026, 10, 20), ends_on=date(2026, 11, 1))
    measure, look = MEASURES["pengenalan"], MosaicScope(ZONE, world.clock.now(), YEAR, SYSTEM)
    source = measure.read(session, look).source
    assert source is not None
    assert (source.simulated, "Survei Oktober" in str(source.note)) == (False, True)
    surveyed.status = "cancelled"
    session.commit()
    source = measure.read(session, look).source
    assert source is not None
    assert (source.simulated, "Latihan" in str(source.note)) == (True, True)
    before = MosaicScope(ZONE, world.clock.now(), Period.month(2026, 8), SYSTEM)
    assert "Belum ada survei" in str(measure.read(session, before).source.note)  # type: ignore[union-attr]


def test_surveys_of_others_are_not_shown(session: Session, world: World, surveyed: Wave) -> None:
    foreign = world.actor(Role.VIEWER, organisation=world.organisation())
    measure = MEASURES["pengenalan"]
    assert measure.read(session, MosaicScope(ZONE, world.clock.now(), YEAR, foreign)).values == {}
    assert measure.read(session, MosaicScope(ZONE, world.clock.now(), YEAR, None)).values == {}


@pytest.mark.parametrize("key", list(MEASURES))
def test_the_number_of_questions_does_not_grow_with_what_happened(
    session: Session, world: World, surveyed: Wave, key: str
) -> None:
    def questions() -> int:
        session.expire_all()
        with asked() as seen:
            squares(session, world, measure=MEASURES[key])
        return len([one for one in seen.statements if not one.startswith("BEGIN")])

    few = questions()
    for number in range(12):
        held(world, world.village(number), number + 1)
    order(session, world, world.campaign())
    sent(session, world, world.campaign())
    assert questions() == few


def test_the_table_says_what_the_squares_say(session: Session, world: World) -> None:
    village = world.village()
    held(world, village, 3, people=12)
    now = world.clock.now()
    shown = mosaic(session, SYSTEM, "64.02", ZONE, now=now, period=YEAR)
    table = table_of(session, shown, MosaicScope(ZONE, now, YEAR, SYSTEM), COLUMNS)
    assert len(table.rows) == 237
    row = next(one for one in table.rows if one.square.code == village)
    assert {key: value.cell for key, value in row.values.items()} == {
        "kontak": date(2026, 11, 21), "kegiatan": 1, "hadirin": 12, "cetakan": None, "peserta": None,
    }  # fmt: skip
    assert str(row.values["cetakan"].said) == "belum dicatat dalam masa ini", "of no village, so nobody knows"
    assert row.values["kontak"] == LAST_CONTACT.values(session, ZONE, now, YEAR)[village]
    tile = next(tile for tile in shown.tiles if tile.code == row.square.district_code)
    assert tile.missed == len(tile.squares) - 1
