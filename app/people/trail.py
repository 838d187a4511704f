"""What stands in the audit trail, as sentences. A test finds actions that have none."""

from typing import Any

from app.kernel.text import T

ROOMS: dict[str, T] = {
    "user": T("Pengguna"),
    "organisation": T("Organisasi"),
    "delegation": T("Delegasi"),
}

ACTIONS: dict[str, T] = {
    "user.invited": T("Membuat akun"),
    "user.edited": T("Mengubah data pengguna"),
    "user.granted": T("Mengubah peran pengguna"),
    "user.deactivated": T("Menonaktifkan akun"),
    "user.reactivated": T("Mengaktifkan akun lagi"),
    "user.password_reset": T("Membuat kata sandi sekali pakai"),
    "user.password_changed": T("Mengganti kata sandinya sendiri"),
    "user.contact_changed": T("Mengganti kontaknya sendiri"),
    "user.exported": T("Mengunduh daftar pengguna dengan data pribadi"),
    "organisation.added": T("Menambah organisasi"),
    "organisation.edited": T("Mengubah organisasi"),
    "delegation.made": T("Mencatat delegasi"),
    "delegation.revoked": T("Mencabut delegasi"),
}


def action_label(action: str) -> T | str:
    return ACTIONS.get(action, action)


def trail_value(value: Any) -> T | str:
    """A value of an entry in words."""
    if value is None or value == "":
        return T("kosong")
    if isinstance(value, bool):
        return T("ya") if value else T("tidak")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
