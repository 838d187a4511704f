// Asks a person before something is done. `yes` takes the place of the words on the button, which deletes otherwise.
const dialog = document.getElementById("yakin");
const button = dialog.querySelector('[value="yes"]');
const remove = button.textContent;

export function sure(question, yes) {
  dialog.querySelector("[data-question]").textContent = question;
  button.textContent = yes ?? remove;
  button.className = yes ? "btn btn-primary" : "btn btn-danger";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}
