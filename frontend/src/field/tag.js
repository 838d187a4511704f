// The name under which the browser is asked to send in the background.
export const TAG = "gaung-kirim";
// The cache of the pictures that surveys show; it outlives a new version of the pages.
export const SHOWN = "gaung-gambar";
