// Forms with data-confirm ask first, in a dialog of the page. What is missing is said before that, also in forms that
// are else checked on the server.
const dialog = document.getElementById("dialog-yakin");

function complains(form) {
  const wrong = [...form.elements].find((one) => one.willValidate && !one.validity.valid);
  return Boolean(wrong?.checkVisibility() && !wrong.reportValidity());
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const submitter = event.submitter;
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!question || !dialog || form.dataset.confirmed || form.dataset.leaving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!submitter?.dataset.confirm && complains(form)) return;
  const go = dialog.querySelector("[data-yes]");
  dialog.querySelector("[data-question]").textContent = question;
  go.textContent = submitter?.dataset.confirmLabel ?? form.dataset.confirmLabel ?? submitter?.textContent.trim() ?? go.textContent;
  dialog.returnValue = "";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "1";
      form.requestSubmit(submitter ?? undefined);
      delete form.dataset.confirmed;
    },
    { once: true },
  );
  dialog.showModal();
});
