// One question a screen, for one person: used by the public page of a survey and by the enumerator's page.
//
//   const interview = new Interview(root, {
//     done(answers, about) {},               // "next" on the last screen, and everything that was asked fits
//     changed(answers, at, about) {},        // something was typed or chosen, or another screen is shown
//     passed(at, about, answers) {},         // this screen is answered; `false` keeps the interview from going on
//   }, { seed, answers, about, at });        // all optional: `seed` is the UUID of the answer (random order), the rest
//                                            // puts back what was kept; `at` is the name of the screen to go on with
//   interview.next() / back() / show(name)   // next() says what is missing, and stays, where something is
//   interview.answers / about / at           // what stands now: only what is asked
//   interview.complain(name, sentence)       // the server found something: goes there and says it
//   interview.canGoBack                      // whether back() does something
//   interview.stop()                         // listens no longer
//
// The DOM (templates/responses/questions.html draws all but the frame):
//
//   root                                     any element
//     fieldset[data-question=KEY]            a screen, in order. data-kind, data-required, data-noback, data-shuffle,
//                                            data-when (JSON), data-missing and data-wrong-… (sentences)
//     fieldset[data-about=NAME]              a screen that is no question of the instrument (place, sex, age_band …):
//                                            the same attributes, its answer stands in `about`
//       legend                               gets the focus when its screen comes
//       [data-answer]                        input (radio, checkbox, number, text), textarea, select
//       [data-row=KEY]                       a row of a grid, with radios [data-answer] in it
//       [data-item=KEY]                      what is put in another order: options, rows; data-fixed stays
//       [data-other=OPTION]                  the line to write on beside an option
//       [data-problem]                       where the sentence about what is wrong appears
//     [data-next] [data-back]                buttons; data-last on next: its label on the last screen
//     [data-progress]                        says where one is; data-words="Pertanyaan {at} dari {all}"
//     progress[data-bar]                     the same as a bar
//
// Screens that are not asked are not in `answers`. A screen with data-noback is not shown again once it was answered.
import { asked, shuffled, typedNumber } from "./logic.js";

export class Interview {
  constructor(root, { done, changed, passed } = {}, { seed = "", answers = {}, about = {}, at = null } = {}) {
    Object.assign(this, { root, done, changed, passed });
    this.screens = [...root.querySelectorAll("[data-question], [data-about]")].map((box) => new Screen(box));
    for (const screen of this.screens) {
      screen.order(seed);
      screen.fill(screen.isAbout ? about : answers);
    }
    this.listening = new AbortController();
    const listen = (kind, act) => root.addEventListener(kind, act, { signal: this.listening.signal });
    listen("click", (event) => this.#clicked(event));
    listen("keydown", (event) => this.#pressed(event));
    listen("input", (event) => this.#typed(event));
    listen("submit", (event) => event.preventDefault());
    this.show(at, { focus: at !== null });
  }

  get answers() {
    return this.#collected(false);
  }

  get about() {
    return this.#collected(true);
  }

  get at() {
    return this.current?.id ?? null;
  }

  /** Whether there is a screen before this one, and it may be shown again. */
  get canGoBack() {
    return this.#before() !== null;
  }

  /** The screens of this person as far as is known now. */
  get path() {
    const all = Object.assign({}, ...this.screens.filter(({ isAbout }) => !isAbout).map((screen) => screen.value()));
    const ids = new Set(asked(this.screens.map(({ id, when }) => ({ key: id, when })), all).map(({ key }) => key));
    return this.screens.filter((screen) => ids.has(screen.id));
  }

  show(name, { focus = true } = {}) {
    const path = this.path;
    this.current = path.find(({ id }) => id === name) ?? path[0];
    for (const screen of this.screens) screen.box.hidden = screen !== this.current;
    this.#tell(path);
    if (focus) this.current?.focus();
    this.changed?.(this.answers, this.at, this.about);
  }

  next() {
    const problem = this.current.problem();
    this.current.say(problem);
    if (problem || this.passed?.(this.at, this.about, this.answers) === false) return;
    const path = this.path;
    const following = path[path.indexOf(this.current) + 1];
    if (following) return this.show(following.id);
    const wrong = path.find((screen) => screen.problem());
    if (wrong) return this.complain(wrong.id, wrong.problem());
    this.done?.(this.answers, this.about);
  }

  back() {
    const before = this.#before();
    if (before) this.show(before.id);
  }

  complain(name, sentence) {
    this.show(name);
    this.current.say(sentence);
  }

  stop() {
    this.listening.abort();
  }

  #before(path = this.path) {
    const before = path[path.indexOf(this.current) - 1];
    return before && !before.noback ? before : null;
  }

  #collected(isAbout) {
    return Object.assign({}, ...this.path.filter((screen) => screen.isAbout === isAbout).map((screen) => screen.value()));
  }

  #tell(path) {
    const at = path.indexOf(this.current) + 1;
    const words = this.root.querySelector("[data-progress]");
    if (words) words.textContent = words.dataset.words.replace("{at}", at).replace("{all}", path.length);
    const bar = this.root.querySelector("[data-bar]");
    if (bar) Object.assign(bar, { max: path.length, value: at });
    const back = this.root.querySelector("[data-back]");
    if (back) back.hidden = !this.#before(path);
    const next = this.root.querySelector("[data-next]");
    if (!next) return;
    next.dataset.first ??= next.textContent;
    next.textContent = at === path.length && next.dataset.last ? next.dataset.last : next.dataset.first;
  }

