"""Words of the script of the page for interviews; what it shares with Catat Kegiatan is taken from there."""

from collections.abc import Mapping

from app.gatherings.field.words import WORDS
from app.kernel.text import T

SHARED = ("kept", "notKept", "saved", "sent", "problem", "unsent", "unsettled")

SURVEY_WORDS: Mapping[str, T] = {
    **{name: text for name, text in WORDS.items() if name in SHARED or name.startswith(("line.", "waits."))},
    "broken": T(
        "Browser ini menolak menyimpan, jadi wawancara ini belum tersimpan. Kirim langsung bila ada sinyal, atau "
        "ekspor ke berkas."
    ),
    "disputed": T("Jawaban dengan nomor ini sudah ada dengan isi lain; kantor yang memutuskan."),
    "flag.clock": T(
        "Jam di HP ini tidak cocok dengan jam kantor. Jam wawancaranya sudah disesuaikan di kantor; betulkan jam HP "
        "ini."
    ),
    "full": T(
        "Wawancara ini belum tersimpan; jangan tutup halaman ini. Kirim langsung bila ada sinyal, atau ekspor ke "
        "berkas."
    ),
    "choosePlace": T("Pilih tempat"),
    "gone": T(
        "Survei ini tidak lagi terbuka di halaman ini, jadi wawancaranya tidak bisa dibuka. Ekspor ke berkas, lalu "
        "hubungi kantor."
    ),
    "held": T("%(place)s, dimulai %(when)s"),
    "line.another": T("Yang sedang masuk orang lain. Muat ulang halaman ini sebelum mewawancarai."),
    "line.forbidden": T("Akun yang sedang masuk tidak bisa mengirim wawancara."),
    "line.offline": T("Tanpa sinyal. Wawancara tetap tersimpan di perangkat ini."),
    "line.old": T("Halaman ini lebih lama daripada isi perangkat. Muat ulang halaman; wawancara Anda tetap ada."),
    "line.signed_out": T("Anda belum masuk. Wawancara tetap bisa disimpan di sini."),
    "line.straight": T(
        "Browser ini tidak bisa menyimpan di perangkat. Wawancara dikirim langsung sesudah selesai, jadi perlu sinyal."
    ),
    "missing.cell": T("%(group)s: kurang %(count)s"),
    "needPlace": T("Pilih tempatnya."),
    "noneLacking": T("Semua jatah sudah terpenuhi."),
    "notKept": T(
        "Browser ini bisa menghapus wawancara yang lama menunggu bila HP penuh. Kirim segera begitu ada sinyal."
    ),
    "others": T("Wawancara oleh %(name)s"),
    "othersWhy": T("Milik orang lain. Terkirim bila pemiliknya masuk di perangkat ini."),
    "progress": T("%(place)s: %(done)s dari %(target)s"),
    "progress.free": T("%(place)s: %(done)s wawancara"),
    "progress.full": T("%(place)s: %(done)s dari %(target)s, cukup"),
    "progress.whole": T("Seluruh survei: %(done)s dari %(target)s"),
    "savedNow": T("Tersimpan di perangkat. Terkirim sendiri begitu ada sinyal."),
    "sentNow": T("Terkirim langsung ke kantor (kode terima %(receipt)s)."),
    "silent": T("Jangan dibacakan. Tandai yang disebut responden."),
    "silentText": T("Jangan beri contoh. Tulis yang disebut responden."),
    "sureDiscard": T("Wawancara ini belum selesai. Bila dibuang, jawabannya hilang. Buang?"),
    "sureDiscardYes": T("Buang"),
    "sureSent": T("Wawancara ini sudah terkirim dan tetap ada di kantor. Hapus dari daftar di perangkat ini?"),
    "today": T("Hari ini: %(count)s wawancara"),
    "todayWaiting": T("Hari ini: %(count)s wawancara, %(waiting)s belum terkirim"),
    "waits.forbidden": T("Akun yang sedang masuk tidak bisa mengirim wawancara."),
    "waits.signed_out": T("Masuk lagi untuk mengirim. Wawancara ini tetap tersimpan."),
    "waits.slow": T("Sinyal lemah. Dicoba lagi sendiri."),
}
"""%(name)s stands for what the script puts there."""
