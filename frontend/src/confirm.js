// Forms with data-confirm ask first, in a dialog of the page.
const dialog = document.getElementById("dialog-yakin");

document.addEventListener("submit", (event) => {
  const form = event.target;
  const submitter = event.submitter;
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!question || !dialog || form.dataset.confirmed || form.dataset.leaving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
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
