"""A short instrument with every kind of question, and answers that fit it."""

from typing import Any

DEFINITION: dict[str, Any] = {
    "title": "Pengenalan smart city",
    "consent": "Survei ini sukarela dan tanpa nama. Bersedia?",
    "thanks": "Terima kasih.",
    "languages": ["id", "kut"],
    "sections": [
        {
            "key": "kenal",
            "title": "Pengenalan",
            "questions": [
                {
                    "key": "p1",
                    "kind": "text",
                    "text": "Layanan apa yang terlintas?",
                    "required": False,
                    "aloud": False,
                    "back": False,
                    "codes": [
                        {"key": "sampah", "text": "Bank Sampah", "dimension": "smart-environment"},
                        {"key": "tidak", "text": "Tidak ada"},
                    ],
                },
                {
                    "key": "istilah",
                    "kind": "one",
                    "text": {"id": "Pernah mendengar istilah Smart City?", "kut": "Pernah dengar istilah Smart City?"},
                    "back": False,
                    "options": [
                        {"key": "belum", "text": "Belum"},
                        {"key": "dengar", "text": "Pernah dengar"},
                        {"key": "tahu", "text": "Tahu artinya"},
                    ],
                },
                {
                    "key": "lihat",
                    "kind": "one",
                    "text": "Dalam 3 bulan terakhir, apakah Anda melihat informasi smart city?",
                    "options": [
                        {"key": "ya", "text": "Ya"},
                        {"key": "tidak", "text": "Tidak"},
                        {"key": "ragu", "text": "Tidak yakin"},
                    ],
                },
                {
                    "key": "sumber",
                    "kind": "many",
                    "text": "Dari mana?",
                    "shuffle": True,
                    "when": {"question": "lihat", "is": ["ya"]},
                    "options": [
                        {"key": "kim", "text": "KIM"},
                        {"key": "poster", "text": "Poster"},
                        {"key": "lain", "text": "Lainnya", "other": True, "fixed": True},
                        {"key": "lupa", "text": "Tidak ingat", "exclusive": True, "fixed": True},
                    ],
                },
                {
                    "key": "kenal",
                    "kind": "grid",
                    "text": "Apakah Anda mengenal …?",
                    "shuffle": True,
                    "options": [
                        {"key": "belum", "text": "Belum pernah dengar"},
                        {"key": "dengar", "text": "Pernah dengar"},
                        {"key": "tahu", "text": "Tahu kegunaannya"},
                    ],
                    "rows": [
                        {"key": "idaman", "text": "Idaman RT", "dimension": "smart-governance"},
                        {"key": "sampah", "text": "Bank Sampah", "dimension": "smart-environment"},
                        {"key": "kim", "text": "KIM", "dimension": "smart-society"},
                        {"key": "palsu", "text": "Layanan Karang Cerdas", "decoy": True},
                    ],
                },
            ],
        },
        {
            "key": "nilai",
            "title": "Penilaian",
            "questions": [
                {
                    "key": "percaya",
                    "kind": "scale",
                    "text": "Informasi smart city dari Pemkab dapat dipercaya.",
                    "options": [
                        {"key": "1", "text": "Sangat tidak setuju"},
                        {"key": "2", "text": "Tidak setuju"},
                        {"key": "3", "text": "Setuju"},
                        {"key": "4", "text": "Sangat setuju"},
                    ],
                },
                {
                    "key": "kali",
                    "kind": "number",
                    "text": "Berapa kali Anda memakai layanannya?",
                    "required": False,
                    "least": 0,
                    "most": 99,
                },
            ],
        },
    ],
    "measures": [
        {"key": "istilah", "label": "Mengenal istilah", "question": "istilah", "counts": ["dengar", "tahu"]},
        {"key": "sebut", "label": "Menyebut layanan", "question": "p1", "counts": ["sampah"], "unasked": 0},
        {
            "key": "kenal_idaman",
            "label": "Mengenal Idaman RT",
            "question": "kenal",
            "row": "idaman",
            "counts": ["dengar", "tahu"],
            "dimension": "smart-governance",
        },
        {
            "key": "kenal_sampah",
            "label": "Mengenal Bank Sampah",
            "question": "kenal",
            "row": "sampah",
            "counts": ["dengar", "tahu"],
            "dimension": "smart-environment",
        },
        {
            "key": "palsu",
            "label": "Mengenal layanan yang tidak ada",
            "question": "kenal",
            "row": "palsu",
            "counts": ["dengar", "tahu"],
            "decoy": True,
        },
        {"key": "percaya", "label": "Percaya", "question": "percaya", "counts": ["3", "4"]},
        {"key": "nilai_percaya", "label": "Nilai kepercayaan", "kind": "mean", "question": "percaya"},
    ],
}

ANSWERS: dict[str, Any] = {
    "istilah": "dengar",
    "lihat": "ya",
    "sumber": ["kim"],
    "kenal": {"idaman": "belum", "sampah": "tahu", "kim": "dengar", "palsu": "belum"},
    "percaya": "3",
}
