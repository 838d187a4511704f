"""What the trail says of the records of publishing: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "deliveries.cancel": T("Membatalkan penayangan"),
    "deliveries.confirm_sent": T("Menyatakan sudah terbit"),
    "deliveries.hold": T("Menahan penayangan"),
    "deliveries.release": T("Melepas penayangan yang ditahan"),
    "deliveries.reschedule": T("Memberi penayangan yang tertunda waktu lain"),
    "deliveries.retry": T("Mencoba penayangan lagi"),
    "ledger_findings.settle": T("Memeriksa temuan pencocokan"),
    "pauses.resumed": T("Melanjutkan penayangan sesudah jeda"),
    "pauses.started": T("Menghentikan penayangan untuk sementara"),
    "pauses.undone": T("Membatalkan jeda yang keliru"),
    "removals.asked": T("Meminta unggahan dihapus dari saluran"),
    "removals.done": T("Mencatat bahwa unggahan sudah terhapus"),
    "removals.kept": T("Membatalkan permintaan hapus"),
    "removals.retried": T("Meminta unggahan dihapus lagi"),
    "sending_stops.release": T("Melanjutkan pengiriman yang berhenti sendiri"),
}
SUBJECTS: dict[str, T] = {
    "deliveries": T("Penayangan"),
    "ledger_findings": T("Temuan pencocokan"),
    "pauses": T("Jeda penayangan"),
    "removals": T("Penghapusan dari saluran"),
    "sending_stops": T("Pengiriman yang berhenti sendiri"),
}
