"""Open data of what was done: events, posts with their figures, printed matter in place, training, commitments."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import case, exists, extract, func, select
from sqlalchemy.orm import aliased

from app.base.areas.models import Village
from app.base.documents.sheets import Cell, SheetRow
from app.base.people.models import Organisation
from app.evidence.surveys.statistics.publication import LEAST_CELL
from app.gatherings.events.models import Event, EventKind, Headcount, Sex, Tag
from app.gatherings.events.reach import took_place
from app.gatherings.events.states import KINDS as EVENT_KINDS
from app.kernel.text import T
from app.learning.programmes.models import Programme
from app.learning.skills.persons import Parent, opd_id
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.practice import OFFERED
from app.outreach.outlets.kinds import KINDS, PRINT, SOCIAL
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.printing.letters import KIND_NAMES
from app.outreach.printing.models import PieceKind, PrintPiece, Proof, ProofVillage
from app.outreach.publishing.figures import LABELS
from app.outreach.publishing.measuring import NAMES
from app.outreach.publishing.models import Delivery, DeliveryStatus, Measurement, MeasureState
from app.oversight.commitments.models import Clause, ClauseStatus, Commitment, CommitmentKind
from app.oversight.commitments.models import Evidence as ClauseEvidence
from app.oversight.recaps.open_places import CAMPAIGN, DISTRICT, VILLAGE
from app.oversight.recaps.open_set import ExportScope, Field, Resource

AT_ONCE = 1000
TAKEN, LATER, NEVER = "ada", "belum", "tidak_diambil"
FIGURES = {
    TAKEN: T("sudah diambil dari platform"),
    LATER: T("belum waktunya diambil"),
    NEVER: T("tidak diambil: saluran tanpa angka, terlewat, atau sudah dihapus"),
}
DIMENSION = Field("dimensi", "string", T("Dimensi smart city, misalnya smart-governance."))
COUNTS = {"views": "ditampilkan", "reach": "akun_terjangkau", "reactions": "reaksi", "comments": "komentar",
          "shares": "dibagikan", "saves": "disimpan", "clicks": "klik"}  # fmt: skip
SIMULATED = Field("simulasi", "boolean", T("Data latihan; di kumpulan yang bukan latihan selalu false."), required=True)
OF_CAMPAIGN = Field("id_program", "integer", T("Programnya."), refers=CAMPAIGN)
COMMITMENT_KINDS = {
    CommitmentKind.REGULATION: T("peraturan"), CommitmentKind.DECREE: T("surat keputusan"),
    CommitmentKind.MEMORANDUM: T("nota kesepahaman (MoU)"), CommitmentKind.COOPERATION: T("perjanjian kerja sama"),
    CommitmentKind.OTHER: T("lainnya"),
}  # fmt: skip
CLAUSE_STATES = {
    ClauseStatus.NOT_STARTED: T("belum mulai"), ClauseStatus.RUNNING: T("berjalan"), ClauseStatus.DONE: T("selesai"),
    ClauseStatus.STOPPED: T("dihentikan"),
}  # fmt: skip


def _events(making: ExportScope) -> Iterator[SheetRow]:
    sexes = select(
        Headcount.event_id,
        *(func.sum(case((Headcount.sex == sex, Headcount.people), else_=0)).label(f"sex_{sex}") for sex in Sex),
    )
    counted = sexes.group_by(Headcount.event_id).subquery()
    query: Any = (
        select(Event, Organisation.name, Village.district_code, counted.c.sex_f, counted.c.sex_m, counted.c.sex_u)
        .join(Organisation, Organisation.id == Event.organisation_id)
        .outerjoin(Village, Village.code == Event.village_code)
        .outerjoin(counted, counted.c.event_id == Event.id)
        .where(took_place(making.now, practice=making.practice))
        .order_by(Event.starts_at, Event.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for event, organiser, district, women, men, unknown in making.session.execute(query):
        by_sex = _parted(event.people, women, men, unknown)
        yield (
            event.code, making.day(event.starts_at), event.kind, event.title if event.announced_at else None,
            organiser, event.village_code, district, event.campaign_id, event.dimension_key,
            " ".join(sorted(str(one.tag) for one in event.tags)), event.people, *by_sex,
        )  # fmt: skip


def _parted(people: int | None, women: int | None, men: int | None, unknown: int | None) -> tuple[Cell, Cell]:
    """Women and men; neither where some group is of so few that it tells of single persons, or not everybody was
    told apart."""
    if women is None or men is None or unknown or women + men != people:
        return None, None
    return (None, None) if any(0 < count < LEAST_CELL for count in (women, men)) else (women, men)


def _posts(making: ExportScope) -> Iterator[SheetRow]:
    due = aliased(Measurement)
    pending = exists().where(due.delivery_id == Delivery.id, due.state == MeasureState.DUE)
    query: Any = (
        select(Delivery, Post.title, Post.campaign_id, Outlet, Measurement, pending)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .outerjoin(Measurement, (Measurement.delivery_id == Delivery.id) & Measurement.latest)
        .where(Delivery.status == DeliveryStatus.SENT, Delivery.removed_at.is_(None), Outlet.kind.not_in(PRINT))
        .order_by(Delivery.sent_at, Delivery.id)
        .execution_options(yield_per=AT_ONCE)
    )
    if not making.practice:
        query = query.where(Outlet.practice.is_(False))
    for delivery, title, campaign_id, outlet, figures, waits in making.session.execute(query):
        counts = [getattr(figures, name) if figures else None for name in NAMES]
        blank = [COUNTS[name] for name, count in zip(NAMES, counts, strict=True) if figures and count is None]
        yield (
            delivery.id, making.day(delivery.sent_at), title, outlet.kind,
            (outlet.handle or "").lstrip("@") if outlet.kind in SOCIAL else None, campaign_id, delivery.remote_url,
            TAKEN if figures else LATER if waits else NEVER, making.day(figures.taken_at) if figures else None,
            figures.age if figures else None, *counts, " ".join(blank), outlet.practice,
        )  # fmt: skip


def _prints(making: ExportScope) -> Iterator[SheetRow]:
    spread = select(ProofVillage.proof_id, func.count().label("villages")).group_by(ProofVillage.proof_id).subquery()
    query: Any = (
        select(Proof.id, ProofVillage.village_code, Proof.placed_on, PrintPiece.kind, PrintPiece.title,
               PrintPiece.campaign_id, Proof.copies, spread.c.villages)
        .join(ProofVillage, ProofVillage.proof_id == Proof.id)
        .join(spread, spread.c.proof_id == Proof.id)
        .join(PrintPiece, PrintPiece.id == Proof.piece_id)
        .where(Proof.withdrawn_at.is_(None))
        .order_by(Proof.placed_on, Proof.id, ProofVillage.village_code)
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip
    for row in making.session.execute(query):
        yield tuple(row)


def _training(making: ExportScope) -> Iterator[SheetRow]:
    year = extract("year", Batch.starts_on).label("year")
    opd = opd_id().label("opd")
    query: Any = (
        select(year, Programme.id, Programme.title, opd, Batch.simulated, func.count(Enrolment.id))
        .select_from(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Programme, Programme.id == Batch.programme_id)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .outerjoin(Parent, Parent.id == Organisation.parent_id)
        .where(Enrolment.status == EnrolmentStatus.ACCEPTED, Batch.status.in_(OFFERED))
        .group_by(year, Programme.id, Programme.title, opd, Batch.simulated)
        .order_by(year, Programme.id, opd)
    )
    if not making.practice:
        query = query.where(Batch.simulated.is_(False))
    names = dict(making.session.execute(select(Organisation.id, Organisation.name)).tuples().all())
    for began, programme_id, title, opd_key, simulated, places in making.session.execute(query):
        few = places < LEAST_CELL
        yield (int(began), programme_id, title, opd_key or 0, names.get(opd_key), None if few else places, few,
               simulated)  # fmt: skip


def _commitments(making: ExportScope) -> Iterator[SheetRow]:
    shown = (
        select(func.count())
        .where(ClauseEvidence.clause_id == Clause.id, ClauseEvidence.removed_at.is_(None))
        .correlate(Clause)
        .scalar_subquery()
    )
    query: Any = (
        select(Clause, Commitment, Organisation.name, shown)
        .join(Commitment, Commitment.id == Clause.commitment_id)
        .outerjoin(Organisation, Organisation.id == Clause.organisation_id)
        .where(Clause.removed_at.is_(None), Commitment.removed_at.is_(None))
        .order_by(Commitment.id, Clause.position, Clause.id)
    )
    for clause, one, owner, evidence in making.session.execute(query):
        yield (
            clause.id, one.kind, one.number, one.title, one.signed_on, one.ends_on, clause.number, clause.text, owner,
            clause.due_on, clause.status, evidence,
        )  # fmt: skip


EVENTS = Resource(
    "kegiatan", T("Kegiatan yang berlangsung"),
    T("Kegiatan yang benar-benar berlangsung; rencana dan yang dibatalkan tidak ada di sini. Tanpa nama orang."),
    ["kode_kegiatan"],
    [
        Field("kode_kegiatan", "string", T("Kode kegiatan di aplikasi."), required=True),
        Field("tanggal", "date", T("Hari mulai, menurut waktu setempat."), required=True),
        Field("jenis", "string", T("Jenis kegiatan."), required=True,
              choices={str(one): EVENT_KINDS[one] for one in EventKind}),
        Field("judul", "string", T("Hanya bila kegiatannya pernah diumumkan ke umum.")),
        Field("penyelenggara", "string", T("Organisasi atau KIM penyelenggara."), required=True),
        Field("kode_desa", "string", T("Desa tempatnya; kosong bila daring atau belum dicatat."), refers=VILLAGE),
        Field("kode_kecamatan", "string", T("Kecamatan tempatnya."), refers=DISTRICT),
        OF_CAMPAIGN,
        DIMENSION,
        Field("adinda", "string", T(f"Unsur ADINDA, dipisahkan spasi: {', '.join(Tag)}.")),
        Field("peserta", "integer", T("Jumlah yang hadir; kosong bila tidak dihitung.")),
        Field("perempuan", "integer", T("Kosong bila tidak semua dicatat jenis kelaminnya, atau bila salah satu "
                                        "kelompok hanya 1 sampai 4 orang.")),
        Field("laki_laki", "integer", T("Seperti kolom perempuan.")),
    ],
    _events,
)  # fmt: skip
POSTS = Resource(
    "unggahan", T("Unggahan yang terbit"),
    T("Satu baris untuk tiap unggahan di tiap saluran, dengan angka terakhir dari platform. Angka dua platform adalah "
      "dua hal yang berbeda: jangan dijumlahkan menjadi orang."),
    ["id_tayang"],
    [
        Field("id_tayang", "integer", T("Nomor penayangan di aplikasi."), required=True),
        Field("tanggal", "date", T("Hari terbit, menurut waktu setempat."), required=True),
        Field("judul", "string", T("Judul materi."), required=True),
        Field("platform", "string", T("Jenis salurannya."), required=True,
              choices={key: kind.open_data for key, kind in KINDS.items() if key not in PRINT}),
        Field("akun", "string", T("Nama akun resmi di media sosial, tanpa @.")),
        OF_CAMPAIGN,
        Field("tautan", "string", T("Alamat unggahannya.")),
        Field("keadaan_angka", "string", T("Apakah angkanya ada."), required=True, choices=FIGURES),
        Field("angka_per", "date", T("Hari angkanya diambil.")),
        Field("umur_jam", "integer", T("Berapa jam sesudah terbit.")),
        *(Field(COUNTS[name], "integer", T(f"{LABELS[name]}. Kosong: tidak diberikan platform.")) for name in NAMES),
        Field("tidak_diberikan", "string", T("Kolom angka yang tidak diberikan platform, dipisahkan spasi.")),
        SIMULATED,
    ],
    _posts,
)  # fmt: skip
PRINTS = Resource(
    "cetakan", T("Cetakan terbukti terpasang"),
    T("Satu baris untuk tiap bukti di tiap desa. Yang hanya dipesan tidak ada di sini."), ["id_bukti", "kode_desa"],
    [
        Field("id_bukti", "integer", T("Nomor bukti di aplikasi."), required=True),
        Field("kode_desa", "string", T("Desa tempat terpasangnya."), required=True, refers=VILLAGE),
        Field("tanggal", "date", T("Hari terpasang."), required=True),
        Field("jenis", "string", T("Jenis cetakan."), required=True,
              choices={str(one): KIND_NAMES[one] for one in PieceKind}),
        Field("judul", "string", T("Judul cetakan."), required=True),
        OF_CAMPAIGN,
        Field("lembar_bukti", "integer", T("Lembar pada bukti ini seluruhnya, untuk semua desanya: jumlahkan sekali "
                                           "saja untuk tiap id_bukti."), required=True),
        Field("desa_bukti", "integer", T("Berapa desa pada bukti ini."), required=True),
    ],
    _prints,
)  # fmt: skip
TRAINING = Resource(
    "pelatihan", T("Tempat pelatihan menurut OPD"),
    T("Peserta yang diterima, menurut tahun mulai, program pelatihan, dan OPD asal."),
    ["tahun", "id_pelatihan", "id_opd", "simulasi"],
    [
        Field("tahun", "year", T("Tahun angkatannya mulai."), required=True),
        Field("id_pelatihan", "integer", T("Nomor program pelatihan di aplikasi."), required=True),
        Field("pelatihan", "string", T("Nama program pelatihan."), required=True),
        Field("id_opd", "integer", T("Nomor OPD di aplikasi; 0 untuk yang bukan dari OPD."), required=True),
        Field("opd", "string", T("Nama OPD.")),
        Field("tempat", "integer", T("Tempat yang terisi; kosong bila 1 sampai 4.")),
        Field("kurang_dari_5", "boolean", T("true: terisi 1 sampai 4, angkanya tidak ditampilkan."), required=True),
        SIMULATED,
    ],
    _training,
)  # fmt: skip
COMMITMENTS = Resource(
    "komitmen", T("Komitmen dan keadaannya"),
    T("Pasal dan butir peraturan, keputusan, dan perjanjian, dengan keadaannya menurut catatan terakhir."),
    ["id_butir"],
    [
        Field("id_butir", "integer", T("Nomor butir di aplikasi."), required=True),
        Field("jenis", "string", T("Jenis dokumennya."), required=True,
              choices={str(key): word for key, word in COMMITMENT_KINDS.items()}),
        Field("nomor_dokumen", "string", T("Nomor dokumennya.")),
        Field("dokumen", "string", T("Judul dokumennya."), required=True),
        Field("ditandatangani", "date", T("Hari ditandatangani.")),
        Field("berakhir", "date", T("Hari berakhirnya.")),
        Field("nomor_butir", "string", T("Pasal atau nomornya.")),
        Field("isi", "string", T("Isi butirnya."), required=True),
        Field("opd", "string", T("OPD penanggung jawab; kosong bila belum ditetapkan.")),
        Field("tenggat", "date", T("Kapan harus selesai.")),
        Field("keadaan", "string", T("Kosong: belum dicatat."),
              choices={str(key): word for key, word in CLAUSE_STATES.items()}),
        Field("bukti", "integer", T("Banyaknya bukti yang dicatat."), required=True),
    ],
    _commitments,
)  # fmt: skip
ACTS = [EVENTS, POSTS, PRINTS, TRAINING, COMMITMENTS]
