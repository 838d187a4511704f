"""All changes that take two people: the one place where they are listed."""

from app.confirmations.kinds import Kind
from app.confirmations.kinds_outlets import CONNECTION, DISCONNECTION
from app.confirmations.kinds_people import DELEGATION, NEW_PASSWORD, RIGHTS

KINDS: dict[str, Kind] = {kind.name: kind for kind in (RIGHTS, DELEGATION, NEW_PASSWORD, CONNECTION, DISCONNECTION)}
