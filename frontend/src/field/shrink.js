// Photos as they are sent: at most 1600 pixels, JPEG, without where they were taken. What cannot be made small is
// sent as it is, up to 20 MB.
const SIDE = 1600;
const SMALL = 160;
const QUALITY = 0.8;
const LEAST = 640;
const STEP = 0.7;
export const LARGEST = 20_000_000;

// Resolves to {blob, name, thumb}, or to null for what is no picture that this phone can read.
export async function shrink(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const blob = await jpeg(draw(picture, SIDE));
  const thumb = draw(picture, SMALL).toDataURL("image/jpeg", 0.6);
  picture.close();
  const name = `${(file.name || "foto").replace(/\.\w+$/, "")}.jpg`;
  return blob ? { blob, name, thumb } : { blob: file, name: file.name, thumb };
}

// One size smaller, for a line that does not take it as it is; the same where that cannot be done. Also in a worker.
export async function smaller(blob) {
  try {
    const picture = await createImageBitmap(blob);
    const side = Math.max(picture.width, picture.height);
    const made = side > LEAST ? await jpeg(draw(picture, Math.max(LEAST, side * STEP))) : null;
    picture.close();
    return made && made.size < blob.size ? made : blob;
  } catch {
    return blob;
  }
}

const jpeg = (canvas) =>
  canvas.convertToBlob
    ? canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY })
    : new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));

function draw(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = globalThis.document?.createElement("canvas") ?? new OffscreenCanvas(1, 1);
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}
