from app.base.documents.glyphs import unprintable


def test_signs_that_the_font_lacks_are_told_once() -> None:
    assert unprintable("Ñi’mah Şe Ḥasan, S.Kom. (é) – “x”\u200b") == []
    assert unprintable("Siti 李李 محمد 😀") == ["李", "م", "ح", "د", "😀"]
