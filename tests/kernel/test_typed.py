import pytest

from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import NAME_TOO_LONG, at_most, line, paragraph, required_line


def test_a_line_has_single_blanks_and_no_line_ends() -> None:
    assert line("  Kenal \n Smart\t City ") == "Kenal Smart City"
    assert line(None) == ""


def test_a_paragraph_keeps_its_lines_with_one_kind_of_line_end() -> None:
    assert paragraph("\r\n satu\r\ndua\rtiga  \n") == "satu\ndua\ntiga"
    assert paragraph(None) == ""


def test_a_text_of_just_the_length_is_kept() -> None:
    assert at_most("abc", 3, "name") == "abc"


def test_a_longer_text_is_refused_at_its_field_with_the_number() -> None:
    with pytest.raises(Invalid) as caught:
        at_most("abcd", 3, "name")
    assert (caught.value.field, str(caught.value)) == ("name", "Isian ini terlalu panjang. Paling banyak 3 huruf.")


def test_a_sentence_of_its_own_keeps_what_it_says_besides_the_number() -> None:
    with pytest.raises(Invalid, match="“abcd…” paling banyak 3"):
        at_most("abcd", 3, None, T("“%(start)s…” paling banyak %(n)s", start="abcd"))


def test_what_must_be_there_is_asked_for_before_it_is_measured() -> None:
    assert required_line(" Budi  Santoso ", 12, "name", T("Isi namanya.")) == "Budi Santoso"
    with pytest.raises(Invalid, match=r"Isi namanya\."):
        required_line(" \n ", 12, "name", T("Isi namanya."))
    with pytest.raises(Invalid, match="Nama terlalu panjang"):
        required_line("Budi", 3, "name", T("Isi namanya."), NAME_TOO_LONG)
