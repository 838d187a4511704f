"""The forms of skills, programmes, modules, materials and criteria. Rows of plain fields stand in forms_rows.py."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField, VersionedForm
from app.kernel.errors import GaungError
from app.kernel.numbers import chosen_number
from app.learning.programmes import materials, modules, rubric, rules, skill_list
from app.learning.programmes.forms_rows import required_rows, skill_rows, trainer_rows
from app.learning.programmes.materials import MaterialValues
from app.learning.programmes.models import Criterion, Module, ModuleMaterial, Programme, Skill
from app.learning.programmes.modules import MOST_MINUTES, ModuleValues
from app.learning.programmes.rubric import MOST_POINTS, CriterionValues
from app.learning.programmes.rules import ProgrammeValues
from app.learning.programmes.skill_list import SkillValues
from app.learning.programmes.states import SCORES
from app.learning.programmes.wording import MAX_LINK


def number(value: str | int | None) -> int | None:
    return chosen_number(value)


def _text(label: Any, most: int, *, hint: Any = "", rows: int = 0, needed: bool = False) -> Any:
    kind = TextAreaField if rows else StringField
    validators = [InputRequired() if needed else Optional(), Length(max=most)]
    return kind(label, validators, description=hint, render_kw={"rows": rows} if rows else None)


class SkillForm(Form):
    group = _text(_l("Kelompok"), skill_list.LIMITS["group"], needed=True)
    name = _text(_l("Nama keterampilan"), skill_list.LIMITS["name"], needed=True)
    basic = _text(
        _l("Dasar: apa yang bisa dilakukan dengan bantuan"), skill_list.LIMITS["basic"], rows=3, needed=True,
        hint=_l("Mulai dengan yang terlihat dikerjakan, misalnya “Mengisi tabel yang sudah disiapkan”."),
    )  # fmt: skip
    independent = _text(
        _l("Mandiri: apa yang bisa dilakukan sendiri"), skill_list.LIMITS["independent"], rows=3, needed=True
    )
    coaching = _text(
        _l("Mampu melatih: apa yang bisa dilakukan untuk orang lain"), skill_list.LIMITS["coaching"], rows=3,
        needed=True,
    )  # fmt: skip

    def show(self, skill: Skill) -> None:
        for name in SkillValues.__dataclass_fields__:
            self[name].data = getattr(skill, name)

    @property
    def values(self) -> SkillValues:
        return SkillValues(**{name: self[name].data or "" for name in SkillValues.__dataclass_fields__})


class FormWithRows(VersionedForm):
    """A form over a part of a programme, whose `version` it carries; some have rows of plain fields beside them."""

    def refuse(self, error: GaungError) -> None:
        """Refuse as every form does; what is wrong with rows also stands beside them."""
        super().refuse(error)
        if error.field and error.field not in self:
            self.wrong_rows = error.field, sentence(error.sentence)

    def row_errors(self, name: str) -> list[str]:
        """Return why the rows of this name were refused."""
        field, said = getattr(self, "wrong_rows", ("", ""))
        return [said] if field == name else []


class ProgrammeForm(FormWithRows):
    title = _text(
        _l("Nama program"), rules.LIMITS["title"], needed=True, hint=_l("Misalnya “Pelatihan SIED bagi OPD”.")
    )
    summary = _text(
        _l("Tentang program ini"), rules.LIMITS["summary"], rows=5,
        hint=_l("Apa yang dipelajari dan apa hasilnya. Tampil juga di halaman pendaftaran."),
    )  # fmt: skip
    for_whom = _text(_l("Untuk siapa"), rules.LIMITS["for_whom"], hint=_l("Misalnya “Operator SIED di setiap OPD”."))
    organisation_id = SelectField(_l("Penyelenggara"), coerce=number, validators=[InputRequired()])
    min_attendance = IntegerField(
        _l("Kehadiran paling sedikit (persen)"), validators=[InputRequired(), NumberRange(min=0, max=100)]
    )
    min_score = IntegerField(
        _l("Nilai paling rendah"),
        validators=[Optional(), NumberRange(min=0, max=100)],
        description=_l("0 sampai 100. Kosongkan bila nilai tidak disyaratkan."),
    )
    score_from = SelectField(_l("Nilai berasal dari"), validators=[InputRequired()])
    work_share = IntegerField(
        _l("Bagian tugas praktik (persen)"),
        validators=[Optional(), NumberRange(min=0, max=100)],
        description=_l("Hanya dipakai bila nilainya dari tes akhir dan tugas praktik."),
    )
    test_instrument_id = SelectField(
        _l("Soal tes awal dan tes akhir"), coerce=number, validators=[Optional()],
        description=_l("Daftar pertanyaan untuk peserta pelatihan. Bisa juga dipilih nanti pada setiap angkatan."),
    )  # fmt: skip
    post_instrument_id = SelectField(
        _l("Soal tes akhir, bila berbeda"), coerce=number, validators=[Optional()],
        description=_l("Kosongkan bila tes akhir memakai soal yang sama."),
    )  # fmt: skip

    def offer(self, organisers: Iterable[tuple[int, str]], tests: Iterable[tuple[int, str]]) -> None:
        """Fill the choices."""
        offered = list(tests)
        self.organisation_id.choices = [("", _l("Pilih penyelenggara")), *organisers]
        self.score_from.choices = [(str(key), sentence(label)) for key, label in SCORES.items()]
        self.test_instrument_id.choices = [("", _l("Belum dipilih")), *offered]
        self.post_instrument_id.choices = [("", _l("Sama dengan tes awal")), *offered]

    def show(self, programme: Programme) -> None:
        for field in self:
            if hasattr(programme, field.name):
                field.data = getattr(programme, field.name)

    @property
    def values(self) -> ProgrammeValues:
        """What was typed, with the rows. Raises Invalid where a row holds no number."""
        plain = {name: self[name].data for name in ProgrammeValues.__dataclass_fields__ if name in self}
        for name in ("title", "summary", "for_whom"):
            plain[name] = plain[name] or ""
        return ProgrammeValues(**plain, prerequisites=required_rows(), trainers=trainer_rows())


class ModuleForm(FormWithRows):
    title = _text(_l("Judul modul"), modules.LIMITS["title"], needed=True)
    minutes = IntegerField(
        _l("Lama (menit)"), default=120, validators=[InputRequired(), NumberRange(min=1, max=MOST_MINUTES)]
    )
    objectives = _text(
        _l("Tujuan"), modules.LIMITS["objectives"], rows=4,
        hint=_l("Satu baris satu tujuan: sesudah modul ini peserta bisa apa."),
    )  # fmt: skip
    outline = _text(_l("Isi dan jalannya"), modules.LIMITS["outline"], rows=7)

    def show(self, module: Module) -> None:
        for name in ("title", "minutes", "objectives", "outline"):
            self[name].data = getattr(module, name)

    @property
    def values(self) -> ModuleValues:
        """Raises Invalid where a row holds no number."""
        return ModuleValues(
            title=self.title.data or "", objectives=self.objectives.data or "", outline=self.outline.data or "",
            minutes=self.minutes.data, skills=skill_rows(),
        )  # fmt: skip


class MaterialForm(FormWithRows):
    title = _text(_l("Nama bahan"), materials.MAX_TITLE, needed=True, hint=_l("Misalnya “Paparan pertemuan 1”."))
    file = FileField(_l("Berkas"), description=_l("PDF atau gambar, paling besar 20 MB."))
    url = URLField(
        _l("Atau alamat tautan"),
        validators=[Optional(), Length(max=MAX_LINK)],
        description=_l("Diawali https://. Misalnya tautan ke video atau ke penyimpanan kantor."),
    )
    for_trainers = BooleanField(_l("Hanya untuk pelatih; peserta tidak melihatnya"))

    def show(self, material: ModuleMaterial) -> None:
        self.title.data, self.for_trainers.data = material.title, material.for_trainers
        self.url.data = material.url or ""

    @property
    def values(self) -> MaterialValues:
        return MaterialValues(
            title=self.title.data or "",
            url=(self.url.data or "") if "url" in self else "",
            for_trainers=bool(self.for_trainers.data),
        )


class CriterionForm(FormWithRows):
    title = _text(_l("Nama kriteria"), rubric.MAX_TITLE, needed=True, hint=_l("Misalnya “Bisa dipakai tanpa dibantu”."))
    most = IntegerField(
        _l("Nilai terbanyak"), default=4, validators=[InputRequired(), NumberRange(min=1, max=MOST_POINTS)]
    )
    guide = _text(
        _l("Panduan menilai"), rubric.MAX_GUIDE, rows=5,
        hint=_l("Satu baris satu nilai, misalnya “4: berjalan dan dipakai warga; 2: berjalan di komputer sendiri”."),
    )  # fmt: skip

    def show(self, criterion: Criterion) -> None:
        for name in ("title", "most", "guide"):
            self[name].data = getattr(criterion, name)

    @property
    def values(self) -> CriterionValues:
        return CriterionValues(title=self.title.data or "", guide=self.guide.data or "", most=self.most.data)
