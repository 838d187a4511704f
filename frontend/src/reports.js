// The minutes: one more row without asking the server. Without this the same button is answered by a page with a row
// more. A kept form that comes back with more rows than stand here gets them too.
for (const form of document.querySelectorAll("form[data-minutes]")) {
  const rows = (kind) => form.querySelector(`[data-minutes-rows="${kind}"]`);

  const add = (kind) => {
    const list = rows(kind);
    const before = list.querySelectorAll("[data-minutes-row]");
    const row = before[before.length - 1].cloneNode(true);
    const number = before.length;
    row.id = row.id.replace(/\d+$/, number);
    row.querySelectorAll(".field-error, .when-note").forEach((error) => error.remove());
    for (const field of row.querySelectorAll("input, textarea")) {
      field.value = "";
      field.defaultValue = "";
      field.classList.remove("is-invalid");
      const id = field.id.replace(/\d+$/, number);
      row.querySelector(`label[for="${field.id}"]`).htmlFor = id;
      field.id = id;
    }
    list.append(row);
    return row;
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add]");
    if (!button) return;
    event.preventDefault();
    add(button.dataset.add).querySelector("textarea, input").focus();
  });

  form.addEventListener("gaung:restored", (event) => {
    for (const list of form.querySelectorAll("[data-minutes-rows]")) {
      const names = [...new Set([...list.querySelectorAll("[name]")].map((field) => field.name))];
      for (const name of names) {
        const values = event.detail.values.filter((entry) => entry[0] === name).map((entry) => entry[1]);
        while (list.querySelectorAll(`[name="${name}"]`).length < values.length) add(list.dataset.minutesRows);
        list.querySelectorAll(`[name="${name}"]`).forEach((field, at) => {
          if (at < values.length) field.value = values[at];
        });
      }
    }
  });
}
