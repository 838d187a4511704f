"""The roles and positions in the words of the office, and their rows."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import RoleRow
from app.kernel.roles import Position, Role
from app.kernel.text import T

LABELS: dict[Role, T] = {
    Role.VIEWER: T("Pemantau"),
    Role.CONTRIBUTOR: T("Kontributor"),
    Role.EDITOR: T("Editor"),
    Role.APPROVER: T("Penyetuju"),
    Role.OPD_CONTACT: T("Narahubung OPD"),
    Role.COMMUNITY: T("Anggota KIM"),
    Role.TRAINER: T("Pelatih"),
    Role.ENUMERATOR: T("Petugas survei"),
    Role.ADMIN: T("Admin"),
}

EXPLANATIONS: dict[Role, T] = {
    Role.VIEWER: T("Melihat program, materi, dan hasilnya. Tidak mengubah apa pun."),
    Role.CONTRIBUTOR: T("Menulis konsep materi. Editor yang mengajukannya."),
    Role.EDITOR: T("Menyusun program dan materi, mengajukan persetujuan, mengurus penayangan dan cetakan."),
    Role.APPROVER: T("Menyetujui atau mengembalikan materi sesuai jabatannya."),
    Role.OPD_CONTACT: T("Mewakili OPD pemilik layanan: memeriksa materi tentang layanannya."),
    Role.COMMUNITY: T("Anggota Kelompok Informasi Masyarakat: menayangkan materi di desanya dan mengirim buktinya."),
    Role.TRAINER: T("Mengurus pelatihan dan daftar hadirnya."),
    Role.ENUMERATOR: T("Mengumpulkan jawaban survei di lapangan."),
    Role.ADMIN: T("Mengurus pengguna, organisasi, saluran, dan pengaturan."),
}

POSITIONS: dict[Position, T] = {
    Position.KABID: T("Kepala Bidang"),
    Position.SEKRETARIS: T("Sekretaris"),
    Position.KADIS: T("Kepala Dinas"),
}


def load_roles(session: Session) -> None:
    """Make a row for every role of the kernel, or refresh its description. Running it again changes nothing."""
    rows = {row.name: row for row in session.scalars(select(RoleRow))}
    for role in Role:
        row = rows.get(role.value)
        if row is None:
            row = RoleRow(name=role.value)
            session.add(row)
        row.description = str(EXPLANATIONS[role])
    session.flush()


def role_rows(session: Session, roles: frozenset[Role]) -> list[RoleRow]:
    names = [role.value for role in roles]
    return list(session.scalars(select(RoleRow).where(RoleRow.name.in_(names)).order_by(RoleRow.id)))
