"""The list of posts: by what it is narrowed and sorted, its columns on the page and in the file."""

from sqlalchemy import func

from app.base.web.filters import meaning, number, one_of, words
from app.base.web.formats import local
from app.base.web.listing import Column, Listing, in_order_of
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.kinds import KINDS
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.queries import PostFilters
from app.outreach.posts.states import LABELS

POSTS = Listing(
    filter_type=PostFilters,
    filters=(
        words(),
        one_of("status", "status", PostStatus),
        number("program", "campaign_id"),
        one_of("jenis", "kind", KINDS),
        number("organisasi", "organisation_id"),
        meaning("wilayah", "aimed", {"desa": True}),
    ),
    columns=(
        Column(
            "judul", T("Materi"), lambda post: post.title, func.lower(Post.title), in_file=T("Judul"), css="fw-normal"
        ),
        Column("program", T("Program"), lambda post: post.campaign.name, func.lower(Campaign.name)),
        Column("organisasi", T("Organisasi"), lambda post: post.organisation.name),
        Column(
            "status", T("Status"), lambda post: LABELS[PostStatus(post.status)], in_order_of(Post.status, LABELS),
            labelled=False,
        ),
        Column(
            "tayang", T("Waktu tayang"), lambda post: local(post.scheduled_at), Post.scheduled_at, latest_first=True,
            css="text-nowrap", labelled=False,
        ),
        Column(
            "saluran", T("Saluran"), lambda post: ", ".join(variant.outlet.name for variant in post.variants),
            labelled=False,
        ),
        Column("teks", T("Teks dasar"), lambda post: post.text),
        Column("diubah", T("Terakhir diubah"), order=Post.updated_at, latest_first=True, css="text-nowrap"),
    ),
    page=("judul", "tayang", "saluran", "status"),
    more=("program", "organisasi", "diubah"),
    unique=Post.id,
    default_order="jadwal",
)  # fmt: skip
