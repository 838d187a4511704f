"""The errors of the services, as the person at the screen should hear them.

Every error carries an Indonesian sentence. `field` names the form field it belongs to, where there is one.
The web layer turns each kind into its status code and shows the sentence; nothing else of an error is shown.
"""

from app.kernel.text import T


class GaungError(Exception):
    """Base of all errors that a person may see."""

    status = 400

    def __init__(self, sentence: T | str, *, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence if isinstance(sentence, T) else T(sentence)
        self.field = field


class Invalid(GaungError):
    """What was entered cannot be used; the sentence says what to change."""

    status = 422


class Forbidden(GaungError):
    """The person may not do this, or it is not their record."""

    status = 403


class NotFound(GaungError):
    """There is no such record, or not for this person."""

    status = 404


class Stale(GaungError):
    """Somebody else changed the record since it was opened. Nothing was written."""

    status = 409


class Refused(GaungError):
    """The record's status does not allow this move."""

    status = 409
