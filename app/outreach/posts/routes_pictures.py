"""The pictures and print pieces of a post, for whoever may see the post.

Their own rooms show them to the organisation that keeps them; who signs for a post has to see it whole.
"""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from app.base.documents.render import renderer
from app.base.media import pages
from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import settings, wired
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.posts import service
from app.outreach.posts.blueprint import bp
from app.outreach.posts.models import Post
from app.outreach.printing import press

PAGE_WIDTH = 760  # pixels


def _find(post_id: int) -> Post:
    return service.get(db.session, current_actor(), post_id)


@bp.get("/materi/<int:post_id>/gambar/<int:file_id>")
@allow(Can.READ_POSTS)
def picture(post_id: int, file_id: int) -> ResponseReturnValue:
    """Send a picture of the post; `?ukuran=kecil` its thumbnail."""
    file = next((item.file for item in _find(post_id).media if item.file_id == file_id), None)
    if file is None:
        raise NotFound(T("Gambar ini tidak ada di materi ini."))
    return pages.picture(file, small=request.args.get("ukuran") == "kecil")


@bp.get("/materi/<int:post_id>/cetakan/<int:piece_id>/halaman-<int:number>.png")
@allow(Can.READ_POSTS)
def piece_page(post_id: int, piece_id: int, number: int) -> ResponseReturnValue:
    """Send a page of a print piece of the post, as it will be printed."""
    piece = next((variant.piece for variant in _find(post_id).variants if variant.piece_id == piece_id), None)
    if piece is None:
        raise NotFound(T("Cetakan ini tidak ada di materi ini."))
    sheet = press.sheet_of(db.session, piece)
    rendered = press.preview_pngs(wired().storage, renderer(settings().logo_path), sheet, width=PAGE_WIDTH)
    if not 1 <= number <= len(rendered):
        raise NotFound(T("Halaman ini tidak ada."))
    response = make_response(rendered[number - 1])
    response.content_type = "image/png"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
