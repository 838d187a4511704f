"""What the trail says of the records of people: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "delegation.made": T("Mencatat delegasi"),
    "delegation.revoked": T("Mencabut delegasi"),
    "organisation.added": T("Menambah organisasi"),
    "organisation.edited": T("Mengubah organisasi"),
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
SUBJECTS: dict[str, T] = {
    "delegations": T("Delegasi"),
    "organisations": T("Organisasi"),
    "users": T("Pengguna"),
}
