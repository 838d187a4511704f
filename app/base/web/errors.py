"""Pages for what goes wrong: what happened, whether anything was lost, and the one button that helps."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.menu import exists
from app.kernel.errors import GaungError, Refused


@dataclass(frozen=True)
class Words:
    title: Any
    text: Any


PAGES = {
    400: Words(
        _l("Permintaan tidak bisa dibaca"), _l("Tidak ada yang disimpan. Kembali ke halaman sebelumnya dan coba lagi.")
    ),
    401: Words(_l("Anda perlu masuk dulu"), _l("Tidak ada yang disimpan. Masuk, lalu coba lagi.")),
    403: Words(
        _l("Halaman ini bukan untuk peran Anda"),
        _l("Tidak ada yang berubah. Bila Anda memerlukannya, minta admin menambah peran Anda."),
    ),
    404: Words(
        _l("Halaman tidak ditemukan"),
        _l("Alamatnya mungkin salah ketik, atau datanya sudah dihapus. Tidak ada yang hilang."),
    ),
    405: Words(
        _l("Halaman ini tidak bisa dibuka langsung"),
        _l("Alamat ini hanya dipakai oleh sebuah tombol. Tidak ada yang berubah."),
    ),
    409: Words(_l("Data sudah berubah"), _l("Perubahan Anda belum disimpan.")),
    413: Words(
        _l("Kiriman ini terlalu besar"),
        _l(
            "Tidak ada yang disimpan. Kembali, lalu pendekkan teksnya atau pilih berkas yang lebih kecil. "
            "Isian Anda masih ada di halaman sebelumnya."
        ),
    ),
    422: Words(_l("Isian belum bisa dipakai"), _l("Tidak ada yang disimpan. Kembali dan perbaiki isiannya.")),
    429: Words(_l("Terlalu banyak percobaan"), _l("Tunggu satu menit, lalu coba lagi. Tidak ada yang hilang.")),
    500: Words(
        _l("Ada gangguan di pihak kami"),
        _l(
            "Perubahan terakhir Anda tidak disimpan, dan tidak ada yang terkirim ke luar karenanya. "
            "Coba sekali lagi; bila tetap gagal, beri tahu admin jam kejadiannya."
        ),
    ),
}


def is_fragment() -> bool:
    """Tell whether htmx asked for a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def error_page(status: int, text: str | None = None, **more: Any) -> Response:
    """Render the page (or, for htmx, the notice) of a status code."""
    db.session.rollback()
    words = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    home = url_for("desk.home") if exists("desk.home") else "/"
    values: dict[str, Any] = {
        "status": status,
        "title": words.title,
        "text": text or words.text,
        # a broken request must not ask the database for the menu
        "layout": "base_public.html" if status >= 500 else "base.html",
        "back_url": request.referrer if _came_from_here() else home,
        **more,
    }
    template = "error_fragment.html" if is_fragment() else "error.html"
    response = make_response(render_template(template, **values), status)
    if is_fragment():
        response.headers["HX-Retarget"] = "#pesan"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _came_from_here() -> bool:
    return bool(request.referrer and request.referrer.startswith(request.host_url) and request.referrer != request.url)


def init_errors(app: Flask) -> None:
    @app.errorhandler(GaungError)
    def _ours(error: GaungError) -> Response:
        # its status is that of a record somebody else changed, which this is not
        title = {"title": _("Belum bisa dilakukan")} if isinstance(error, Refused) else {}
        return error_page(error.status, sentence(error.sentence), **title)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error.get_response()  # a redirect of the router
        return error_page(error.code)

    @app.errorhandler(StaleDataError)
    def _stale(_error: StaleDataError) -> Response:
        return error_page(
            409, _("Orang lain baru saja menyimpan perubahan pada hal yang sama. Muat ulang, lalu coba lagi.")
        )

    @app.errorhandler(500)
    def _broken(_error: Exception) -> Response:
        return error_page(500)
