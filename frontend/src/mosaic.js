// The mosaic of villages: one square at a time is in the order of Tab, arrows move to the nearest one, and a strip says
// which village it is. Without this every square is a link to its village.
const board = document.querySelector("[data-mosaic]");
if (board) start(board);

function start(board) {
  const squares = [...board.querySelectorAll(".mosaic a.sq")];
  const strip = board.querySelector("[data-mosaic-strip]");
  const part = (name) => strip.querySelector(`[data-mosaic-${name}]`);
  let chosen = null;

  squares.forEach((square, place) => (square.tabIndex = place ? -1 : 0));
  board.querySelector("[data-mosaic-hint]").hidden = false;

  function tell(square) {
    if (chosen) chosen.classList.remove("is-chosen");
    chosen = square;
    square.classList.add("is-chosen");
    const label = square.getAttribute("aria-label");
    const end = label.indexOf(": ");
    part("name").textContent = label.slice(0, end + 1);
    part("said").textContent = label.slice(end + 2);
    part("touch").textContent = square.dataset.touch ?? "";
    part("link").href = square.href;
    strip.hidden = false;
  }

  function enter(square) {
    for (const other of squares) other.tabIndex = other === square ? 0 : -1;
    square.focus();
  }

  board.addEventListener("focusin", ({ target }) => {
    if (target.matches(".mosaic a.sq")) tell(target);
  });
  board.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "mouse" && target.matches(".mosaic a.sq")) tell(target);
  });
  // a finger has nothing to point with: the first touch tells, the second opens
  let before = null;
  board.addEventListener("pointerdown", ({ target, pointerType }) => (before = pointerType === "mouse" ? target : chosen));
  board.addEventListener("click", (event) => {
    if (event.detail && event.target.matches(".mosaic a.sq") && before !== event.target) {
      event.preventDefault();
      tell(event.target);
    }
  });

  board.addEventListener("keydown", (event) => {
    if (!event.target.matches(".mosaic a.sq")) return;
    const next = towards(event.target, event.key, event.ctrlKey);
    if (!next) return;
    event.preventDefault();
    enter(next);
  });

  function towards(square, key, whole) {
    const row = [...square.closest("[role=row]").querySelectorAll("a.sq")];
    const ends = whole ? squares : row;
    if (key === "Home") return ends[0];
    if (key === "End") return ends.at(-1);
    if (key === "PageDown" || key === "PageUp") {
      const tiles = [...board.querySelectorAll("[role=row]")];
      const place = tiles.indexOf(square.closest("[role=row]")) + (key === "PageDown" ? 1 : -1);
      return tiles[place]?.querySelector("a.sq");
    }
    return nearest(square, key);
  }

  // the nearest square that lies that way; what lies aside counts for three times as far
  function nearest(square, key) {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key] ?? [0, 0];
    const [x, y] = middle(square);
    let best = null;
    let least = Infinity;
    for (const other of squares) {
      const [toX, toY] = middle(other);
      const ahead = dx * (toX - x) + dy * (toY - y);
      const aside = Math.abs(dx * (toY - y) + dy * (toX - x));
      if ((dx || dy) && ahead > 4 && ahead + 3 * aside < least) [best, least] = [other, ahead + 3 * aside];
    }
    return best;
  }
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}
