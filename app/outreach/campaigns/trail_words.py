"""What the trail says of the records of campaigns: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "campaigns.add_goal": T("Menambah sasaran"),
    "campaigns.clear_result": T("Menghapus hasil sasaran"),
    "campaigns.edit": T("Mengubah program"),
    "campaigns.move_status": T("Mengubah status program"),
    "campaigns.plan": T("Membuat program"),
    "campaigns.record_result": T("Mencatat hasil sasaran"),
    "campaigns.remove_goal": T("Menghapus sasaran"),
    "campaigns.remove_spending": T("Menghapus catatan belanja"),
    "campaigns.set_key_messages": T("Mengubah pesan kunci"),
    "campaigns.spend": T("Mencatat belanja"),
    "decision.dropped": T("Menghentikan keputusan"),
    "decision.edited": T("Mengubah keputusan"),
    "decision.finished": T("Menandai keputusan selesai"),
    "decision.made": T("Mencatat keputusan"),
    "decision.reopened": T("Membuka lagi keputusan"),
    "service.added": T("Menambah layanan"),
    "service.edited": T("Mengubah layanan"),
}
SUBJECTS: dict[str, T] = {
    "campaigns": T("Program Sosialisasi"),
    "services": T("Layanan"),
}
