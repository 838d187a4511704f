"""What a post says, and the fingerprint that approval covers."""

from sqlalchemy.orm import Session

from app.outreach.campaigns.links import CODE_LENGTH
from app.outreach.posts.content import content_hash, gaps, sample_link, with_link
from app.outreach.posts.models import Post
from tests.world import World


def test_link_takes_the_place_of_its_mark() -> None:
    assert with_link("Baca {tautan} sekarang", "https://k.id/t/abc") == "Baca https://k.id/t/abc sekarang"


def test_link_is_appended_on_a_line_of_its_own() -> None:
    assert with_link("Baca ini.", "https://k.id/t/abc") == "Baca ini.\nhttps://k.id/t/abc"


def test_link_that_stands_there_already_is_not_repeated() -> None:
    assert with_link("Lihat https://k.id/t/abc", "https://k.id/t/abc") == "Lihat https://k.id/t/abc"


def test_mark_disappears_without_a_link() -> None:
    assert with_link("Baca {tautan}", None) == "Baca"


def test_sample_link_is_as_long_as_a_real_one() -> None:
    assert sample_link("https://k.id/") == "https://k.id/t/" + "x" * CODE_LENGTH


def test_hash_covers_text_per_outlet_and_not_the_time(world: World, session: Session) -> None:
    post = world.post(world.outlet("x"), world.outlet("facebook"))
    first = content_hash(post)
    post.scheduled_at = None
    post.title = "Judul lain"
    assert content_hash(post) == first
    post.variants[1].text = "Khusus Facebook"
    assert content_hash(post) != first


def test_base_text_that_no_outlet_uses_is_not_in_the_hash(world: World) -> None:
    post: Post = world.post(world.outlet("x"))
    post.variants[0].text = "Sendiri"
    first = content_hash(post)
    post.text = "Lain"
    assert content_hash(post) == first


def test_gaps_are_found_once_with_all_their_places(world: World) -> None:
    post = world.post(world.outlet("x", name="Akun X"), world.outlet("facebook"))
    post.text = "Kantor [LENGKAPI: alamat], jam [LENGKAPI: jam buka]"
    post.variants[0].text = "Ke [LENGKAPI: alamat]"
    found = gaps(post)
    assert [gap.hint for gap in found] == ["alamat", "jam buka"]
    assert [str(place) for place in found[0].places] == ["teks dasar", "teks Akun X"]
