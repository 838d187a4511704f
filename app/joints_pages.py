"""What rooms show on the pages of rooms below: panels, tabs, columns, sections, and the numbers in the menu.

`app/joints.py` calls `fill_pages`.
"""

from flask_babel import lazy_gettext as _l

from app.base.areas import panels as areas
from app.base.confirmations.routes_proposals import to_confirm
from app.base.notices.routes import unread
from app.base.web.menu import COUNTS
from app.evidence.responses.coding.routes import coding_panel
from app.evidence.responses.imports.routes import files_panel
from app.evidence.responses.paper.routes_panels import paper_panel
from app.evidence.responses.routes_panels import answers_panel, share_panel
from app.evidence.results.routes_export import downloads_panel
from app.evidence.results.routes_panel import of_campaign, of_wave
from app.evidence.surveys import panels as surveys
from app.evidence.surveys.recorded.routes import campaign_results
from app.evidence.surveys.waves.routes_panels import campaign_surveys
from app.gatherings.events import panels as events
from app.gatherings.events.routes_panels import campaign_events, events_in_village
from app.gatherings.reports.routes_aspirations import to_answer
from app.gatherings.reports.routes_panel import campaign_contacts, last_contact, report_of_event
from app.gatherings.reports.routes_verification import to_do
from app.learning.assessments.followups.routes import panel as followups_panel
from app.learning.assessments.models import PaperKind
from app.learning.assessments.papers import routes_panels as tests
from app.learning.assessments.papers.panels import RESULT_PAGES
from app.learning.assessments.tabs import ASSESSMENT_TABS
from app.learning.assessments.works import routes as works
from app.learning.certificates import routes_panels as certificates
from app.learning.programmes import panels as programmes
from app.learning.programmes.panels import Tab
from app.learning.training import panels as training
from app.learning.training.admission.pages_quotas import quotas_passed
from app.learning.training.routes_panels import batch_of_event, campaign_batches, programme_batches
from app.outreach.campaigns import panels as campaigns
from app.outreach.outlets import panels as outlets
from app.outreach.posts import panels as posts
from app.outreach.posts.routes_approval import waiting
from app.outreach.posts.routes_panel import campaign_posts
from app.outreach.printing.routes_panel import campaign_pieces, campaign_reach, proofs_in_village
from app.outreach.publishing.preflight.routes import outlet_checks, post_checks
from app.outreach.publishing.routes_figures import campaign_figures, post_figures
from app.oversight.insights.routes_chain import campaign_chain


def fill_pages() -> None:
    """Fill what stands on pages of rooms that do not know it."""
    _panels()
    _tabs()
    _training()
    _sections()
    COUNTS.fill({
        "posts.reviews": waiting,
        "reports.index": to_do,
        "reports.aspirations": to_answer,
        "confirmations.index": to_confirm,
        "notices.index": unread,
    })  # fmt: skip


def _panels() -> None:
    """Fill the panels of pages of one record; they stand in the order of their names."""
    campaigns.PANELS.fill({
        "0-chain": campaign_chain,
        "1-figures": campaign_figures,
        "1-posts": campaign_posts,
        "2-printing": campaign_pieces,
        "3-reach": campaign_reach,
        "4-contact": campaign_contacts,
        "4-events": campaign_events,
        "5-surveys": campaign_surveys,
        "5-training": campaign_batches,
        "6-recorded-results": campaign_results,
        "7-survey-results": of_campaign,
    })  # fmt: skip
    posts.PANELS.fill({"0-checks": post_checks, "1-figures": post_figures})
    outlets.PANELS.fill({"1-checks": outlet_checks})
    areas.PANELS.fill({"1-contact": last_contact, "1-events": events_in_village, "printing": proofs_in_village})
    events.PANELS.fill({"0-training": batch_of_event, "2-report": report_of_event})
    surveys.PANELS.fill({
        "1-answers": answers_panel,
        "1-results": of_wave,
        "2-share": share_panel,
        "4-paper": paper_panel,
        "5-coding": coding_panel,
        "6-files": files_panel,
        "8-downloads": downloads_panel,
    })  # fmt: skip
    programmes.PANELS.fill({"1-batches": programme_batches})
    training.PANELS.fill({
        "0-quotas": quotas_passed,
        "3-tests": tests.tests_panel,
        "4-works": works.panel,
        "5-certificates": certificates.panel,
        "6-after": followups_panel,
    })  # fmt: skip


def _tabs() -> None:
    """Fill the lines of tabs: over training as a whole, over a batch, and over its page “Penilaian”."""
    skills = ("skills.who_can", "skills.people", "skills.person", "skills.observe", "skills.withdraw")
    programmes.TABS.fill(
        Tab(10, "training.index", _l("Angkatan"), ("training.new", "training.index", "training.duplicate")),
        Tab(20, "programmes.index", _l("Program"), ("programmes.",)),
        Tab(30, "skills.matrix", _l("Keterampilan"), skills),
        Tab(40, "projects.index", _l("Proyek"), ("projects.",)),
        Tab(45, "assessments.outcomes", _l("Apa jadinya")),
        Tab(50, "skills.numbers", _l("Angka")),
    )
    selection = ("training.participant", "training.selection", "training.select")
    nominations = ("training.nominate", "training.nominated", "training.letter")
    sessions = ("training.sessions", "training.propose", "training.new_session")
    training.BATCH_TABS.fill(
        Tab(10, "training.show", _l("Ringkasan"), ("training.show",)),
        Tab(20, "training.participants", _l("Peserta"), selection),
        Tab(25, "training.nominations", _l("Usulan OPD"), nominations),
        Tab(30, "training.sessions", _l("Pertemuan"), sessions),
        Tab(40, "assessments.index", _l("Penilaian"), ("assessments.",)),
        Tab(50, "certificates.index", _l("Sertifikat"), ("certificates.",)),
    )
    ASSESSMENT_TABS.fill(
        Tab(10, "assessments.index", _l("Tes dan lembar"), ("assessments.paper", "assessments.prepare")),
        Tab(20, "assessments.works", _l("Tugas praktik"), ("assessments.work", "assessments.enter_work")),
        Tab(30, "assessments.feedback", _l("Umpan balik"), ("assessments.feedback",)),
        Tab(40, "assessments.after", _l("Apa jadinya"), ("assessments.after",)),
    )


def _training() -> None:
    """Fill the list of participants, a participant's own page, and where the answers to a paper are seen."""
    training.COLUMNS.fill(*tests.COLUMNS, works.COLUMN, certificates.COLUMN)
    training.OWN_FIRST.fill({"2-tests": "assessments/own_first.html"})
    training.OWN_SECTIONS.fill({
        "2-tests": "assessments/own_tests.html",
        "3-works": "assessments/own_works.html",
        "4-certificates": "certificates/own_section.html",
        "5-skills": "skills/own.html",
        "7-projects": "projects/own.html",
    })  # fmt: skip
    RESULT_PAGES.fill({
        PaperKind.FEEDBACK: "assessments.feedback",
        PaperKind.AFTER_3: "assessments.after",
        PaperKind.AFTER_12: "assessments.after_year",
    })  # fmt: skip


def _sections() -> None:
    """Fill the templates that stand whole on the page of a record."""
    events.SECTIONS.fill("attendance/_section.html")
    surveys.SECTIONS.fill()  # none yet
