from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.formats import sentence
from app.base.web.forms import VersionedForm
from app.kernel.numbers import chosen_number
from app.learning.programmes.wording import MAX_LINK
from app.learning.projects.models import Project
from app.learning.projects.service import LIMITS, ProjectValues
from app.learning.projects.states import LABELS

Choices = Iterable[tuple[int, str]]


def _number(value: str | int | None) -> int | None:
    return chosen_number(value)


class ProjectForm(VersionedForm):
    name = StringField(_l("Nama proyek"), [InputRequired(), Length(max=LIMITS["name"])])
    summary = TextAreaField(
        _l("Tentang proyek ini"),
        [Optional(), Length(max=LIMITS["summary"])],
        description=_l("Masalah siapa yang dibantu, dan bagaimana."),
        render_kw={"rows": 4},
    )
    organisation_id = SelectField(_l("Untuk OPD"), coerce=_number, validators=[Optional()])
    group_id = SelectField(_l("Komunitas yang membuat"), coerce=_number, validators=[Optional()])
    batch_id = SelectField(
        _l("Bermula dari angkatan"), coerce=_number, validators=[Optional()],
        description=_l("Bila proyek ini lahir dari sebuah pelatihan."),
    )  # fmt: skip
    status = SelectField(_l("Keadaan"), validators=[InputRequired()])
    status_on = DateField(
        _l("Sejak"),
        validators=[Optional()],
        description=_l("Bila keadaannya diganti dan tanggalnya dibiarkan, dicatat hari ini."),
    )
    repository = URLField(
        _l("Repositori"),
        [Optional(), Length(max=MAX_LINK)],
        description=_l("Alamat kodenya, diawali https://, misalnya di GitHub atau GitLab."),
    )
    address = URLField(
        _l("Alamat aplikasi"), [Optional(), Length(max=MAX_LINK)], description=_l("Tempat aplikasinya bisa dibuka.")
    )

    def offer(self, opds: Choices, communities: Choices, batches: Choices) -> None:
        """Fill the choices."""
        self.organisation_id.choices = [("", _l("Belum ditentukan")), *opds]
        self.group_id.choices = [("", _l("Tidak ada")), *communities]
        self.batch_id.choices = [("", _l("Tidak ada")), *batches]
        self.status.choices = [(str(key), sentence(label)) for key, label in LABELS.items()]

    def show(self, project: Project) -> None:
        for name in ("version", *ProjectValues.__dataclass_fields__):
            self[name].data = getattr(project, name)

    @property
    def values(self) -> ProjectValues:
        typed = {name: self[name].data for name in ProjectValues.__dataclass_fields__}
        for name in ("name", "summary", "repository", "address"):
            typed[name] = typed[name] or ""
        return ProjectValues(**typed)
