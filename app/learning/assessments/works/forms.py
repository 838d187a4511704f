from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.forms import Form
from app.kernel.numbers import read_int
from app.learning.assessments.models import Work
from app.learning.assessments.works.marks import MAX_COMMENT, MAX_NOTE, Marking
from app.learning.assessments.works.service import MAX_NOTE as MAX_WORK_NOTE
from app.learning.assessments.works.service import MAX_TITLE, HandIn
from app.learning.programmes.models import Criterion
from app.learning.programmes.wording import MAX_LINK


class WorkForm(Form):
    """What is handed in."""

    title = StringField(
        _l("Nama tugas"), [InputRequired(), Length(max=MAX_TITLE)],
        description=_l("Misalnya “Halaman pendaftaran posyandu”."),
    )  # fmt: skip
    link = StringField(
        _l("Tautan"), [Optional(), Length(max=MAX_LINK)],
        render_kw={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"},
        description=_l("Alamat kodenya (GitHub, GitLab) atau halaman yang bisa dibuka pelatih. Tanpa kata sandi."),
    )  # fmt: skip
    file = FileField(
        _l("Berkas"), [Optional()],
        render_kw={"accept": "application/pdf,image/jpeg,image/png,image/webp,image/gif"},
        description=_l("PDF atau gambar, paling besar 20 MB. Berkas lain: simpan di penyimpanan daring, lalu isi "
                       "tautannya."),
    )  # fmt: skip
    drops_file = BooleanField(_l("Hapus berkas yang sudah ada"))
    note = TextAreaField(
        _l("Catatan untuk pelatih"), [Optional(), Length(max=MAX_WORK_NOTE)], render_kw={"rows": 4},
        description=_l("Misalnya cara menjalankannya, atau bagian yang dikerjakan sendiri."),
    )  # fmt: skip

    def given(self) -> HandIn:
        return HandIn(
            title=self.title.data or "",
            link=self.link.data or "",
            note=self.note.data or "",
            keeps_file=not self.drops_file.data,
        )

    @classmethod
    def of(cls, work: Work | None) -> "WorkForm":
        if work is None:
            return cls(formdata=None)
        return cls(formdata=None, title=work.title, link=work.repository, note=work.note)


def marking_form(criteria: Sequence[Criterion]) -> type[Form]:
    """Make a form with points and a note for every criterion (`points_ID`, `note_ID`), and the comment.

    Points are read by the service, which knows halves, commas and the maximum.
    """
    fields: dict[str, Any] = {"version": HiddenField()}
    for one in criteria:
        fields[f"points_{one.id}"] = StringField(
            one.title, [Optional(), Length(max=20)],
            render_kw={"inputmode": "decimal", "autocomplete": "off", "size": 5},
        )  # fmt: skip
        fields[f"note_{one.id}"] = StringField(_l("Catatan"), [Optional(), Length(max=MAX_NOTE)])
    fields["comment"] = TextAreaField(
        _l("Pesan untuk peserta"), [Optional(), Length(max=MAX_COMMENT)], render_kw={"rows": 4},
        description=_l("Peserta membaca nilai, catatan, dan pesan ini begitu semua bagian dinilai."),
    )  # fmt: skip
    return type("MarkingForm", (Form,), fields)


def filled_form(criteria: Sequence[Criterion], work: Work) -> Form:
    """Return the form as the stored marks fill it."""
    marks = {one.criterion_id: one for one in work.marks}
    values: dict[str, Any] = {"version": str(work.version), "comment": work.comment}
    for one in criteria:
        mark = marks.get(one.id)
        values[f"points_{one.id}"] = shown_points(mark.points) if mark else ""
        values[f"note_{one.id}"] = mark.note if mark else ""
    form: Form = marking_form(criteria)(formdata=None, **values)
    return form


def marking_of(form: Form, criteria: Sequence[Criterion]) -> Marking:
    version = form["version"].data or ""
    return Marking(
        points={one.id: form[f"points_{one.id}"].data or "" for one in criteria},
        notes={one.id: form[f"note_{one.id}"].data or "" for one in criteria},
        comment=form["comment"].data or "",
        version=read_int(version) or 0,
    )


def shown_points(points: float) -> str:
    """Format points as people type them: 3 or 3,5."""
    return f"{points:g}".replace(".", ",")
