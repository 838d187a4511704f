// A second click on a button that already sent its form does nothing.
const AGAIN_AFTER = 8000; // a form that answers with a file never leaves its page

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-held]")) {
    button.disabled = false;
    delete button.dataset.held;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-hx-post]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // after the browser has read the form, so that the pressed button's value is sent too
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button]):enabled")) {
      button.dataset.held = "";
      button.disabled = true;
    }
  });
  setTimeout(() => release(form), AGAIN_AFTER);
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
