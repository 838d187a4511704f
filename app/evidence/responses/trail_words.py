"""What the trail says of the records of responses: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "response.burst_accepted": T("Menerima rentetan jawaban survei yang ditahan"),
    "response.burst_discarded": T("Membuang rentetan jawaban survei yang ditahan"),
    "response.burst_reopened": T("Menahan lagi rentetan jawaban survei"),
    "response.opened": T("Melihat jawaban perorangan"),
    "response.repeats_set_aside": T("Mengesampingkan jawaban yang diduga ulangan"),
    "response.set_aside": T("Mengesampingkan jawaban survei"),
    "response.taken_back": T("Menghitung lagi jawaban survei"),
    "responses.import_undone": T("Mengeluarkan lagi jawaban dari berkas"),
    "responses.imported": T("Memasukkan jawaban dari berkas"),
    "survey.code_added": T("Menambah kode jawaban tulisan"),
    "survey.conflict_settled": T("Memutuskan jawaban yang dipakai"),
    "survey.conflicts_kept": T("Memakai jawaban yang pertama untuk semua yang punya dua versi"),
    "survey.double_keying": T("Mengubah ketik ganda formulir kertas"),
    "survey.forms_printed": T("Menyiapkan formulir kertas bernomor"),
    "survey.forms_reprinted": T("Mencetak lagi formulir kertas"),
    "survey.links_made": T("Membuat tautan survei perorangan"),
    "survey.sheet_keyed": T("Mengetik formulir kertas"),
    "survey.text_erased": T("Menghapus isi jawaban tulisan"),
    "survey.texts_coded": T("Memberi kode jawaban tulisan"),
    "wave.simulated": T("Mengisi survei dengan jawaban simulasi"),
}
SUBJECTS: dict[str, T] = {
    "response_imports": T("Berkas jawaban survei"),
    "responses": T("Jawaban survei"),
}
