"""The faults on the way to a provider and back, in words: what happened, and what helps."""

from app.kernel.text import T

WORDS: dict[str, T] = {
    "down": T("%(label)s sedang tidak bisa dihubungi atau terlalu lama menjawab."),
    "denied": T("Anda membatalkan, atau %(label)s tidak mengizinkan Anda masuk lewat sana."),
    "refused": T("%(label)s menolak permintaan masuk ini."),
    "state": T(
        "Jawaban dari %(label)s tidak cocok dengan permintaan dari peramban ini, atau sudah lewat 15 menit. "
        "Mulai lagi dari tombolnya."
    ),
    "code_used": T("Jawaban dari %(label)s sudah pernah dipakai atau sudah kedaluwarsa. Mulai lagi dari tombolnya."),
    "expired": T("Jawaban dari %(label)s sudah kedaluwarsa. Mulai lagi dari tombolnya."),
    "clocks": T("Jam di server %(label)s dan di server ini berbeda jauh. Beri tahu admin kantor."),
    "other_issuer": T("Jawaban ini bukan dari %(label)s. Jangan dilanjutkan, dan beri tahu admin kantor."),
    "other_audience": T("Jawaban dari %(label)s ditujukan untuk aplikasi lain. Beri tahu admin kantor."),
    "nonce": T("Jawaban dari %(label)s bukan untuk permintaan ini. Mulai lagi dari tombolnya."),
    "bad_signature": T(
        "Tanda tangan pada jawaban %(label)s tidak sah. Jangan dilanjutkan, dan beri tahu admin kantor."
    ),
    "unreadable": T("Jawaban dari %(label)s tidak bisa dibaca. Beri tahu admin kantor."),
    "no_subject": T("%(label)s tidak menyebut siapa Anda. Beri tahu admin kantor."),
    "no_email": T("%(label)s tidak menyebut alamat surel Anda, jadi akun Anda di sini tidak bisa dikenali."),
    "email_unverified": T(
        "Alamat surel Anda di %(label)s belum diperiksa di sana, jadi belum bisa dipakai untuk mengenali Anda."
    ),
    "no_number": T("%(label)s tidak menyebut nomor pegawai Anda, jadi akun Anda di sini tidak bisa dikenali."),
    "unknown": T(
        "Akun %(label)s ini belum terhubung ke akun mana pun di sini. Masuklah dengan kata sandi, lalu tekan "
        "“Hubungkan akun” di halaman Akun saya, atau minta admin kantor."
    ),
    "closed": T("Akun Anda di sini sudah dinonaktifkan. Tanyakan kepada admin kantor."),
    "taken": T("Akun %(label)s ini sudah terhubung ke akun orang lain di sini. Beri tahu admin kantor."),
    "other_account": T(
        "Akun Anda di sini sudah terhubung ke akun %(label)s yang lain. Lepaskan dahulu yang lama di halaman Akun saya."
    ),
    "no_role_left": T("%(label)s tidak lagi menyebut peran Anda. Tanyakan kepada admin kantor."),
    "other_person": T("Anda keluar atau berganti akun di tengah jalan. Masuk lagi, lalu hubungkan akun sekali lagi."),
}
"""By ProviderFault.kind."""

OURS = frozenset({"unknown", "closed", "taken", "other_account", "no_role_left", "other_person", "denied", "state"})
"""Kinds that say nothing of the provider's health: the answer is 403, the others 502."""
