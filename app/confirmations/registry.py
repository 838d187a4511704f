"""All changes that take two people: the one place where they are listed."""

from app.confirmations.kinds import Kind
from app.confirmations.kinds_access import NEW_FACTOR
from app.confirmations.kinds_outlets import CONNECTION, DISCONNECTION
from app.confirmations.kinds_people import DELEGATION, NEW_PASSWORD, RIGHTS

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (RIGHTS, DELEGATION, NEW_PASSWORD, NEW_FACTOR, CONNECTION, DISCONNECTION)
}
