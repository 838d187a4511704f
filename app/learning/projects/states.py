"""The words for projects."""

from collections.abc import Mapping

from app.kernel.text import T
from app.learning.projects.models import ProjectStatus

LABELS: Mapping[str, T] = {
    ProjectStatus.IDEA: T("Gagasan"),
    ProjectStatus.BUILDING: T("Sedang dibuat"),
    ProjectStatus.IN_USE: T("Dipakai"),
    ProjectStatus.STOPPED: T("Berhenti"),
}
BADGES: Mapping[str, tuple[str, str]] = {
    ProjectStatus.IDEA: ("info", "bulb"),
    ProjectStatus.BUILDING: ("wait", "hammer"),
    ProjectStatus.IN_USE: ("ok", "circle-check"),
    ProjectStatus.STOPPED: ("muted", "player-stop"),
}
"""Kind and icon of ui.badge."""
