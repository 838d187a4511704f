// Browsers show dates in the language of the computer ("11/30/2026, 01:00 PM"): say below the field what was chosen, the
// way the office writes it.
const DAY = new Intl.DateTimeFormat("id", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

for (const field of document.querySelectorAll("input[type=datetime-local], input[type=date]")) {
  const group = field.closest(".input-group");
  const zone = group?.querySelector(".input-group-text")?.textContent ?? "";
  const note = document.createElement("div");
  note.className = "form-hint when-note";
  note.setAttribute("aria-live", "polite");
  (group ?? field).after(note);
  const tell = () => {
    const [day, time] = field.value.split("T");
    const read = day ? new Date(`${day}T00:00:00Z`) : null;
    if (!read || Number.isNaN(read.getTime())) note.textContent = "";
    else note.textContent = [DAY.format(read), time?.slice(0, 5).replace(":", "."), time && zone].filter(Boolean).join(" ");
  };
  field.addEventListener("input", tell);
  field.addEventListener("change", tell);
  tell();
}
