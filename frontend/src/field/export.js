// A record as a file, pictures included: it can be handed on by any way and read in at /catat/berkas.
import { asSent } from "./send.js";

const asText = (blob) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = failed;
    reader.readAsDataURL(blob);
  });

export async function exported(item, photos) {
  const whole = photos.filter((photo) => photo.blob && item.photos.includes(photo.uuid));
  return JSON.stringify({
    format: "gaung-catatan",
    version: 1,
    name: item.name,
    exported_at: new Date().toISOString(),
    records: [asSent(item)],
    photos: await Promise.all(
      whole.map(async (photo) => ({ uuid: photo.uuid, record_uuid: item.uuid, name: photo.name, data: await asText(photo.blob) })),
    ),
  });
}

const plain = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40);

function fileName({ kind, content }) {
  if (kind === "answer") return `wawancara-${content.ended_at.slice(0, 10)}-${plain(content.place)}.json`;
  return `catatan-${content.date || "tanpa-tanggal"}-${plain(content.title || "kegiatan")}.json`;
}

export async function download(item, photos) {
  const address = URL.createObjectURL(new Blob([await exported(item, photos)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName(item);
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
