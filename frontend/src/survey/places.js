// A long list of villages as two: the district first, then its villages. Without a script it is one list with groups.

export function splitPlaces(villages, chosen) {
  const groups = [...villages.querySelectorAll("optgroup")];
  if (groups.length < 2) return;
  const label = villages.labels[0];
  const districts = document.createElement("select");
  districts.className = villages.className;
  districts.id = `${villages.id}-kecamatan`;
  const head = document.createElement("label");
  Object.assign(head, { className: label.className, htmlFor: districts.id, textContent: villages.dataset.split });
  const [empty] = villages.options;
  districts.append(empty.cloneNode(true), ...groups.map((group) => new Option(group.label, group.label)));
  const box = document.createElement("div");
  box.className = "survey-district";
  box.append(head, districts);
  label.before(box);

  function show() {
    const group = groups.find((one) => one.label === districts.value);
    const first = empty.cloneNode(true);
    if (!group) first.textContent = villages.dataset.first;
    villages.replaceChildren(first, ...(group ? [...group.children].map((option) => option.cloneNode(true)) : []));
    villages.disabled = !group;
    villages.value = "";
  }
  const known = groups.find((group) => [...group.children].some((option) => option.value === chosen));
  if (known) districts.value = known.label;
  show();
  if (known) villages.value = chosen;
  districts.addEventListener("change", show);
}
