"""Words of the page's script, by the names that frontend/src/field/words.js knows them by."""

from collections.abc import Mapping

from app.kernel.text import T

WORDS: Mapping[str, T] = {
    "ahead": T("Tanggalnya belum tiba menurut HP ini. Perbaiki bila salah."),
    "broken": T(
        "Browser ini menolak menyimpan, jadi catatan belum tersimpan. Kirim "
        "langsung bila ada sinyal, atau ekspor ke berkas."
    ),
    "changing": T("Mengubah catatan “%(title)s”."),
    "flag.clock": T("Jam di HP ini tidak cocok dengan jam kantor. Betulkan jamnya, lalu periksa tanggal kegiatan ini."),
    "flag.future": T("Tanggal kegiatan ini belum tiba waktu kantor menerimanya. Perbaiki bila salah."),
    "full": T(
        "Catatan ini belum tersimpan; jangan tutup halaman ini. Kirim langsung bila ada sinyal, atau ekspor ke berkas."
    ),
    "fullChange": T(
        "Perubahan catatan yang sudah terkirim hanya bisa disimpan dulu di HP. Kosongkan ruang, lalu simpan lagi, atau "
        "ekspor ke berkas."
    ),
    "kept": T("Browser ini berjanji tidak menghapus catatan yang menunggu."),
    "line.another": T("Yang sedang masuk orang lain. Muat ulang halaman ini sebelum mencatat."),
    "line.forbidden": T("Akun yang sedang masuk tidak bisa mengirim catatan."),
    "line.offline": T("Tanpa sinyal. Catatan tetap tersimpan di perangkat ini."),
    "line.old": T("Halaman ini lebih lama daripada catatan di perangkat. Muat ulang halaman; catatan Anda tetap ada."),
    "line.online": T("Ada sinyal."),
    "line.sending": T("Sedang mengirim…"),
    "line.signed_out": T("Anda belum masuk. Catatan tetap bisa disimpan di sini."),
    "line.slow": T("Sinyal lemah. Dicoba lagi sendiri, dengan foto yang lebih kecil."),
    "line.straight": T("Browser ini tidak bisa menyimpan di perangkat. Catatan dikirim langsung, jadi perlu sinyal."),
    "line.trying": T("Mencari sinyal…"),
    "line.trouble": T("Sinyal ada, tetapi kantor belum menjawab. Dicoba lagi sendiri."),
    "nameless": T("Kegiatan yang direncanakan"),
    "need.ahead": T("Tanggalnya belum tiba. Periksa tanggalnya."),
    "need.consent": T("Centang persetujuan, atau hapus fotonya."),
    "need.date": T("Pilih tanggalnya."),
    "need.end": T("Jam selesai lebih awal daripada jam mulai."),
    "need.number": T("Isi dengan angka bulat."),
    "need.organisation_id": T("Pilih kelompoknya."),
    "need.start": T("Isi jam mulai."),
    "need.title": T("Tulis kegiatan apa."),
    "need.village_code": T("Pilih desanya, atau tulis tempatnya."),
    "noPhotos": T(
        "Penyimpanan HP penuh: tulisannya tersimpan, fotonya tidak. Kosongkan ruang, lalu tambahkan fotonya lagi."
    ),
    "noPicture": T("Berkas ini tidak bisa dibuka sebagai foto. Pilih foto JPG atau PNG."),
    "notKept": T(
        "Browser ini bisa menghapus catatan yang lama menunggu bila HP penuh. Kirim segera begitu ada sinyal."
    ),
    "others": T("Catatan milik %(name)s"),
    "othersWhy": T("Milik orang lain. Terkirim bila pemiliknya masuk di perangkat ini."),
    "people": T("%(count)s orang"),
    "photoGone": T(
        "Foto dari catatan ini tidak ada lagi di perangkat ini. Kirim tanpa foto itu, atau buka catatannya dan "
        "tambahkan lagi fotonya."
    ),
    "photos": T("%(count)s foto"),
    "problem": T("Perlu diperiksa"),
    "questions": T("%(count)s pertanyaan"),
    "saved": T("Tersimpan di perangkat"),
    "savedNow": T("Tersimpan di perangkat. Terkirim sendiri begitu ada sinyal."),
    "sent": T("Terkirim (kode terima %(receipt)s)"),
    "sum": T("Jumlah: %(count)s orang"),
    "sureAhead": T("Tanggalnya belum tiba: %(date)s. Benar?"),
    "sureAheadYes": T("Benar, simpan"),
    "sureSent": T("Catatan ini sudah terkirim dan tetap ada di kantor. Hapus dari perangkat ini?"),
    "sureUnsent": T("Catatan ini belum terkirim. Bila dihapus, isinya hilang dan tidak bisa dikembalikan. Hapus?"),
    "tooLarge": T("Foto ini lebih dari 20 MB dan tidak bisa diperkecil di HP ini. Pilih foto lain."),
    "tooMany": T("Paling banyak %(most)s foto. Sisanya tidak ditambahkan."),
    "twins": T("Mungkin kegiatan ini sudah dicatat di catatan lain kelompok Anda. Kantor akan memeriksanya."),
    "unsent": T("%(count)s belum terkirim"),
    "unsettled": T("%(count)s perlu diperiksa"),
    "waits.busy": T("Sedang dikirim."),
    "waits.done": T("Sebentar lagi terkirim."),
    "waits.forbidden": T("Akun yang sedang masuk tidak bisa mengirim catatan."),
    "waits.offline": T("Menunggu sinyal, lalu terkirim sendiri."),
    "waits.signed_out": T("Masuk lagi untuk mengirim. Catatan ini tetap tersimpan."),
    "waits.slow": T("Sinyal lemah: fotonya belum sampai. Dicoba lagi sendiri, dengan foto yang lebih kecil."),
    "waits.trying": T("Mencari sinyal…"),
    "waits.trouble": T("Kantor belum bisa menerima. Dicoba lagi sendiri."),
}
"""%(name)s stands for what the script puts there."""
