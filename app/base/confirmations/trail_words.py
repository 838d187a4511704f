"""What the trail says of the records of confirmations: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "proposal.applied": T("Memberlakukan usulan"),
    "proposal.asked": T("Mengusulkan kepada orang kedua"),
    "proposal.expired": T("Menutup usulan yang tidak diambil"),
    "proposal.ready": T("Menyetujui sebagai orang kedua (slip siap dibuat)"),
    "proposal.refused": T("Menolak usulan"),
    "proposal.stale": T("Menandai usulan tidak berlaku lagi"),
    "proposal.superseded": T("Mengusulkan ulang"),
    "proposal.withdrawn": T("Menarik usulan"),
}
SUBJECTS: dict[str, T] = {
    "proposals": T("Usulan untuk orang kedua"),
}
