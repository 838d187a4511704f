// Finding a village among all districts, and saying how many are chosen. Without it the list still works.
for (const pick of document.querySelectorAll("[data-village-pick]")) {
  const search = pick.querySelector("[data-village-words]");
  const count = pick.querySelector("[data-village-count]");
  const districts = [...pick.querySelectorAll("[data-district]")];

  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase();
    for (const district of districts) {
      const whole = district.querySelector("summary").textContent.toLowerCase().includes(words);
      let some = false;
      for (const village of district.querySelectorAll("[data-village]")) {
        village.hidden = Boolean(words) && !whole && !village.textContent.toLowerCase().includes(words);
        some = some || !village.hidden;
      }
      district.hidden = !some;
      district.open = Boolean(words) ? some : Boolean(district.querySelector("input:checked"));
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });

  const tell = () => {
    const chosen = pick.querySelectorAll("input:checked");
    const one = chosen[0]?.dataset.name ?? count.dataset.none ?? "";
    if (count.dataset.one === "[name]") count.textContent = one; // a choice of one village
    else count.textContent = chosen.length ? count.dataset.one.replace("[n]", chosen.length) : "";
  };
  pick.addEventListener("change", tell);
  tell();
}
