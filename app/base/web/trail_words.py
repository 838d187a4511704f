"""What the trail says of the records of web: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "contacts.read": T("Membuka halaman dengan kontak orang"),
    "file.downloaded": T("Mengunduh berkas"),
}
SUBJECTS: dict[str, T] = {}
