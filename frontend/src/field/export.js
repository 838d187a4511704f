// A record as a file, pictures included: it can be handed on by any way and read in at /catat/berkas.
const asText = (blob) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = failed;
    reader.readAsDataURL(blob);
  });

export async function exported(item, photos) {
  const { uuid, organisation_id, saved_at, content, name, replaces } = item;
  const whole = photos.filter((photo) => photo.blob && item.photos.includes(photo.uuid));
  const record = { uuid, kind: "activity", organisation_id, saved_at, content, photos: item.photos };
  return JSON.stringify({
    format: "gaung-catatan",
    version: 1,
    name,
    exported_at: new Date().toISOString(),
    records: [replaces ? { ...record, replaces } : record],
    photos: await Promise.all(
      whole.map(async (photo) => ({ uuid: photo.uuid, record_uuid: uuid, name: photo.name, data: await asText(photo.blob) })),
    ),
  });
}

export async function download(item, photos) {
  const address = URL.createObjectURL(new Blob([await exported(item, photos)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  const title = (item.content.title || "kegiatan").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  link.download = `catatan-${item.content.date || "tanpa-tanggal"}-${title.slice(0, 40)}.json`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
