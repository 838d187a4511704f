"""A short test with every kind of question that can be marked, and one that cannot."""

from typing import Any

TEST: dict[str, Any] = {
    "title": "Keamanan akun",
    "sections": [
        {
            "key": "soal",
            "title": "Soal",
            "questions": [
                {
                    "key": "sandi",
                    "kind": "one",
                    "text": "Mana sandi yang paling kuat?",
                    "options": [
                        {"key": "panjang", "text": "Kalimat panjang", "right": True},
                        {"key": "lahir", "text": "Tanggal lahir"},
                        {"key": "tahu", "text": "Belum tahu"},
                    ],
                },
                {
                    "key": "tanda",
                    "kind": "many",
                    "text": "Mana tanda pesan penipuan?",
                    "points": 3,
                    "options": [
                        {"key": "desak", "text": "Mendesak", "right": True},
                        {"key": "tautan", "text": "Tautan aneh", "right": True},
                        {"key": "kode", "text": "Meminta kode", "right": True},
                        {"key": "salam", "text": "Diawali salam"},
                        {"key": "nama", "text": "Menyebut nama"},
                    ],
                },
                {
                    "key": "pakai",
                    "kind": "one",
                    "text": "Pernah memakai pengelola sandi?",
                    "options": [{"key": "ya", "text": "Ya"}, {"key": "tidak", "text": "Tidak"}],
                },
                {
                    "key": "guna",
                    "kind": "one",
                    "text": "Apa gunanya?",
                    "when": {"question": "pakai", "is": ["ya"]},
                    "options": [
                        {"key": "simpan", "text": "Menyimpan sandi", "right": True},
                        {"key": "cepat", "text": "Mempercepat ponsel"},
                    ],
                },
            ],
        }
    ],
}
RIGHT: dict[str, Any] = {
    "sandi": "panjang",
    "tanda": ["desak", "tautan", "kode"],
    "pakai": "ya",
    "guna": "simpan",
}
WRONG: dict[str, Any] = {"sandi": "lahir", "tanda": ["salam", "nama"], "pakai": "tidak"}
MOST = 5
