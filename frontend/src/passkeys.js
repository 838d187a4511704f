// button[data-passkey]: asks the phone or computer for its key ("get") or to make one ("make"), and sends its form with
// the answer. Without this script the button stays hidden, and the other ways are there.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const described = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function question(kind, options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (kind === "get") return { ...asked, allowCredentials: described(options.allowCredentials) };
  return {
    ...asked,
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
  };
}

function answer(credential) {
  const from = credential.response;
  const response = { clientDataJSON: text(from.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (from[name]) response[name] = text(from[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

function tell(button, why) {
  const told = button.parentElement.querySelector("[data-passkey-told]");
  told.textContent = told.dataset[why];
  told.hidden = false;
}

async function ask(button) {
  const kind = button.dataset.passkey;
  const publicKey = question(kind, JSON.parse(button.dataset.options));
  button.disabled = true;
  try {
    const made = await navigator.credentials[kind === "get" ? "get" : "create"]({ publicKey });
    const form = button.form;
    form.elements.answer.value = answer(made);
    form.elements.state.value = button.dataset.state;
    button.dataset.ready = "1";
    button.disabled = false;
    form.requestSubmit(button);
  } catch (error) {
    const why = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
    tell(button, why[error.name] || "failed");
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential || location.origin !== button.dataset.origin) continue;
  button.closest("[data-passkey-box]").hidden = false;
  button.addEventListener("click", (event) => {
    if (button.dataset.ready) return;
    event.preventDefault();
    ask(button);
  });
}

// what leads nowhere without a key: at this address, or in this browser
for (const part of document.querySelectorAll("[data-passkey-here]")) {
  part.hidden = !window.PublicKeyCredential || location.origin !== part.dataset.origin;
}

for (const note of document.querySelectorAll("[data-passkey-elsewhere]")) {
  note.hidden = location.origin === note.dataset.origin;
}
