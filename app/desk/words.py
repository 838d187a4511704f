"""Labels and icons of channels and of dated entries, as the home page and the calendar show them."""

from app.kernel.text import T
from app.outreach.outlets.kinds import KINDS
from app.outreach.publishing.models import DeliveryStatus

CHANNELS = KINDS

DATED = {
    "event": (T("Kegiatan"), "calendar-event"),
    "starts": (T("Program mulai"), "flag"),
    "ends": (T("Program selesai"), "flag-check"),
    "goal": (T("Tenggat sasaran"), "target"),
    "proof": (T("Bukti terpasang"), "map-pin-check"),
    "survey_starts": (T("Survei mulai"), "chart-dots"),
    "survey_ends": (T("Survei selesai"), "chart-dots"),
}

SURVEY_DOORS = {
    "proposed": ("surveys.show", T("Periksa")),
    "unopened": ("surveys.show", T("Periksa")),
    "no_places": ("surveys.show", T("Lengkapi")),
    "over": ("surveys.show", T("Tutup")),
    "behind": ("surveys.show", T("Lihat")),
    "held": ("responses.held", T("Periksa")),
    "conflicts": ("responses.conflicts", T("Putuskan")),
    "sheets": ("responses.keying_differences", T("Cocokkan")),
    "files": ("surveys.show", T("Masukkan")),
    "texts": ("responses.coding", T("Beri kode")),
}
"""Why a survey waits (desk/surveys.py) → the page where it goes on, and the button."""

PRINT_ORDER = str(T("Pesan cetak: %(title)s", title=""))
"""How the title of a post begins that a kit made to order print; beside its printer the month hides the words."""

TROUBLE_BUTTON = {
    DeliveryStatus.HANDED_OVER: T("Terbitkan"),
    DeliveryStatus.UNKNOWN: T("Pastikan"),
    DeliveryStatus.FAILED: T("Perbaiki"),
    DeliveryStatus.MISSED: T("Putuskan"),
}
