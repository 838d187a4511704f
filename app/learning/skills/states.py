"""The words for why somebody is said to have a skill."""

from collections.abc import Mapping

from app.kernel.text import T
from app.learning.skills.models import EvidenceKind

KINDS: Mapping[str, T] = {
    EvidenceKind.CERTIFICATE: T("Sertifikat"),
    EvidenceKind.PROJECT: T("Proyek yang dipakai"),
    EvidenceKind.OBSERVED: T("Dilihat pelatih"),
}
