// The upload field: each chosen file goes up in a request of its own, so that a form stays small and nothing typed
// in it can be lost by a bad line. Its words stand in data attributes, written by media/picker.html.

const say = (field, key, name) => (field.dataset[key] || "").replace("[nama]", name);

function note(field, text) {
  field.querySelector("[data-upload-note]").textContent = text;
}

function add(field, html) {
  const list = field.querySelector("[data-upload-list]");
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const arrived = holder.content.querySelector("[data-upload-item]");
  if (arrived && field.dataset.multiple !== "1") list.replaceChildren();
  list.append(holder.content);
  if (arrived) field.dispatchEvent(new Event("change", { bubbles: true }));
  return arrived;
}

function addWrong(field, text) {
  const item = document.createElement("li");
  item.className = "upload-wrong alert alert-danger";
  item.setAttribute("role", "alert");
  item.dataset.uploadWrong = "";
  item.textContent = text;
  field.querySelector("[data-upload-list]").append(item);
}

async function send(field, file) {
  if (file.size > Number(field.dataset.maxBytes)) return addWrong(field, say(field, "tooLarge", file.name));
  note(field, say(field, "sending", file.name));
  const body = new FormData();
  body.append("file", file);
  const token = document.querySelector('meta[name="csrf-token"]');
  const headers = { "HX-Request": "true", "X-CSRFToken": token ? token.content : "" };
  let answer;
  try {
    answer = await fetch(field.dataset.url, { method: "POST", body, headers, credentials: "same-origin" });
  } catch {
    return addWrong(field, say(field, "offline", file.name));
  }
  if (answer.ok || answer.status === 422) return add(field, await answer.text());
  return addWrong(field, say(field, answer.status === 401 ? "signedOut" : "failed", file.name));
}

async function sendAll(field, input) {
  const files = [...input.files];
  input.value = "";
  field.querySelectorAll("[data-upload-wrong]").forEach((item) => item.remove());
  field.setAttribute("aria-busy", "true");
  for (const file of files) await send(field, file);
  field.removeAttribute("aria-busy");
  note(field, field.querySelector("[data-upload-wrong]") ? "" : field.dataset.done);
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.matches("[data-upload-input]") || !input.files.length) return;
  event.stopPropagation();
  sendAll(input.closest("[data-upload]"), input);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-upload-remove]");
  if (!button) return;
  const field = button.closest("[data-upload]");
  button.closest("[data-upload-item]").remove();
  field.querySelector("[data-upload-input]").focus();
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
