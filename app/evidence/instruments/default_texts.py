"""Default introduction, consent and thanks where nobody wrote any: nobody is asked without knowing what for."""

from collections.abc import Mapping
from typing import Any

from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.shapes import texts_of

TEST_DEFAULTS = {
    "intro": "Untuk peserta pelatihan. Kerjakan sendiri sebisanya; yang belum tahu boleh menjawab belum tahu.",
    "consent": "Jawaban Anda dipakai hanya untuk menilai dan memperbaiki pelatihan ini.",
    "thanks": "Terima kasih. Jawaban Anda sudah diterima.",
}
"""Of participants of training, who are known by name and whose answers stay with their batch."""
DEFAULTS = {
    "intro": "Untuk warga berumur 17 tahun ke atas. Tidak ada nama, NIK, atau nomor telepon yang ditanyakan.",
    "consent": (
        "Survei ini sukarela dan boleh berhenti kapan saja. Jawaban dipakai hanya untuk menilai dan memperbaiki "
        "sosialisasi, tanpa nama, dan disimpan selama {masa_simpan}. Bersedia?"
    ),
    "thanks": "Terima kasih. Jawaban Anda sudah dicatat.",
}


def with_default_texts(definition: Mapping[str, Any], audience: str) -> dict[str, Any]:
    """Return the definition with intro, consent and thanks, each the default where it had none."""
    if audience == SurveyAudience.TRAINEES:
        return _filled(definition, TEST_DEFAULTS)
    asn = {"intro": DEFAULTS["intro"].replace("warga berumur 17 tahun ke atas", "ASN").replace("NIK", "NIP")}
    defaults = DEFAULTS | ({} if audience == SurveyAudience.RESIDENTS else asn)
    return _filled(definition, defaults)


def _filled(definition: Mapping[str, Any], defaults: Mapping[str, str]) -> dict[str, Any]:
    missing = {name: {"id": text} for name, text in defaults.items() if not texts_of(definition.get(name)).get("id")}
    return {**definition, **missing}
