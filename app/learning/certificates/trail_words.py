"""What the trail says of the records of certificates: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "certificate.issued": T("Menerbitkan sertifikat"),
    "certificate.mailed": T("Mengirim sertifikat lewat surel"),
    "certificate.name_corrected": T("Memperbaiki nama pada sertifikat"),
    "certificate.outcome_by_rule": T("Menarik keputusan kelulusan di luar aturan"),
    "certificate.outcome_decided": T("Memutuskan kelulusan di luar aturan"),
    "certificate.outcomes_settled": T("Menghitung ulang hasil peserta"),
    "certificate.revoked": T("Mencabut sertifikat"),
    "certificate.rule_changed": T("Mengubah aturan sertifikat"),
}
SUBJECTS: dict[str, T] = {
    "certificates": T("Sertifikat"),
}
