"""Words for somebody whose session ended: why, in words that worry nobody without need."""

from flask_babel import gettext as _

from app.base.access.ending import EndReason
from app.base.access.sessions import EndedSession
from app.base.web.formats import local


def ended_words(ended: EndedSession | None) -> str | None:
    """Return the sentence for the sign-in page; None where nobody was signed in here, or who was signed out
    themself."""
    if ended is None or ended.why is EndReason.SIGNED_OUT:
        return None
    if ended.why is EndReason.IDLE and ended.shared:
        return _("Anda dikeluarkan karena komputer bersama ini 20 menit tidak dipakai. Silakan masuk lagi.")
    when = local(ended.at) if ended.at else ""
    said = {
        EndReason.ELSEWHERE: _(
            "Akun ini dikeluarkan dari perangkat ini pada %(when)s, lewat perangkat lain. Kalau bukan Anda yang "
            "melakukannya, masuk lalu ganti kata sandi.",
            when=when,
        ),
        EndReason.OFFICE: _(
            "Admin kantor mengeluarkan akun ini dari semua perangkat pada %(when)s. Silakan masuk lagi.", when=when
        ),
        EndReason.PASSWORD: _(
            "Kata sandi akun ini diganti pada %(when)s. Masuk dengan kata sandi yang baru.", when=when
        ),
        EndReason.CHANGED: _("Kata sandi akun ini sudah diganti atau akunnya ditutup. Tanyakan kepada admin kantor."),
        EndReason.COPIED: _(
            "Demi keamanan akun ini dikeluarkan: tanda “Ingat saya” dari perangkat ini dipakai dua kali, jadi mungkin "
            "ada yang menyalinnya. Silakan masuk lagi, lalu ganti kata sandi."
        ),
    }
    return said.get(ended.why) or _("Sesi Anda sudah berakhir karena lama tidak dipakai. Silakan masuk lagi.")
