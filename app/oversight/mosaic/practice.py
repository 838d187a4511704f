"""Keep practice training apart on the map: it stands only where there is nothing real, and the page says so."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from app.kernel.text import T
from app.learning.skills import villages_reached
from app.learning.training.practice import shows_practice
from app.oversight.mosaic.values import MosaicScope, Reading, Source

PRACTICE = T("Belum ada pelatihan nyata; yang tampak peserta pelatihan simulasi.")
NOT_COUNTED = T("Pelatihan simulasi tidak dihitung.")
NUMBERS = "skills.numbers"

Read = Callable[[Session, MosaicScope], Reading]


def separate_practice(read: Read) -> Read:
    """Return a reader that also says what is to be known of practice; nothing where nothing was read, which is not
    recorded."""

    def told(session: Session, scope: MosaicScope) -> Reading:
        reading = read(session, scope)
        if not reading.values:
            return reading
        if shows_practice(session):
            values = {
                code: replace(value, said=T("%(said)s (simulasi)", said=value.said))
                for code, value in reading.values.items()
            }
            return Reading(values, Source(PRACTICE, NUMBERS, simulated=True))
        practised = villages_reached.count_people(session, scope.zone, scope.now, scope.period, practice=True)
        return Reading(reading.values, Source(NOT_COUNTED, NUMBERS) if practised else None)

    return told
