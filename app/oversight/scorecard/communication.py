"""Indicators of communication: whether the message arrived (villages reached), was clear, was the same and in time."""

from app.kernel.text import T
from app.oversight.scorecard.clarity import CLARITY
from app.oversight.scorecard.consistency import CONSISTENCY
from app.oversight.scorecard.measures import PERCENT, Measure, records_of_list
from app.oversight.scorecard.transmission import blank_rows, find_blank, find_reached, reached_rows

REACHED = T(
    "Desa/kelurahan dengan kegiatan yang berlangsung di sana, cetakan yang terbukti terpasang di sana, atau peserta "
    "pelatihan dari sana pada periode ini, dibagi semua desa/kelurahan. Unggahan yang ditujukan dan cetakan yang baru "
    "dipesan tidak dihitung."
)
COMMUNICATION = (
    Measure(
        key="reached", label=T("Desa terjangkau"), unit=PERCENT, target=80, yearly=True, formula=REACHED,
        counted=T("%(met)s dari %(n)s desa/kelurahan"), listed=T("Desa/kelurahan"), lacking=T("Belum terjangkau"),
        find=find_reached, records=records_of_list(reached_rows),
    ),
    Measure(
        key="blank", label=T("Blank spot terjangkau"), unit=PERCENT, target=80, yearly=True,
        formula=T(
            "Sama seperti desa terjangkau, hanya untuk desa yang menurut kabar terakhir tanpa jaringan atau "
            "jaringannya sebagian."
        ),
        counted=T("%(met)s dari %(n)s blank spot"), listed=T("Blank spot menurut kabar terakhir"),
        lacking=T("Belum terjangkau"), find=find_blank, records=records_of_list(blank_rows),
    ),
    *CLARITY,
    *CONSISTENCY,
)  # fmt: skip
