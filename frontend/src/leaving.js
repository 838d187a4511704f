// [data-warn-leaving]: what this page shows will not be shown again. The browser asks before it is left otherwise than
// by a button of the page.
if (document.querySelector("[data-warn-leaving]")) {
  let meant = false;
  document.addEventListener("submit", () => { meant = true; });
  addEventListener("beforeunload", (event) => { if (!meant) event.preventDefault(); });
}
