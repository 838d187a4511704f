from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.forms import Form
from app.kernel.numbers import listed_number
from app.learning.programmes.models import SkillLevel
from app.learning.programmes.queries import skill_groups
from app.learning.programmes.states import LEVELS
from app.learning.projects.models import Project
from app.learning.skills.evidence import LONGEST, Observation


class ObservationForm(Form):
    """What somebody saw a person do."""

    skill_id = SelectField(_l("Keterampilan"), coerce=listed_number, validate_choice=False)
    level = RadioField(_l("Tingkat"), coerce=listed_number, validate_choice=False)
    on = DateField(_l("Kapan terlihat"), [InputRequired(_l("Isi tanggalnya."))])
    note = TextAreaField(
        _l("Apa yang Anda lihat"),
        [InputRequired(_l("Tulis apa yang Anda lihat.")), Length(max=LONGEST)],
        description=_l("Misalnya: membuat laporan bulanan dengan rumus tabel sendiri, tanpa dibantu."),
        render_kw={"rows": 3},
    )
    project_id = SelectField(_l("Proyek yang menjadi bukti"), coerce=listed_number, validate_choice=False)

    def with_choices(self, projects: list[Project]) -> "ObservationForm":
        groups = skill_groups(db.session)
        self.skill_id.choices = {
            _("Belum dipilih"): [(0, _("Pilih keterampilan"))],
            **{group.name: [(one.id, one.name) for one in group.skills] for group in groups},
        }
        self.level.choices = [(int(level), self._meaning(level)) for level in SkillLevel]
        self.project_id.choices = [(0, _("Tidak ada")), *((one.id, one.name) for one in projects)]
        return self

    def observation(self) -> Observation:
        return Observation(
            skill_id=self.skill_id.data or 0,
            level=self.level.data or 0,
            on=self.on.data,
            note=self.note.data or "",
            project_id=self.project_id.data or None,
        )

    @staticmethod
    def _meaning(level: SkillLevel) -> Any:
        meanings = {
            SkillLevel.BASIC: _("bisa dengan bantuan"),
            SkillLevel.INDEPENDENT: _("bisa sendiri"),
            SkillLevel.COACHING: _("bisa sendiri dan mengajari orang lain"),
        }
        return _("%(level)s: %(meaning)s", level=sentence(LEVELS[level]), meaning=meanings[level])
