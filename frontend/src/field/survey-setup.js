// Which survey, where and in which language; remembered for the next interview. And how far it is: what the office had
// when this page was loaded, and what this device has since.
import { SAID } from "./words.js";

const page = document.getElementById("catat");
const form = document.getElementById("mulai");
const GROUPS = JSON.parse(page.dataset.groups);
const MADE = Date.parse(page.dataset.made);
const KEY = `gaung-survei-${page.dataset.person}`;
const read = (option, name) => JSON.parse(option.dataset[name]);

export const templateOf = (wave, language) =>
  document.querySelector(`template[data-survey="${CSS.escape(wave)}"][data-language="${CSS.escape(language)}"]`);

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen()));
  } catch {
    // no room: it is chosen again the next time
  }
}

const survey = () => form.elements.wave.selectedOptions[0];
const place = () => form.elements.place.selectedOptions[0];

export function chosen() {
  return { wave: form.elements.wave.value, language: form.elements.language.value, place: form.elements.place.value };
}

export const namesOf = () => ({ surveyName: survey().textContent, placeName: place()?.textContent ?? "" });

// Options of the places of a survey: its planned ones, else all.
export function placesOf(wave) {
  const audience = form.elements.wave.querySelector(`[value="${CSS.escape(wave)}"]`)?.dataset.audience;
  const template =
    document.querySelector(`template[data-places="${CSS.escape(wave)}"]`) ?? document.querySelector(`template[data-anywhere="${audience}"]`);
  return template?.content.cloneNode(true) ?? document.createDocumentFragment();
}

// `changed` hears of another survey or place.
export function prepare(changed) {
  const before = remembered();
  if ([...form.elements.wave.options].some(({ value }) => value === before.wave)) form.elements.wave.value = before.wave;
  fill(before);
  form.elements.wave.addEventListener("change", () => fill(remembered()));
  form.addEventListener("change", () => {
    remember();
    missing("");
    changed();
  });
}

function fill({ place: placed, language }) {
  const { place: places, language: languages } = form.elements;
  const wave = form.elements.wave.value;
  const label = form.querySelector("[data-place-label]");
  label.textContent = label.dataset[survey().dataset.audience];
  places.replaceChildren(new Option(SAID.choosePlace, ""), placesOf(wave));
  if (page.dataset.home && !places.querySelector(`[value="${CSS.escape(placed ?? "")}"]`)) openHome(places);
  else places.value = placed ?? "";
  if (places.selectedIndex < 0) places.value = "";
  const spoken = [...document.querySelectorAll(`template[data-survey="${CSS.escape(wave)}"]`)].map(({ dataset }) => dataset);
  languages.replaceChildren(...spoken.map((one) => new Option(one.languageName, one.language)));
  if (spoken.some((one) => one.language === language)) languages.value = language;
  document.getElementById("bahasa-isian").hidden = spoken.length < 2;
}

// The own district stands first, where any village may be asked.
function openHome(places) {
  const own = places.querySelector(`optgroup:has([value^="${CSS.escape(page.dataset.home)}"])`);
  if (own) places.querySelector("optgroup").before(own);
  places.value = "";
}

export function missing(sentence) {
  const note = document.getElementById("tempat-salah");
  note.textContent = sentence;
  note.hidden = !sentence;
  form.elements.place.toggleAttribute("aria-invalid", Boolean(sentence));
  if (sentence) form.elements.place.focus();
}

// What the office did not count yet when it made this page.
const isFresh = (item) => item.state === "saved" || (item.state === "sent" && !item.disputed && Date.parse(item.at) > MADE);

export function showReach(items) {
  const reach = form.querySelector("[data-reach]");
  const fresh = items.filter((item) => item.content.wave === form.elements.wave.value && isFresh(item));
  reach.hidden = !form.elements.place.value;
  if (reach.hidden) return;
  const done = read(survey(), "done");
  const here = (done[form.elements.place.value] ?? 0) + fresh.filter((item) => item.content.place === form.elements.place.value).length;
  const target = Number(place().dataset.target) || 0;
  const how = target ? (here >= target ? "progress.full" : "progress") : "progress.free";
  form.querySelector("[data-reach-place]").textContent = SAID.say(how, { place: place().textContent, done: here, target });
  bar(form.querySelector("[data-reach-bar]"), here, target);
  const all = Object.values(done).reduce((sum, count) => sum + count, 0) + fresh.length;
  const whole = Number(survey().dataset.target) || 0;
  const words = form.querySelector("[data-reach-whole]");
  words.textContent = whole ? SAID.say("progress.whole", { done: all, target: whole }) : "";
  words.hidden = !whole;
  showLacking(fresh);
}

function bar(element, value, max) {
  element.hidden = !max;
  if (max) Object.assign(element, { max, value: Math.min(value, max) });
}

function showLacking(fresh) {
  const [quotas, cells] = [read(survey(), "quotas"), read(survey(), "cells")];
  const lacking = Object.keys(GROUPS)
    .map((group) => {
      const here = fresh.filter(({ content }) => `${content.sex}.${content.age_band}` === group).length;
      return { group: GROUPS[group], count: (quotas[group] ?? 0) - (cells[group] ?? 0) - here };
    })
    .filter(({ count }) => count > 0);
  const block = form.querySelector("[data-lacking]");
  block.hidden = !Object.keys(quotas).length;
  block.querySelector(".reach-lacking").hidden = !lacking.length;
  block.querySelector("[data-groups]").replaceChildren(...(lacking.length ? lacking.map((one) => SAID.say("missing.cell", one)) : [SAID.noneLacking]).map(line));
}

function line(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}
