"""The words of WTForms in Indonesian, of which it brings no catalogue of its own."""

from flask_babel import lazy_gettext as _l

WORDS = {
    "This field is required.": _l("Bagian ini wajib diisi."),
    "Invalid Choice: could not coerce.": _l("Pilihan ini tidak dikenal. Pilih salah satu dari daftar."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _l(
        "Ada pilihan yang tidak dikenal. Pilih dari daftar."
    ),
    "'%(value)s' is not a valid choice for this field.": _l("“%(value)s” tidak ada dalam daftar. Pilih dari daftar."),
    "'%(value)s' are not valid choices for this field.": _l("“%(value)s” tidak ada dalam daftar. Pilih dari daftar."),
    "Choices cannot be None.": _l("Daftar pilihannya kosong. Beri tahu admin."),
    "Not a valid choice.": _l("Pilihan ini tidak ada dalam daftar. Pilih salah satu dari daftar."),
    "Invalid input.": _l("Isian ini tidak bisa dipakai. Periksa lagi."),
    "Invalid email address.": _l("Alamat surel ini tidak lengkap. Contoh: nama@kukarkab.go.id"),
    "Invalid IP address.": _l("Alamat IP ini tidak lengkap. Contoh: 192.168.1.10"),
    "Invalid Mac address.": _l("Alamat perangkat ini tidak lengkap. Contoh: 00:1B:44:11:3A:B7"),
    "Invalid UUID.": _l("Kode ini tidak lengkap. Salin sekali lagi seluruhnya."),
    "Invalid field name '%s'.": _l("Isian ini tidak bisa diperiksa. Beri tahu admin."),
    "Invalid URL.": _l("Alamat web ini tidak lengkap. Contoh: https://www.kukarkab.go.id"),
    "Not a valid date value.": _l("Tanggal ini tidak bisa dibaca. Contoh: 24-11-2026"),
    "Not a valid datetime value.": _l("Tanggal dan jam ini tidak bisa dibaca. Pilih dari kalender isian."),
    "Not a valid time value.": _l("Jam ini tidak bisa dibaca. Contoh: 08.00"),
    "Not a valid week value.": _l("Minggu ini tidak bisa dibaca."),
    "Not a valid integer value.": _l("Isi dengan bilangan bulat, misalnya 12."),
    "Not a valid decimal value.": _l("Isi dengan angka, misalnya 12,5."),
    "Not a valid float value.": _l("Isi dengan angka, misalnya 12,5."),
    "Number must be at least %(min)s.": _l("Angka paling kecil adalah %(min)s."),
    "Number must be at most %(max)s.": _l("Angka paling besar adalah %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("Isi angka antara %(min)s dan %(max)s."),
    "Date must be at least %(min)s.": _l("Tanggal paling awal adalah %(min)s."),
    "Date must be at most %(max)s.": _l("Tanggal paling akhir adalah %(max)s."),
    "Date must be between %(min)s and %(max)s.": _l("Isi tanggal antara %(min)s dan %(max)s."),
    "Field must be at least %(min)d character long.": _l("Tulis paling sedikit %(min)d huruf."),
    "Field must be at least %(min)d characters long.": _l("Tulis paling sedikit %(min)d huruf."),
    "Field cannot be longer than %(max)d character.": _l("Terlalu panjang: paling banyak %(max)d huruf."),
    "Field cannot be longer than %(max)d characters.": _l("Terlalu panjang: paling banyak %(max)d huruf."),
    "Field must be exactly %(max)d character long.": _l("Panjangnya harus tepat %(max)d huruf."),
    "Field must be exactly %(max)d characters long.": _l("Panjangnya harus tepat %(max)d huruf."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Tulis antara %(min)d dan %(max)d huruf."),
    "Field must be equal to %(other_name)s.": _l("Isian ini harus sama dengan isian “%(other_name)s”."),
    "Invalid value, must be one of: %(values)s.": _l("Isi dengan salah satu dari: %(values)s."),
    "Invalid value, can't be any of: %(values)s.": _l("Isian ini tidak boleh dipakai: %(values)s."),
    "This field cannot be edited.": _l("Bagian ini tidak bisa diubah."),
    "This field is disabled and cannot have a value.": _l("Bagian ini tidak bisa diisi."),
    "File does not have an approved extension.": _l("Jenis berkas ini tidak bisa dipakai."),
    "File does not have an approved extension: {extensions}": _l(
        "Jenis berkas ini tidak bisa dipakai. Pakai salah satu dari: {extensions}"
    ),
    "File must be between {min_size} and {max_size} bytes.": _l(
        "Ukuran berkas harus antara {min_size} dan {max_size} byte."
    ),
    "CSRF token missing.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
    "The CSRF token has expired.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
    "CSRF token expired.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
    "CSRF failed.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
    "Invalid CSRF Token.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
    "The CSRF token is missing.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
    "The CSRF session token is missing.": _l(
        "Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."
    ),
    "The CSRF token is invalid.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
    "The CSRF tokens do not match.": _l("Halaman ini terlalu lama terbuka. Isian Anda masih ada; kirim sekali lagi."),
}


class Messages:
    """The object that WTForms asks for its words. Unknown words (our own messages) pass as they are."""

    def gettext(self, string: str) -> str:
        return str(WORDS.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)
