"""The boundaries that the office loaded: at most one set, replaced and removed as a whole."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import check_may_record
from app.base.areas.models import District, Village
from app.base.media.check import Checked, clean_name
from app.base.media.service import keep
from app.base.media.storage import Storage
from app.gatherings.events.photos import forget_file
from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.oversight.mosaic.drawing import Drawing, draw
from app.oversight.mosaic.geojson import MIME, Areas, read_areas
from app.oversight.mosaic.models import Boundaries
from app.oversight.mosaic.squares import Mosaic, Square
from app.oversight.mosaic.values import UNRECORDED, UNRECORDED_STEP, Step


@dataclass(frozen=True)
class LoadedBoundaries:
    """What a file gave; the slow part, before anything is written."""

    areas: Areas
    drawing: Drawing
    file: Checked


def of_regency(session: Session, regency_code: str) -> Boundaries | None:
    return session.scalar(select(Boundaries).where(Boundaries.regency_code == regency_code))


def check(session: Session, actor: Actor, regency_code: str, data: bytes, name: str) -> LoadedBoundaries:
    """Read a file of boundaries without storing it. Raises Forbidden, and Invalid with what is wrong in the file."""
    check_may_record(actor)
    of_regency = Village.code.startswith(f"{regency_code}.", autoescape=True)
    codes = session.execute(select(Village.code, Village.district_code).where(of_regency)).all()
    areas = read_areas(data, name, {row.code for row in codes}, {row.district_code for row in codes})
    return LoadedBoundaries(areas, draw(areas.rings), Checked(data, MIME, clean_name(name)))


def load(
    session: Session, storage: Storage, actor: Actor, regency_code: str, loaded: LoadedBoundaries, *, now: datetime
) -> tuple[Boundaries, list[str]]:
    """Put these in the place of those before. Return also the SHA-256 of contents that nothing holds any more, to be
    removed after the commit."""
    check_may_record(actor)
    gone = _take_away(session, regency_code)
    file = keep(session, storage, actor, loaded.file, now=now)
    kept = Boundaries(
        regency_code=regency_code, level=loaded.areas.level, file_id=file.id, source=loaded.areas.source,
        width=loaded.drawing.width, height=loaded.drawing.height,
        paths={code: list(path) for code, path in loaded.drawing.paths.items()},
        missing=list(loaded.areas.missing), loaded_by_id=actor.id, loaded_at=now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    audit.record(
        session, actor, "boundaries.loaded", kept, now=now,
        after={"file": file.name, "level": kept.level, "areas": len(kept.paths), "missing": len(kept.missing)},
    )  # fmt: skip
    return kept, [sha256 for sha256 in gone if sha256 != file.sha256]


def remove(session: Session, actor: Actor, regency_code: str, *, now: datetime) -> list[str]:
    """Take them away; the mosaic stays. Gives contents to be removed as `load` does."""
    check_may_record(actor)
    kept = of_regency(session, regency_code)
    if kept is None:
        raise Refused(T("Batas wilayah sudah tidak ada, mungkin baru saja dihapus."))
    audit.record(session, actor, "boundaries.removed", kept, now=now, before={"areas": len(kept.paths)})
    return _take_away(session, regency_code)


def _take_away(session: Session, regency_code: str) -> list[str]:
    kept = of_regency(session, regency_code)
    if kept is None:
        return []
    file_id = kept.file_id
    session.delete(kept)
    session.flush()
    gone = forget_file(session, file_id)
    return [gone] if gone else []


@dataclass(frozen=True)
class Shape:
    """An area of the map: `look` as of a square, `said` what its name is followed by. `word` stands in it, and its name
    where it `fits`. `squares`: its villages."""

    path: str
    x: int
    y: int
    fits: bool
    look: str
    word: str
    name: str
    said: T
    squares: Sequence[Square]


@dataclass(frozen=True)
class Map:
    """The areas of a map. `steps`: those of districts with how many districts each, where they are shaded by the share
    of their villages that are `counted` (reached, or with something to show); none where the shades are those of the
    squares."""

    shapes: Sequence[Shape]
    steps: Sequence[tuple[Step, int]] = ()
    counted: T | None = None


SHARES = (
    Step("zero", T("Tidak satu desa pun")),
    Step("s1", T("Kurang dari sepertiga desanya")),
    Step("s2", T("Sepertiga sampai dua pertiga")),
    Step("s3", T("Dua pertiga atau lebih")),
    Step("s4", T("Semua desanya")),
)
LETTER_WIDTH = 12
"""How wide a letter of a name is on the map, in its units."""


def shade_areas(kept: Boundaries, shown: Mosaic) -> Map:
    """Return the areas with what the mosaic says of them. A village has its own shade; a district the share of its
    villages of which the measure has something, unless the figure is the district's own."""
    if kept.level == "village":
        return Map([_shape(kept, one.code, one.name, one.look, one.value.said, [one]) for one in _known(kept, shown)])
    tiles = [tile for tile in shown.tiles if tile.code in kept.paths]
    if not shown.known:
        said = UNRECORDED.said
        return Map([_shape(kept, one.code, one.name, UNRECORDED_STEP.look, said, one.squares) for one in tiles])
    if shown.measure.kind == "district":
        first = [(tile, tile.squares[0]) for tile in tiles]
        return Map([_shape(kept, tile.code, tile.name, one.look, one.value.said, tile.squares) for tile, one in first])
    counted = T("terjangkau") if shown.measure.key == "kontak" else T("ada isinya")
    shapes, found = [], Counter[int]()
    for tile in tiles:
        have, of = tile.having, len(tile.squares)
        place = 0 if not have else 4 if have == of else 1 + min(2, 3 * have // of)
        found[place] += 1
        said = T("%(have)s dari %(of)s desa %(what)s", have=have, of=of, what=counted)
        shapes.append(_shape(kept, tile.code, tile.name, SHARES[place].look, said, tile.squares, word=f"{have}/{of}"))
    return Map(shapes, [(step, found[place]) for place, step in enumerate(SHARES)], counted)


def _known(kept: Boundaries, shown: Mosaic) -> list[Square]:
    return [square for square in shown.squares if square.code in kept.paths]


def _shape(
    kept: Boundaries, code: str, name: str, look: str, said: T, squares: Sequence[Square], word: str = ""
) -> Shape:
    path, x, y, room = kept.paths[code]
    return Shape(path, x, y, room >= LETTER_WIDTH * len(name), look, word, name, said, squares)


def village_names(session: Session, codes: Sequence[str]) -> list[str]:
    """Return names of villages or districts, for what a file lacks; a village with its district, since names repeat."""
    villages = session.execute(
        select(Village.name, District.name.label("district"))
        .join(District, District.code == Village.district_code)
        .where(Village.code.in_(codes))
        .order_by(District.name, Village.name)
    )
    districts = session.scalars(select(District.name).where(District.code.in_(codes)).order_by(District.name))
    return [*(f"{row.name} ({row.district})" for row in villages), *districts]
