// An address that leads to a folded part, as after changing a module, opens it.
const unfold = () => {
  const part = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  const fold = part && part.querySelector(":scope > .module-fold");
  if (fold) fold.open = true;
};
addEventListener("hashchange", unfold);
unfold();
