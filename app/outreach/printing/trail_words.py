"""What the trail says of the records of printing: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "order.cancel": T("Membatalkan pesanan cetak"),
    "order.confirm": T("Mencatat jawaban atas pesanan cetak"),
    "order.sent": T("Mengirim pesanan cetak"),
    "piece.draft": T("Membuat cetakan"),
    "piece.edit": T("Mengubah cetakan"),
    "piece.refresh": T("Memperbarui nama program dan dinas pada cetakan"),
    "proof.record": T("Mencatat bukti terpasang"),
    "proof.withdraw": T("Menarik bukti terpasang"),
}
SUBJECTS: dict[str, T] = {
    "print_orders": T("Pesanan cetak"),
    "print_pieces": T("Cetakan"),
    "proofs": T("Bukti terpasang"),
}
