// data-copy="#id": copies the words of an element; without a clipboard it selects them, ready for a long press.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const words = button.lastChild;
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(source.innerText);
    words.textContent = ` ${button.dataset.copied}`;
    setTimeout(() => (words.textContent = before), 2500);
  } catch {
    getSelection().selectAllChildren(source);
    source.focus();
  }
});
