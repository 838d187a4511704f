"""The signed value in the address of a participant's own page (`/peserta/TOKEN`)."""

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.training.models import Trainee

SALT = "trainee"
MISSING = T("Tautan ini tidak lengkap atau tidak berlaku lagi. Salin lagi seluruh tautan dari surel terakhir.")


def own_token(session: Session, trainee: Trainee) -> str:
    return str(_signer(session).dumps([trainee.id, trainee.link_no]))


def own_path(session: Session, trainee: Trainee) -> str:
    return f"/peserta/{own_token(session, trainee)}"


def trainee_of(session: Session, token: str) -> Trainee:
    """Return the trainee of a signed link. Raises NotFound for a value that this installation has not signed, or that
    was made useless since."""
    try:
        trainee_id, link_no = _signer(session).loads(token)
    except (BadData, ValueError, TypeError) as error:
        raise NotFound(MISSING) from error
    trainee = session.get(Trainee, int(trainee_id))
    if trainee is None or trainee.erased_at is not None or trainee.link_no != link_no:
        raise NotFound(MISSING)
    return trainee


def _signer(session: Session) -> URLSafeSerializer:
    return URLSafeSerializer(site_of(session).secret_key, salt=SALT)
