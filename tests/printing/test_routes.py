"""The pages of printing, as a browser without JavaScript uses them."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.kernel.roles import SYSTEM, Role
from app.outreach.campaigns.models import ShortLink
from app.outreach.printing import service
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece, Proof
from app.outreach.printing.reach import reached_villages
from tests import pages
from tests.pages import is_empty
from tests.printing import builders
from tests.world import World

FILLED = {
    "title": "Poster baru",
    "headline": "Kukar cerdas",
    "lead": "Pembuka.",
    "points": "Satu\n\nDua",
    "link_url": "https://kukarkab.go.id",
}
SignIn = Callable[..., Any]


@pytest.fixture
def sign_in(client: FlaskClient, world: World) -> SignIn:
    def enter(*roles: Role, **values: Any) -> Any:
        user = world.user(*roles, **values)
        pages.sign_in(client, user)
        return user

    return enter


def fresh(session: Session) -> None:
    """Read anew what a request wrote in a session of its own."""
    session.rollback()
    session.expire_all()


def text(answer: Any) -> str:
    return " ".join(answer.text.split())


def test_an_empty_list_says_what_to_do_first(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(Role.EDITOR)
    page = client.get("/cetak")
    assert page.status_code == 200
    assert is_empty(page.text)
    assert "/cetak/baru" in page.text


def test_a_piece_is_made_shown_and_changed(
    client: FlaskClient, world: World, session: Session, sign_in: SignIn
) -> None:
    sign_in(Role.CONTRIBUTOR)
    campaign = world.campaign(name="Kenal Smart City")
    assert "Poster A3" in client.get("/cetak/baru").text
    assert "Kalimat pembuka" in client.get(f"/cetak/baru?jenis=poster&program={campaign.id}").text
    made = client.post("/cetak/baru?jenis=poster", data={**FILLED, "campaign_id": campaign.id})
    assert made.status_code == 302
    piece = session.scalars(select(PrintPiece)).one()
    assert piece.content["points"] == ["Satu", "Dua"]
    page = client.get(made.location)
    assert "Poster baru" in page.text
    assert "Belum dipesan" in page.text
    assert "/t/" in page.text
    form = client.get(f"/cetak/{piece.id}/ubah").text
    assert "Satu\nDua" in form
    answer = client.post(
        f"/cetak/{piece.id}/ubah",
        data={**FILLED, "campaign_id": campaign.id, "version": piece.version, "headline": "Lebih cerdas"},
    )
    assert answer.status_code == 302
    fresh(session)
    assert piece.content["headline"] == "Lebih cerdas"


def test_a_wrong_entry_comes_back_with_everything_typed(
    client: FlaskClient, world: World, session: Session, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    campaign = world.campaign()
    bad = {**FILLED, "campaign_id": campaign.id, "link_url": "javascript:alert(1)", "lead": "Kalimat yang panjang"}
    answer = client.post("/cetak/baru?jenis=poster", data=bad)
    assert answer.status_code == 422
    assert "alamat lengkap" in answer.text
    assert "Kalimat yang panjang" in answer.text
    assert session.scalar(select(func.count(PrintPiece.id))) == 0
    assert client.post("/cetak/baru?jenis=spanduk", data=bad).status_code == 422


def test_the_second_editor_is_told_and_keeps_the_text(
    client: FlaskClient, world: World, session: Session, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    piece = builders.piece(world)
    data = {**FILLED, "campaign_id": piece.campaign_id, "version": piece.version}
    assert client.post(f"/cetak/{piece.id}/ubah", data={**data, "headline": "Pertama"}).status_code == 302
    late = client.post(f"/cetak/{piece.id}/ubah", data={**data, "headline": "Ketikan kedua"})
    assert late.status_code == 422
    assert "sudah diubah orang lain" in late.text
    assert "Ketikan kedua" in late.text
    fresh(session)
    assert piece.content["headline"] == "Pertama"


def test_the_list_filters_and_searches(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    sign_in(Role.VIEWER)
    builders.piece(world, title="Poster satu")
    builders.piece(world, title="Selebaran dua", kind="leaflet")
    assert "Selebaran dua" not in client.get("/cetak?jenis=poster").text
    assert "Poster satu" not in client.get("/cetak?q=dua").text
    assert is_empty(client.get("/cetak?q=zzz").text)
    assert is_empty(client.get("/cetak?keadaan=proved").text)


def test_pictures_and_pdfs_come_out(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    sign_in(Role.VIEWER)
    piece = builders.piece(world, kind="leaflet", link_url="https://kukarkab.go.id")
    for number in (1, 2):
        picture = client.get(f"/cetak/{piece.id}/halaman-{number}.png")
        assert Image.open(io.BytesIO(picture.data)).width == pytest.approx(760, abs=2)
    assert client.get(f"/cetak/{piece.id}/halaman-3.png").status_code == 404
    office = client.get(f"/cetak/{piece.id}/kantor.pdf")
    assert len(PdfReader(io.BytesIO(office.data)).pages) == 2
    assert "attachment" in office.headers["Content-Disposition"]
    ready = client.get(f"/cetak/{piece.id}/siap-cetak.pdf")
    assert "/BleedBox" in PdfReader(io.BytesIO(ready.data)).pages[0]


def test_an_unfinished_piece_says_what_is_missing_and_is_not_printed(
    client: FlaskClient, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    piece = builders.piece(world, content={"headline": "Idaman RT", "body": "[LENGKAPI: apa layanannya]"})
    page = client.get(f"/cetak/{piece.id}").text
    assert "[LENGKAPI: apa layanannya]" in page
    assert "siap-cetak.pdf" not in page
    assert client.get(f"/cetak/{piece.id}/siap-cetak.pdf").status_code == 409
    assert client.get(f"/cetak/{piece.id}/kantor.pdf").status_code == 200


def test_the_preview_of_what_is_typed_stores_nothing(
    client: FlaskClient, world: World, session: Session, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    campaign = world.campaign()
    answer = client.post("/cetak/pratinjau/poster", data={**FILLED, "campaign_id": campaign.id})
    assert "data:image/png;base64," in answer.text
    assert "Isi judul" in client.post("/cetak/pratinjau/poster", data={"campaign_id": campaign.id}).text
    long = {**FILLED, "campaign_id": campaign.id, "body": "Kalimat panjang untuk kertas. " * 300}
    assert "tidak muat" in client.post("/cetak/pratinjau/poster", data=long).text
    assert session.scalar(select(func.count(PrintPiece.id))) == 0


def test_versions_for_villages_are_prepared_by_post_and_fetched_by_get(
    client: FlaskClient, world: World, session: Session, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    piece = builders.piece(world, kind="leaflet", link_url="https://kukarkab.go.id")
    assert client.get(f"/cetak/{piece.id}/per-desa.pdf").status_code == 422
    answer = client.post(f"/cetak/{piece.id}/per-desa", data={"bentuk": "zip", "untuk": "percetakan"})
    assert answer.status_code == 303
    codes = session.scalar(select(func.count(ShortLink.code)))
    archive = zipfile.ZipFile(io.BytesIO(client.get(answer.location).data))
    assert len(archive.namelist()) == 237
    assert codes == 238
    one = PdfReader(io.BytesIO(archive.read(archive.namelist()[0])))
    assert "/BleedBox" in one.pages[0]
    together = client.get(f"/cetak/{piece.id}/per-desa.pdf")
    assert len(PdfReader(io.BytesIO(together.data)).pages) == 474
    assert session.scalar(select(func.count(ShortLink.code))) == codes


def test_a_renamed_programme_is_said_on_both_pages_and_taken_over_by_a_button(
    client: FlaskClient, world: World, session: Session, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    campaign = world.campaign(name="Nama lama")
    piece = builders.piece(world, campaign=campaign)
    warning, approved = "Nama program atau data kantor berubah", piece.content_hash
    assert warning not in client.get(f"/cetak/{piece.id}").text
    campaign.name = "Nama baru"
    session.commit()
    for page in (f"/cetak/{piece.id}", f"/cetak/{piece.id}/ubah"):
        answer = client.get(page)
        assert warning in answer.text
        assert "Nama program: “Nama lama” menjadi “Nama baru”" in answer.text
    assert f"/cetak/{piece.id}/perbarui" in client.get(f"/cetak/{piece.id}").text

    assert client.post(f"/cetak/{piece.id}/perbarui").status_code == 302
    fresh(session)
    assert piece.content_hash != approved
    assert warning not in client.get(f"/cetak/{piece.id}").text


def test_another_organisations_piece_is_not_there(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    piece = builders.piece(world)
    sign_in(Role.EDITOR, organisation=world.organisation())
    for path in ("", "/ubah", "/halaman-1.png", "/kantor.pdf", "/siap-cetak.pdf", "/per-desa.pdf"):
        assert client.get(f"/cetak/{piece.id}{path}").status_code == 404, path
    assert piece.title not in client.get("/cetak").text


# --- orders ---


def ordered(world: World, piece: PrintPiece | None = None) -> PrintOrder:
    made = service.record_order(
        world.session, SYSTEM, piece_id=(piece or builders.piece(world)).id, outlet_id=world.outlet("printer").id,
        delivery_key="post:1:1", copies=500, message_id="<abc@gaung>", recipient="cetak@example.id",
        now=world.clock.now(),
    )  # fmt: skip
    world.session.commit()
    return made


def test_an_order_is_confirmed_corrected_and_cancelled(
    client: FlaskClient, world: World, session: Session, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    order = ordered(world)
    assert "Pesanan terkirim" in client.get("/cetak/pesanan").text
    page = text(client.get(f"/cetak/pesanan/{order.id}"))
    assert "&lt;abc@gaung&gt;" in page
    assert "500 lembar" in page
    for _twice in range(2):
        answer = client.post(f"/cetak/pesanan/{order.id}/konfirmasi", data={"cost": "1.500.000", "note": "Bu Rina"})
        assert answer.status_code == 302
    assert client.post(f"/cetak/pesanan/{order.id}/konfirmasi", data={"cost": "banyak"}).status_code == 422
    fresh(session)
    assert (order.status, order.cost) == (OrderStatus.CONFIRMED, 1_500_000)
    assert client.post(f"/cetak/pesanan/{order.id}/batal", data={"reason": ""}).status_code == 422
    assert client.post(f"/cetak/pesanan/{order.id}/batal", data={"reason": "Salah ukuran"}).status_code == 302
    page = client.get(f"/cetak/pesanan/{order.id}").text
    assert "Dibatalkan" in page
    assert f"/cetak/pesanan/{order.id}/konfirmasi" not in page


def test_the_order_letter_names_vendor_size_and_copies(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    sign_in(Role.VIEWER)
    letter = client.get(f"/cetak/pesanan/{ordered(world).id}/surat.pdf")
    words = PdfReader(io.BytesIO(letter.data)).pages[0].extract_text()
    assert "Surat Pesanan" in words
    assert "500 lembar" in words
    assert "297 × 420 mm" in words


def test_a_viewer_confirms_nothing(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    sign_in(Role.VIEWER)
    order = ordered(world)
    assert client.post(f"/cetak/pesanan/{order.id}/konfirmasi", data={"cost": ""}).status_code == 403


def test_an_ordered_piece_never_reads_as_published(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    sign_in(Role.EDITOR)
    order = ordered(world)
    for path in ("/cetak", f"/cetak/{order.piece_id}"):
        page = client.get(path).text
        assert "Dipesan, belum ada bukti" in page
        assert not re.search(r"status-ok", page)


# --- proofs ---


def test_a_proof_is_recorded_and_withdrawn(
    client: FlaskClient, world: World, session: Session, storage: Storage, sign_in: SignIn
) -> None:
    user = sign_in(Role.EDITOR)
    order = ordered(world)
    photo = builders.picture(world, storage, world.actor_of(user))
    codes = [village.code for village in builders.villages(session, 2)]
    form = client.get(f"/cetak/bukti/catat?pesanan={order.id}").text
    assert form.count('name="villages"') == 237
    assert 'value="2026-11-24"' in form
    data = {
        "piece_id": order.piece_id, "order_id": order.id, "placed_on": "2026-11-23", "copies": 40, "villages": codes,
        "photo_id": photo.id, "note": "Di balai desa",
    }  # fmt: skip
    answer = client.post("/cetak/bukti/catat", data=data)
    assert answer.status_code == 302
    fresh(session)
    assert set(reached_villages(session)) == set(codes)
    page = client.get(answer.location).text
    assert "Di balai desa" in page
    assert "Terbukti di 2 desa/kelurahan" in text(client.get(f"/cetak/{order.piece_id}"))
    proof = session.scalars(select(Proof)).one()
    assert client.get(f"/cetak/bukti/{proof.id}/foto").content_type.startswith("image/")
    assert "Tarik bukti ini" in page
    assert client.post(f"/cetak/bukti/{proof.id}/tarik", data={"reason": ""}).status_code == 422
    assert client.post(f"/cetak/bukti/{proof.id}/tarik", data={"reason": "Salah desa"}).status_code == 302
    fresh(session)
    assert reached_villages(session) == {}
    assert "Salah desa" in client.get("/cetak/bukti").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"placed_on": "2026-11-25"}, "belum tiba"),
        ({"villages": ["64.02.99.9999"]}, "tidak dikenal"),
        ({"villages": []}, "Pilih paling sedikit satu desa"),
        ({"photo_id": ""}, "Unggah satu foto"),
        ({"copies": "0"}, "1"),
        ({"placed_on": "besok"}, "placed_on"),
    ],
)
def test_a_wrong_proof_is_refused_and_nothing_typed_is_lost(
    client: FlaskClient, world: World, session: Session, storage: Storage, sign_in: SignIn, change: Any, sentence: str
) -> None:
    user = sign_in(Role.EDITOR)
    piece = builders.piece(world)
    photo = builders.picture(world, storage, world.actor_of(user))
    data = {
        "piece_id": piece.id, "order_id": "", "placed_on": "2026-11-24", "copies": 4, "photo_id": photo.id,
        "villages": [builders.villages(session, 1)[0].code], "note": "Catatan yang panjang", **change,
    }  # fmt: skip
    answer = client.post("/cetak/bukti/catat", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Catatan yang panjang" in answer.text
    assert session.scalar(select(func.count(Proof.id))) == 0


def test_a_kim_member_sees_only_the_own_village(
    client: FlaskClient, world: World, session: Session, storage: Storage, sign_in: SignIn
) -> None:
    piece = builders.piece(world)
    own, other = builders.villages(session, 2)
    user = sign_in(Role.COMMUNITY, organisation=world.organisation("kim", village_code=own.code))
    photo = builders.picture(world, storage, world.actor_of(user))
    form = client.get("/cetak/bukti/catat").text
    assert own.name in form
    assert form.count('name="villages"') == 1
    data = {"piece_id": piece.id, "order_id": "", "placed_on": "2026-11-24", "copies": 1, "photo_id": photo.id}
    assert client.post("/cetak/bukti/catat", data={**data, "villages": other.code}).status_code == 403
    assert client.post("/cetak/bukti/catat", data={**data, "villages": own.code}).status_code == 302
    assert piece.title in client.get("/cetak/bukti").text
    assert client.get("/cetak").status_code == 403


# --- reach ---


def proved(world: World, storage: Storage, piece: PrintPiece, *codes: str) -> Proof:
    photo = builders.picture(world, storage, world.actor(Role.EDITOR))
    now = world.clock.now()
    values = {"villages": codes, "placed_on": builders.TODAY, "copies": 20, "photo_id": photo.id}
    made = service.prove(world.session, SYSTEM, piece, **values, today=builders.TODAY, now=now)
    world.session.commit()
    return made


def test_a_programme_shows_what_it_reached_and_orders_apart(
    client: FlaskClient, world: World, session: Session, storage: Storage, sign_in: SignIn
) -> None:
    sign_in(Role.VIEWER)
    aimed, elsewhere = builders.villages(session, 5)[:4], builders.villages(session, 5)[4]
    piece = builders.piece(world, campaign=world.campaign(villages=list(aimed)))
    ordered(world, piece=piece)
    page = text(client.get(f"/program/{piece.campaign_id}"))
    assert "0 dari 4 desa/kelurahan" in page
    assert "belum ada bukti" in page
    assert "1 pesanan cetak</a> <span" in page

    proof = proved(world, storage, piece, aimed[0].code, aimed[1].code, elsewhere.code)
    proved(world, storage, builders.piece(world), aimed[2].code)  # of another programme
    page = text(client.get(f"/program/{piece.campaign_id}"))
    assert "2 dari 4 desa/kelurahan" in page
    assert "terakhir Sel, 24 Nov 2026" in page
    assert "2 desa/kelurahan belum terjangkau" in page

    missing = client.get(f"/cetak/program/{piece.campaign_id}/jangkauan?keadaan=belum").text
    assert [village.code in missing for village in aimed] == [False, False, True, True]
    assert "1 desa/kelurahan" in text(client.get(f"/cetak/program/{piece.campaign_id}/jangkauan"))

    service.withdraw_proof(session, SYSTEM, proof, reason="Salah", now=world.clock.now())
    session.commit()
    assert "0 dari 4 desa/kelurahan" in text(client.get(f"/program/{piece.campaign_id}"))


def test_villages_not_yet_reached_come_as_a_file(
    client: FlaskClient, world: World, session: Session, storage: Storage, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    piece = builders.piece(world)
    village = builders.villages(session, 1)[0]
    proved(world, storage, piece, village.code)
    address = f"/cetak/program/{piece.campaign_id}/jangkauan.csv"
    missing = client.get(f"{address}?keadaan=belum").text.removeprefix("\ufeff").splitlines()
    assert missing[0] == "Kode;Desa/kelurahan;Kecamatan;Terakhir terbukti"
    assert len(missing) == 1 + 236
    assert not any(village.code in line for line in missing)
    reached = client.get(f"{address}?keadaan=sudah").text.splitlines()
    assert reached[1:] == [f"{village.code};{village.name};{village.district.name};Sel, 24 Nov 2026"]


def test_another_organisations_reach_is_not_there(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    campaign = world.campaign()
    sign_in(Role.EDITOR, organisation=world.organisation())
    for ending in ("", ".csv"):
        assert client.get(f"/cetak/program/{campaign.id}/jangkauan{ending}").status_code == 404


def test_a_village_shows_its_proofs_or_that_none_is_recorded(
    client: FlaskClient, world: World, session: Session, storage: Storage, sign_in: SignIn
) -> None:
    sign_in(Role.EDITOR)
    piece = builders.piece(world)
    village = builders.villages(session, 1)[0]
    page = text(client.get(f"/wilayah/desa/{village.code}"))
    assert "Belum dicatat ada cetakan" in page
    assert "Dituju 1 program yang berjalan" in page
    assert f"/cetak/bukti/catat?desa={village.code}" in page
    form = client.get(f"/cetak/bukti/catat?desa={village.code}").text
    assert f'value="{village.code}" checked' in form

    proof = proved(world, storage, piece, village.code)
    page = text(client.get(f"/wilayah/desa/{village.code}"))
    assert "Terjangkau, terakhir Sel, 24 Nov 2026" in page
    assert piece.title in page
    assert f"/cetak/bukti/{proof.id}/foto" in page

    service.withdraw_proof(session, SYSTEM, proof, reason="Salah", now=world.clock.now())
    session.commit()
    page = text(client.get(f"/wilayah/desa/{village.code}"))
    assert "Belum dicatat ada cetakan" in page
    assert piece.title not in page


def test_a_kim_is_offered_a_proof_only_in_its_own_village(
    client: FlaskClient, world: World, session: Session, storage: Storage, sign_in: SignIn
) -> None:
    own, other = builders.villages(session, 2)
    sign_in(Role.COMMUNITY, organisation=world.organisation("kim", village_code=own.code))
    proof = proved(world, storage, builders.piece(world), own.code)
    page = text(client.get(f"/wilayah/desa/{own.code}"))
    assert "/cetak/bukti/catat?desa=" in page
    assert "1 bukti lainnya" in page  # reached, though somebody else recorded it
    assert f"/cetak/bukti/{proof.id}/foto" not in page
    assert "/cetak/bukti/catat?desa=" not in client.get(f"/wilayah/desa/{other.code}").text
