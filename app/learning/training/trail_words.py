"""What the trail says of the records of training: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "batch.cancelled": T("Membatalkan angkatan pelatihan"),
    "batch.copied": T("Menyalin angkatan pelatihan"),
    "batch.edited": T("Mengubah angkatan pelatihan"),
    "batch.finished": T("Menyelesaikan angkatan pelatihan"),
    "batch.opened": T("Membuka angkatan pelatihan"),
    "batch.planned": T("Merencanakan angkatan pelatihan"),
    "batch.registration_closed": T("Menutup pendaftaran angkatan"),
    "batch.reopened": T("Membuka lagi pendaftaran angkatan"),
    "batch.session_added": T("Menambah pertemuan"),
    "batch.taken_up": T("Membuka kembali angkatan yang sudah selesai"),
    "training.account_connected": T("Menghubungkan halaman peserta dengan akun"),
    "training.account_disconnected": T("Melepaskan halaman peserta dari akun"),
    "training.attendance_matched": T("Mencocokkan orang yang hadir dengan peserta"),
    "training.contact_erased": T("Menghapus kontak peserta pelatihan yang sudah lama selesai"),
    "training.decided": T("Memutuskan pendaftaran pelatihan"),
    "training.enrolled": T("Menambah peserta pelatihan"),
    "training.link_sent": T("Mengirim ulang tautan halaman peserta"),
    "training.nominated": T("Mencatat usulan peserta dari OPD"),
    "training.participant_edited": T("Mengubah data peserta pelatihan"),
    "training.participants_exported": T("Mengunduh daftar peserta dengan data pribadi"),
    "training.points_given": T("Memberi nilai seleksi"),
    "training.trainee_erased": T("Menghapus data pribadi peserta pelatihan"),
    "training.withdrawn": T("Membatalkan keikutsertaan sendiri"),
}
SUBJECTS: dict[str, T] = {
    "trainees": T("Peserta pelatihan"),
    "training_batches": T("Angkatan pelatihan"),
    "training_enrolments": T("Pendaftaran pelatihan"),
}
