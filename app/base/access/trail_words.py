"""What the trail says of the records of access: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "factor.code_used": T("Memakai Kode cadangan"),
    "factor.codes_made": T("Membuat lembar Kode cadangan"),
    "factor.office_code_made": T("Mencetak Kode cadangan untuk seseorang"),
    "factor.passkey_added": T("Memasang sidik jari atau PIN perangkat"),
    "factor.passkey_removed": T("Melepas sidik jari atau PIN perangkat"),
    "factor.phone_added": T("Memasang kode 6 angka dari HP"),
    "factor.phone_removed": T("Melepas kode 6 angka dari HP"),
    "factor.policy_changed": T("Mengubah siapa yang wajib memakai langkah kedua"),
    "factor.refused": T("Menunjukkan langkah kedua yang keliru"),
    "factor.reset": T("Mengatur ulang langkah kedua seseorang"),
    "factor.shown": T("Menunjukkan langkah kedua"),
    "sign_in.all_ended": T("Mengeluarkan pengguna dari semua perangkat"),
    "sign_in.copied": T("Perangkat dikeluarkan: tanda “Ingat saya” dipakai dua kali"),
    "sign_in.ended": T("Mengeluarkan perangkat dari akunnya"),
    "user.account_linked": T("Menghubungkan akun pemerintah"),
    "user.account_unlinked": T("Melepas akun pemerintah"),
    "user.glass_broken": T("Masuk dengan akun darurat"),
    "user.number_set": T("Mencatat nomor pegawai"),
    "user.sign_in_delayed": T("Mencoba masuk terlalu cepat sesudah gagal"),
    "user.sign_in_failed": T("Gagal masuk"),
    "user.signed_in": T("Masuk"),
    "user.signed_out": T("Keluar"),
}
SUBJECTS: dict[str, T] = {}
