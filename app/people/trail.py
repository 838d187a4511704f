"""What stands in the audit trail, as sentences. A test finds actions that have none."""

from typing import Any

from app.kernel.audit import AuditEntry
from app.kernel.text import T

SUBJECTS: dict[str, T] = {
    "approval_policies": T("Alur persetujuan"),
    "campaigns": T("Program Sosialisasi"),
    "connectivity": T("Catatan jaringan desa"),
    "delegations": T("Delegasi"),
    "aspirations": T("Aspirasi warga"),
    "deliveries": T("Penayangan"),
    "districts": T("Kecamatan"),
    "events": T("Kegiatan"),
    "groups": T("KIM atau komunitas"),
    "organisations": T("Organisasi"),
    "outlets": T("Saluran"),
    "posts": T("Materi"),
    "print_orders": T("Pesanan cetak"),
    "print_pieces": T("Cetakan"),
    "proofs": T("Bukti terpasang"),
    "services": T("Layanan"),
    "users": T("Pengguna"),
}
"""By the table of the record."""

ACTIONS: dict[str, T] = {
    "aspiration.answered": T("Menjawab aspirasi warga"),
    "aspiration.closed": T("Menutup aspirasi warga tanpa jawaban"),
    "aspiration.routed": T("Meneruskan aspirasi warga ke OPD"),
    "aspiration.told_back": T("Menandai jawaban sudah disampaikan ke warga"),
    "campaigns.add_goal": T("Menambah sasaran"),
    "campaigns.edit": T("Mengubah program"),
    "campaigns.edit_goal": T("Mengubah sasaran"),
    "campaigns.move_status": T("Mengubah status program"),
    "campaigns.plan": T("Membuat program"),
    "campaigns.remove_goal": T("Menghapus sasaran"),
    "campaigns.remove_spending": T("Menghapus catatan belanja"),
    "campaigns.set_key_messages": T("Mengubah pesan kunci"),
    "campaigns.spend": T("Mencatat belanja"),
    "connectivity.recorded": T("Mencatat keadaan jaringan"),
    "connectivity.removed": T("Menghapus catatan jaringan"),
    "delegation.made": T("Mencatat delegasi"),
    "delegation.revoked": T("Mencabut delegasi"),
    "deliveries.cancel": T("Membatalkan penayangan"),
    "deliveries.confirm_sent": T("Menyatakan sudah terbit"),
    "deliveries.hold": T("Menahan penayangan"),
    "deliveries.release": T("Melepas penayangan yang ditahan"),
    "deliveries.retry": T("Mencoba penayangan lagi"),
    "district.population": T("Mencatat jumlah penduduk"),
    "event.announced": T("Mengumumkan kegiatan"),
    "event.attendance_exported": T("Mengunduh daftar hadir dengan nama"),
    "event.attendance_removed": T("Membatalkan catatan hadir"),
    "event.cancelled": T("Membatalkan kegiatan"),
    "event.copied": T("Menyalin kegiatan"),
    "event.counted": T("Mencatat jumlah peserta"),
    "event.edited": T("Mengubah kegiatan"),
    "event.held": T("Menandai kegiatan terlaksana"),
    "event.moved": T("Memindahkan kegiatan"),
    "event.not_held": T("Mencabut tanda terlaksana"),
    "event.personal_data_erased": T("Menghapus data pribadi peserta yang habis masa simpannya"),
    "event.photo_removed": T("Menghapus foto kegiatan"),
    "event.photos_added": T("Menambah foto kegiatan"),
    "event.planned": T("Merencanakan kegiatan"),
    "event.registration_added": T("Menambah orang pada pendaftaran"),
    "event.registration_cancelled": T("Membatalkan pendaftaran seseorang"),
    "event.registration_erased": T("Menghapus data pendaftaran atas permintaan orangnya"),
    "event.registrations_exported": T("Mengunduh daftar pendaftaran dengan data pribadi"),
    "event.sheet_keyed": T("Menyalin lembar daftar hadir"),
    "kit.import": T("Membuat program dari Paket Materi"),
    "order.cancel": T("Membatalkan pesanan cetak"),
    "order.confirm": T("Mencatat jawaban atas pesanan cetak"),
    "order.sent": T("Mengirim pesanan cetak"),
    "organisation.added": T("Menambah organisasi"),
    "organisation.edited": T("Mengubah organisasi"),
    "outlet.added": T("Menambah saluran"),
    "outlet.connected": T("Menghubungkan akun saluran"),
    "outlet.deactivated": T("Mengistirahatkan saluran"),
    "outlet.disconnected": T("Memutus akun saluran"),
    "outlet.edited": T("Mengubah saluran"),
    "outlet.needs_sign_in": T("Menandai akun perlu dihubungkan ulang"),
    "outlet.reactivated": T("Memakai saluran lagi"),
    "outlet.tested": T("Menguji sambungan saluran"),
    "piece.draft": T("Membuat cetakan"),
    "piece.edit": T("Mengubah cetakan"),
    "piece.refresh": T("Memperbarui nama program dan dinas pada cetakan"),
    "policy.set": T("Mengatur alur persetujuan"),
    "post.approved": T("Menyetujui materi"),
    "post.cancelled": T("Membatalkan materi"),
    "post.drafted": T("Menulis konsep materi"),
    "post.edited": T("Mengubah materi"),
    "post.filled": T("Melengkapi isian materi"),
    "post.piece_changed": T("Cetakan pada materi berubah"),
    "post.rescheduled": T("Mengubah jadwal materi"),
    "post.returned": T("Mengembalikan materi"),
    "post.submitted": T("Mengajukan materi"),
    "post.withdrawn": T("Menarik materi"),
    "proof.record": T("Mencatat bukti terpasang"),
    "proof.withdraw": T("Menarik bukti terpasang"),
    "record.changed": T("Mengubah catatan kegiatan dari HP"),
    "report.merged": T("Menggabung catatan kegiatan yang sama"),
    "report.not_twins": T("Menandai dua kegiatan yang berbeda"),
    "report.reopened": T("Membuka lagi laporan kegiatan yang sudah diperiksa"),
    "report.returned": T("Mengembalikan laporan kegiatan"),
    "report.submitted": T("Menyerahkan laporan kegiatan"),
    "report.unmerged": T("Memisahkan catatan kegiatan yang digabung"),
    "report.verified": T("Memeriksa laporan kegiatan"),
    "service.added": T("Menambah layanan"),
    "service.edited": T("Mengubah layanan"),
    "user.contact_changed": T("Mengganti kontaknya sendiri"),
    "user.deactivated": T("Menonaktifkan akun"),
    "user.edited": T("Mengubah data pengguna"),
    "user.exported": T("Mengunduh daftar pengguna dengan data pribadi"),
    "user.granted": T("Mengubah peran pengguna"),
    "user.invited": T("Membuat akun"),
    "user.password_changed": T("Mengganti kata sandinya sendiri"),
    "user.password_reset": T("Membuat kata sandi sekali pakai"),
    "user.reactivated": T("Mengaktifkan akun lagi"),
}
"""By the action, or by the record's table and the action where the action alone does not say what."""

