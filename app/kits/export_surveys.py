"""The surveys of a campaign as files of a kit: one for each instrument with its waves, one for each recorded result."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import Precision
from app.base.media.models import StoredFile
from app.evidence.instruments.definition import canonical, read
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import RecordedResult, SampleMethod, Wave, WaveStatus
from app.evidence.surveys.recorded import service as recorded
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign

Image = Callable[[StoredFile], str]
"""Writes a picture into the kit and gives its file there."""
FORMATS = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m", Precision.DAY: "%Y-%m-%d"}
FIRST_DAY, LAST_DAY, MOST_DAYS = -365, 730, 366


def survey_files(
    session: Session, actor: Actor, campaign: Campaign, image: Image
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (stem, values of the file) of every instrument that this person sees used, in its latest version used here.

    Surveys that were not held are left out; places, quotas and numbers of notification belong to one year.
    """
    waves = session.scalars(
        select(Wave)
        .where(Wave.campaign_id == campaign.id, Wave.status != WaveStatus.CANCELLED, visible_to(actor))
        .order_by(Wave.starts_on, Wave.id)
    ).all()
    used: dict[int, list[Wave]] = {}
    for wave in waves:
        used.setdefault(wave.instrument_version.instrument_id, []).append(wave)
    for group in used.values():
        version = max((wave.instrument_version for wave in group), key=lambda version: version.number)
        instrument = version.instrument
        yield (
            instrument.key,
            {
                "key": instrument.key,
                "audience": str(instrument.audience),
                **questions_of(session, version, image),
                "waves": [_wave(wave, campaign) for wave in group],
            },
        )


def questions_of(session: Session, version: InstrumentVersion, image: Image) -> dict[str, Any]:
    """Return the questions of a version as people write them, its pictures as files of the kit."""
    asked: dict[str, Any] = canonical(read(version.definition))
    for section in asked["sections"]:
        for question in section["questions"]:
            question.pop("picture_hash", None)
            if "picture" in question:
                question["picture"] = image(session.get_one(StoredFile, question["picture"]))
    if asked.get("languages") == ["id"]:
        del asked["languages"]
    plain: dict[str, Any] = _plain(asked)
    return plain


def _plain(value: Any) -> Any:
    """Texts that are in Indonesian alone as people write them."""
    if isinstance(value, dict):
        if set(value) == {"id"} and isinstance(value["id"], str):
            return value["id"]
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _wave(wave: Wave, campaign: Campaign) -> dict[str, Any]:
    values: dict[str, Any] = {
        "stage": str(wave.stage),
        "name": wave.name,
        "day": min(LAST_DAY, max(FIRST_DAY, (wave.starts_on - campaign.starts_on).days)),
        "days": min(MOST_DAYS, (wave.ends_on - wave.starts_on).days + 1),
        "modes": [str(mode) for mode in wave.modes],
    }
    if wave.method != SampleMethod.OPEN:
        values["method"] = str(wave.method)
    optional = {"target": wave.target, "purpose": wave.purpose}
    return values | {name: value for name, value in optional.items() if value}


def result_files(
    session: Session, actor: Actor, campaign: Campaign, image: Image
) -> Iterator[tuple[RecordedResult, dict[str, Any]]]:
    """Yield (result, values of the file) of every recorded result of the campaign that this person sees."""
    query = select(RecordedResult).where(RecordedResult.campaign_id == campaign.id, recorded.visible_to(actor))
    for result in session.scalars(query.order_by(RecordedResult.done_on, RecordedResult.id)):
        yield result, _result(session, result, image)


def _result(session: Session, result: RecordedResult, image: Image) -> dict[str, Any]:
    file = session.get(StoredFile, result.file_id) if result.file_id else None
    optional: dict[str, Any] = {
        "method": result.method,
        "asked": result.asked,
        "question": result.question,
        "several": result.several,
        "answers": [
            {name: value for name, value in one.items() if value is not None and value is not False}
            for one in result.answers
        ],
        "finding": result.finding,
        "measure": result.measure_key,
        "dimension": result.dimension_key,
    }
    return {
        "title": result.title,
        "done": result.done_on.strftime(FORMATS[Precision(result.done_precision)]),
        "audience": str(result.audience),
        **{name: value for name, value in optional.items() if value not in (None, "", [], False)},
        "source": result.source,
        # a kit holds pictures only; a PDF stays where it was recorded
        **({"file": image(file)} if file is not None and file.mime.startswith("image/") else {}),
    }
