// The form's fields as the content of a record, and back. app/gatherings/field/forms.py reads the same names.
import { choosePlan, planOf, wordsOfPlan } from "./plans.js";
import { SAID } from "./words.js";

const number = (text) => {
  const plain = text.trim().replaceAll(".", "");
  return plain === "" ? null : /^\d{1,9}$/.test(plain) ? Number(plain) : text;
};
const value = (form, name) => form.elements[name]?.value ?? "";
const rows = (form, name) => [...form.querySelectorAll(`[name="${name}"]`)].filter((field) => !field.closest("noscript"));

export function contentOf(form) {
  const counts = {};
  const grouped = form.dataset.counting !== "total";
  for (const field of grouped ? form.querySelectorAll('[name^="people."]') : []) {
    const people = number(field.value);
    if (people) counts[field.name.slice("people.".length)] = people;
  }
  const pieces = rows(form, "piece").filter((field) => field.checked).map((field) => {
    const [id, ...name] = field.value.split(":");
    return { name: name.join(":"), copies: number(value(form, `copies.${id}`)), piece_id: Number(id) };
  });
  const copies = rows(form, "copies");
  const others = rows(form, "material")
    .map((field, at) => ({ name: field.value.trim(), copies: number(copies[at]?.value ?? ""), piece_id: null }))
    .filter((row) => row.name);
  const answers = rows(form, "answer");
  const questions = rows(form, "asked")
    .map((field, at) => ({ asked: field.value.trim(), answer: answers[at]?.value.trim() ?? "" }))
    .filter((row) => row.asked || row.answer);
  // what is planned is told apart by the plan's own words; the office has them already
  const plan = wordsOfPlan();
  return {
    event_id: planOf(),
    title: plan?.title ?? value(form, "title").trim(),
    event_kind: value(form, "event_kind"),
    date: plan?.date ?? value(form, "date"),
    start: plan?.start ?? value(form, "start"),
    end: plan ? "" : value(form, "end"),
    village_code: plan?.village ?? value(form, "village_code"),
    place: plan?.place ?? value(form, "place").trim(),
    counts,
    total: grouped ? null : number(value(form, "total")),
    materials: [...pieces, ...others],
    questions,
    tags: rows(form, "tags").filter((field) => field.checked).map((field) => field.value),
    campaign_id: number(value(form, "campaign_id")),
    told: value(form, "told").trim(),
  };
}

// Whether an end before its beginning is after midnight; app/gatherings/field/activity.py has the same limit.
export function isLate({ start, end }) {
  const minutes = (hour) => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3, 5));
  return Boolean(start && end) && end < start && minutes(end) + 24 * 60 - minutes(start) < 12 * 60;
}

// [field, sentence] of the first thing that the server would refuse, or null.
export function problemOf(form, content, photos) {
  const need = SAID.need;
  if (!value(form, "organisation_id")) return ["organisation_id", need.organisation_id];
  if (!content.event_id) {
    for (const name of ["title", "date", "start"]) if (!content[name]) return [name, need[name]];
    if (content.end && content.end < content.start && !isLate(content)) return ["end", need.end];
    if (!content.village_code && !content.place) return ["village_code", need.village_code];
  }
  if (Object.values(content.counts).some((count) => typeof count !== "number")) return ["counts", need.number];
  if (typeof content.total === "string") return ["total", need.number];
  if (content.materials.some((row) => typeof row.copies === "string")) return ["materials", need.number];
  if (photos && !form.elements.consent.checked) return ["photos", need.consent];
  return null;
}

export function fill(form, item) {
  const { content } = item;
  const set = (name, given) => {
    if (form.elements[name]) form.elements[name].value = given ?? "";
  };
  set("organisation_id", item.organisation_id);
  for (const name of ["title", "event_kind", "date", "start", "end", "village_code", "place", "campaign_id", "told", "total"]) {
    set(name, content[name]);
  }
  choosePlan(content);
  for (const field of form.querySelectorAll('[name^="people."]')) field.value = content.counts[field.name.slice(7)] ?? "";
  for (const field of rows(form, "piece")) {
    const found = content.materials.find((row) => row.piece_id === Number(field.value.split(":")[0]));
    field.checked = Boolean(found);
    set(`copies.${field.value.split(":")[0]}`, found?.copies);
  }
  for (const field of rows(form, "tags")) field.checked = content.tags.includes(field.value);
  const free = content.materials.filter((row) => !row.piece_id || !form.querySelector(`[name="copies.${row.piece_id}"]`));
  fillRows(form, "material", free.map((row) => ({ material: row.name, copies: row.copies ?? "" })));
  fillRows(form, "asked", content.questions);
  count(form, content.total === null || content.total === undefined ? "groups" : "total");
  form.elements.consent.checked = item.photos.length > 0;
  for (const [id, used] of [["bahan", content.materials.length], ["lain", content.told || content.tags.length || content.campaign_id]]) {
    document.getElementById(id).open = Boolean(used);
  }
}

function fillRows(form, kind, values) {
  const place = form.querySelector(`[data-rows="${kind}"]`);
  for (const row of place.querySelectorAll("[data-row]")) row.remove();
  for (const given of values.length ? values : [{}]) {
    const row = addRow(form, kind);
    for (const [name, text] of Object.entries(given)) row.querySelector(`[name="${name}"]`).value = text;
  }
}

export function addRow(form, kind) {
  const row = document.getElementById(`tpl-${kind}`).content.firstElementChild.cloneNode(true);
  form.querySelector(`[data-rows="${kind}"]`).append(row);
  return row;
}

// People by group, or only how many.
export function count(form, how) {
  form.dataset.counting = how;
  for (const pane of form.querySelectorAll("[data-pane]")) pane.hidden = pane.dataset.pane !== how;
  for (const tab of form.querySelectorAll("[data-tab]")) tab.setAttribute("aria-pressed", String(tab.dataset.tab === how));
}

export function told(form, problem) {
  for (const note of form.querySelectorAll(".field-error")) note.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const top = document.getElementById("salah");
  top.hidden = !problem;
  if (!problem) return;
  const [name, sentence] = problem;
  top.querySelector("[data-words]").textContent = sentence;
  const note = document.getElementById(`${name}-salah`);
  if (note) {
    note.textContent = sentence;
    note.hidden = false;
    note.closest("details")?.setAttribute("open", "");
  }
  const field = form.elements[name];
  if (field?.setAttribute) field.setAttribute("aria-invalid", "true");
  (note ?? top).scrollIntoView({ block: "center" });
  (field?.focus ? field : top).focus({ preventScroll: true });
}

// What a field was told is over once something else stands in it. Some fields are told about under another's name.
const UNDER = { place: "village_code", consent: "photos", material: "materials", copies: "materials", asked: "questions", answer: "questions" };

export function mended(form, field) {
  if (!field.value || field.type === "file") return; // photos.js tells about those
  for (const name of [field.name, UNDER[field.name], { people: "counts", copies: "materials" }[field.name.split(".")[0]]]) {
    const note = name && document.getElementById(`${name}-salah`);
    if (!note || note.hidden) continue;
    note.hidden = true;
    form.elements[name]?.removeAttribute?.("aria-invalid");
    document.getElementById("salah").hidden = !form.querySelector(".field-error:not([hidden])");
  }
}
