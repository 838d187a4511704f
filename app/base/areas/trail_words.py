"""What the trail says of the records of areas: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "connectivity.recorded": T("Mencatat keadaan jaringan"),
    "connectivity.removed": T("Menghapus catatan jaringan"),
    "district.population": T("Mencatat jumlah penduduk"),
    "district.village_populations": T("Mencatat jumlah penduduk desa"),
}
SUBJECTS: dict[str, T] = {
    "connectivity": T("Catatan jaringan desa"),
    "districts": T("Kecamatan"),
}