FIELDS: dict[str, T] = {
    "active": T("aktif"),
    "address": T("alamat"),
    "as_of": T("keadaan per"),
    "decree": T("surat perintah"),
    "description": T("keterangan"),
    "dimension": T("dimensi"),
    "email": T("surel"),
    "ends_on": T("hari terakhir"),
    "from_user_id": T("yang digantikan (nomor)"),
    "key": T("sebutan di paket"),
    "kind": T("jenis"),
    "name": T("nama"),
    "organisation_id": T("organisasi (nomor)"),
    "owner_id": T("OPD pemilik (nomor)"),
    "parent_id": T("bagian dari OPD (nomor)"),
    "phone": T("telepon"),
    "position": T("jabatan"),
    "roles": T("peran"),
    "short_name": T("nama pendek"),
    "starts_on": T("hari pertama"),
    "status": T("keadaan"),
    "title": T("judul atau sebutan jabatan"),
    "to_user_id": T("pengganti (nomor)"),
    "username": T("nama pengguna"),
    "village_code": T("kode desa"),
}
"""What is kept before and after; a name that is not here is shown as it is."""


def action_label(entry: AuditEntry) -> T | str:
    return ACTIONS.get(entry.action) or ACTIONS.get(f"{entry.subject_kind}.{entry.action}") or entry.action


def subject_label(kind: str) -> T | str:
    return SUBJECTS.get(kind, kind)


def field_label(name: str) -> T | str:
    return FIELDS.get(name, name.replace("_", " "))


def trail_value(value: Any) -> T | str:
    """A value of an entry in words."""
    if value is None or value == "":
        return T("kosong")
    if isinstance(value, bool):
        return T("ya") if value else T("tidak")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
