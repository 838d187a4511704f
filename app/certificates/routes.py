from app.certificates.blueprint import bp
from app.certificates.mailing import KIND, attach
from app.certificates.outcomes import settle, unsettle
from app.notices.attachments import MAKERS
from app.training.finishing import FINISHED, RESUMED

__all__ = ["bp"]

FINISHED.append(settle)
RESUMED.append(unsettle)
MAKERS[KIND] = attach
