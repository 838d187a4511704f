// What the page's script says. Words that stand in the page from the start are in its template.
export const SAID = {
  saved: "Tersimpan di perangkat",
  problem: "Perlu diperiksa",
  sent: (receipt) => `Terkirim (kode terima ${receipt})`,
  others: (name) => `Catatan milik ${name}`,
  othersWhy: "Milik orang lain. Terkirim bila pemiliknya masuk di perangkat ini.",
  nameless: "Kegiatan yang direncanakan",
  people: (count) => `${count.toLocaleString("id")} orang`,
  photos: (count) => `${count} foto`,
  waits: {
    offline: "Menunggu sinyal, lalu terkirim sendiri.",
    signed_out: "Masuk lagi untuk mengirim. Catatan ini tetap tersimpan.",
    forbidden: "Akun yang sedang masuk tidak bisa mengirim catatan.",
    trouble: "Kantor belum bisa menerima. Dicoba lagi sendiri.",
    busy: "Sedang dikirim.",
    done: "Sebentar lagi terkirim.",
  },
  line: {
    online: "Ada sinyal.",
    offline: "Tanpa sinyal. Catatan tetap tersimpan di perangkat ini.",
    signed_out: "Anda belum masuk. Catatan tetap bisa disimpan di sini.",
    sending: "Sedang mengirim…",
    trouble: "Sinyal ada, tetapi kantor belum menjawab. Dicoba lagi sendiri.",
    forbidden: "Akun yang sedang masuk tidak bisa mengirim catatan.",
    straight: "Browser ini tidak bisa menyimpan di perangkat. Catatan dikirim langsung, jadi perlu sinyal.",
    old: "Halaman ini lebih lama daripada catatan di perangkat. Muat ulang halaman; catatan Anda tetap ada.",
    another: "Yang sedang masuk orang lain. Muat ulang halaman ini sebelum mencatat.",
  },
  count: (waiting, problems) =>
    [waiting && `${waiting} belum terkirim`, problems && `${problems} perlu diperiksa`].filter(Boolean).join(", "),
  twins: "Mungkin kegiatan yang sama sudah dicatat teman sekelompok. Kantor akan memeriksanya.",
  noPhotos: "Penyimpanan HP penuh: tulisannya tersimpan, fotonya tidak. Kosongkan ruang, lalu tambahkan fotonya lagi.",
  full: "Catatan ini belum tersimpan; jangan tutup halaman ini. Kirim langsung bila ada sinyal, atau ekspor ke berkas.",
  broken: "Browser ini menolak menyimpan, jadi catatan belum tersimpan. Kirim langsung bila ada sinyal, atau ekspor ke berkas.",
  kept: "Browser ini berjanji tidak menghapus catatan yang menunggu.",
  notKept: "Browser ini bisa menghapus catatan yang lama menunggu bila HP penuh. Kirim segera begitu ada sinyal.",
  changing: (title) => `Mengubah catatan “${title}”.`,
  sureUnsent: "Catatan ini belum terkirim. Bila dihapus, isinya hilang dan tidak bisa dikembalikan. Hapus?",
  sureSent: "Catatan ini sudah terkirim dan tetap ada di kantor. Hapus dari perangkat ini?",
  savedNow: "Tersimpan di perangkat. Terkirim sendiri begitu ada sinyal.",
  sum: (count) => `Jumlah: ${count.toLocaleString("id")} orang`,
  need: {
    organisation_id: "Pilih kelompoknya.",
    title: "Tulis kegiatan apa.",
    date: "Pilih tanggalnya.",
    start: "Isi jam mulai.",
    end: "Jam selesai lebih awal daripada jam mulai.",
    village_code: "Pilih desanya, atau tulis tempatnya.",
    consent: "Centang persetujuan, atau hapus fotonya.",
    number: "Isi dengan angka bulat.",
  },
  tooMany: (most) => `Paling banyak ${most} foto. Sisanya tidak ditambahkan.`,
  noPicture: "Berkas ini bukan foto. Pilih foto JPG atau PNG.",
  tooLarge: "Foto ini lebih dari 20 MB dan tidak bisa diperkecil di HP ini. Pilih foto lain.",
};

const DAY = new Intl.DateTimeFormat("id", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

export function day(date) {
  const read = date ? new Date(`${date}T00:00:00Z`) : null;
  return read && !Number.isNaN(read.getTime()) ? DAY.format(read) : "";
}

export function headcount(content) {
  const counted = Object.values(content.counts ?? {}).reduce((sum, count) => sum + count, 0);
  return Math.max(counted, content.total ?? 0);
}

export function brief({ title, date, start, place, people, photos, questions }) {
  return [
    title,
    [day(date), start?.replace(":", ".")].filter(Boolean).join(" "),
    place,
    SAID.people(people),
    photos ? SAID.photos(photos) : "",
    questions ? `${questions} pertanyaan` : "",
  ].filter(Boolean);
}
