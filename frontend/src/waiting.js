// a[data-wait]: a file that takes seconds to make shows a bar until it is there. Without this script it is a plain link.
const NAME = /filename\*?=(?:UTF-8'')?"?([^";]+)/i;

function nameOf(answer, link) {
  const found = NAME.exec(answer.headers.get("Content-Disposition") || "");
  return found ? decodeURIComponent(found[1]) : link.pathname.split("/").pop();
}

function save(blob, name) {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
}

function waitBox(link) {
  const box = document.createElement("div");
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  box.className = "file-wait";
  box.setAttribute("role", "status");
  words.textContent = link.dataset.wait;
  bar.setAttribute("aria-label", link.dataset.wait);
  box.append(bar, words);
  link.parentElement.after(box);
  return { box, bar, words };
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-wait]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.waiting) return;
  link.dataset.waiting = "1";
  document.querySelectorAll(".file-wait").forEach((old) => old.remove());
  const { box, bar, words } = waitBox(link);
  try {
    const answer = await fetch(link.href);
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    save(await answer.blob(), nameOf(answer, link));
    box.remove();
  } catch {
    bar.remove();
    words.textContent = link.dataset.failed;
  }
  delete link.dataset.waiting;
});
