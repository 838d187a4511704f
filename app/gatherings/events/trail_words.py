"""What the trail says of the records of events: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "event.announced": T("Mengumumkan kegiatan"),
    "event.cancelled": T("Membatalkan kegiatan"),
    "event.copied": T("Menyalin kegiatan"),
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
    "event.registration_link_renewed": T("Mengganti tautan sebuah pendaftaran"),
    "event.registrations_accepted": T("Menerima pendaftaran yang datang beruntun"),
    "event.registrations_discarded": T("Membatalkan pendaftaran yang datang beruntun"),
    "event.registrations_exported": T("Mengunduh daftar pendaftaran dengan data pribadi"),
}
SUBJECTS: dict[str, T] = {
    "events": T("Kegiatan"),
}