  #clicked(event) {
    if (event.target.closest("[data-next]")) this.next();
    else if (event.target.closest("[data-back]")) this.back();
    else return;
    event.preventDefault();
  }

  #pressed(event) {
    if (event.key !== "Enter" || !event.target.matches("input") || !this.current?.box.contains(event.target)) return;
    event.preventDefault();
    this.next();
  }

  #typed(event) {
    const screen = this.screens.find(({ box }) => box.contains(event.target));
    if (!screen) return;
    screen.chose(event.target);
    screen.say("");
    this.#tell(this.path);
    this.changed?.(this.answers, this.at, this.about);
  }
}

class Screen {
  constructor(box) {
    const { question, about, kind, when } = box.dataset;
    Object.assign(this, { box, kind, isAbout: about !== undefined, name: question ?? about });
    this.id = this.isAbout ? `~${about}` : question; // so that no question's key is taken for it
    this.required = "required" in box.dataset;
    this.noback = "noback" in box.dataset;
    this.when = when ? JSON.parse(when) : null;
  }

  order(seed) {
    if (!("shuffle" in this.box.dataset)) return;
    const items = [...this.box.querySelectorAll("[data-item]")];
    const byKey = new Map(items.map((item) => [item.dataset.item, item]));
    const keys = items.map(({ dataset }) => ({ key: dataset.item, fixed: "fixed" in dataset }));
    const home = items[0]?.parentNode;
    for (const key of shuffled(keys, seed, this.name)) home.append(byKey.get(key));
  }

  /** {name: answer, "name/option": what was written beside it}, empty where nothing was answered. */
  value() {
    const answer = this.#answer();
    if (answer === null) return {};
    const values = { [this.name]: answer };
    for (const line of this.box.querySelectorAll("[data-other]")) {
      const chosen = Array.isArray(answer) ? answer.includes(line.dataset.other) : answer === line.dataset.other;
      if (chosen && line.value.trim()) values[`${this.name}/${line.dataset.other}`] = line.value.trim();
    }
    return values;
  }

  #answer() {
    switch (this.kind) {
      case "note":
        return null;
      case "many": {
        const chosen = new Set(this.#checked(this.box));
        const order = [...this.box.querySelectorAll("[data-answer]")].map((input) => [Number(input.dataset.at), input.value]);
        const keys = order.sort((a, b) => a[0] - b[0]).map(([, value]) => value).filter((key) => chosen.has(key));
        return keys.length ? keys : null;
      }
      case "grid": {
        const rows = [...this.box.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, this.#checked(row)[0]]);
        const given = rows.filter(([, option]) => option !== undefined);
        return given.length ? Object.fromEntries(given) : null;
      }
      case "number": {
        const text = this.box.querySelector("[data-answer]").value.trim();
        return text === "" ? null : typedNumber(text, "wrongWhole" in this.box.dataset) ?? text;
      }
      default: {
        const radio = this.box.querySelector("[data-answer][type=radio]");
        return (radio ? this.#checked(this.box)[0] : this.box.querySelector("[data-answer]")?.value.trim()) || null;
      }
    }
  }

  #checked(part) {
    return [...part.querySelectorAll("[data-answer]:checked")].map((input) => input.value);
  }

  fill(values) {
    const answer = values[this.name];
    for (const input of this.box.querySelectorAll("[data-answer]")) {
      const row = input.closest("[data-row]")?.dataset.row;
      const given = row === undefined ? answer : answer?.[row];
      if (input.type === "radio" || input.type === "checkbox") {
        if (given !== undefined) input.checked = [given].flat().map(String).includes(input.value);
      } else if (given !== undefined) input.value = typeof given === "number" ? String(given).replace(".", ",") : given;
    }
    for (const line of this.box.querySelectorAll("[data-other]")) {
      const words = values[`${this.name}/${line.dataset.other}`];
      if (words !== undefined) line.value = words;
    }
  }

  /** An answer that goes with no other takes the others away, and the other way round. */
  chose(input) {
    if (this.kind !== "many" || !input.checked) return;
    for (const other of this.box.querySelectorAll("[data-answer]")) {
      if (other !== input && ("exclusive" in input.dataset || "exclusive" in other.dataset)) other.checked = false;
    }
  }

  /** What is wrong with the answer, "" for nothing. */
  problem() {
    const { missing = "", wrongNumber = "", wrongWhole = "", wrongBorder = "", least, most } = this.box.dataset;
    const answer = this.#answer();
    if (answer === null) return this.required ? missing : "";
    if (this.kind === "grid" && this.required && Object.keys(answer).length < this.box.querySelectorAll("[data-row]").length)
      return missing;
    if (this.kind !== "number") return "";
    if (typeof answer !== "number" || !Number.isFinite(answer)) return wrongNumber;
    if (wrongWhole && !Number.isInteger(answer)) return wrongWhole;
    return answer < Number(least ?? -Infinity) || answer > Number(most ?? Infinity) ? wrongBorder : "";
  }

  say(sentence) {
    const place = this.box.querySelector("[data-problem]");
    if (place) {
      place.textContent = sentence;
      place.hidden = !sentence;
    }
    this.box.classList.toggle("question-wrong", Boolean(sentence));
    if (sentence) this.#firstOpen()?.focus();
  }

  #firstOpen() {
    const rows = [...this.box.querySelectorAll("[data-row]")];
    const open = rows.find((row) => !this.#checked(row).length);
    const part = open ?? this.box;
    return part.querySelector("[data-answer]:enabled") ?? part.querySelector("select:enabled"); // the district before its villages
  }

  focus() {
    const legend = this.box.querySelector("legend");
    if (!legend) return;
    legend.tabIndex = -1;
    legend.focus({ preventScroll: true });
    this.box.scrollIntoView({ block: "start" });
  }
}
