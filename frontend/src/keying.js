// A paper form typed with the keyboard alone: Enter goes on, Shift+Enter back, Ctrl+Enter saves; questions that are not
// asked are passed over. The codes and what "left blank" means are those of app/evidence/responses/paper/keying.py.
import { asked } from "./survey/logic.js";

const FEW = 10;

/** {code: key} and {code: text} of a line; the lines about the person have codes without keys. */
function codesOf(line) {
  const rows = JSON.parse(line.dataset.codes || "[]");
  return new Map(rows.map((row) => [String(row[0]), { key: row.length > 2 ? row[1] : String(row[0]), text: row.at(-1) }]));
}

export function parts(text, count, several) {
  if (!several) return [text.trim()];
  const given = text.split(/[\s,.;+]+/).filter(Boolean);
  return count < FEW ? given.flatMap((part) => (/^\d+$/.test(part) ? [...part] : [part])) : given;
}

function isBlank(text, codes) {
  return text === "-" || (text === "0" && codes.size > 0 && !codes.has("0"));
}

class Keying {
  constructor(form) {
    this.form = form;
    this.questions = [...form.querySelectorAll("[data-question]")].map((root) => ({
      root,
      key: root.dataset.question,
      kind: root.dataset.kind,
      when: JSON.parse(root.dataset.when || "null"),
    }));
    this.runs = JSON.parse(form.dataset.runs || "[]");
    form.addEventListener("keydown", (event) => this.press(event));
    form.addEventListener("input", (event) => {
      if (event.target.name === "sheet") this.place(event.target.value);
      this.refresh();
    });
    form.addEventListener("gaung:restored", () => this.refresh());
    form.addEventListener("focusout", (event) => this.look(event.target));
    this.refresh();
    const first = form.querySelector("[data-focus]");
    first?.focus();
    first?.select?.();
  }

  /** The village that stands on the sheet is chosen by itself. */
  place(text) {
    const number = Number(text);
    const run = this.runs.find(([first, last]) => number >= first && number <= last);
    const select = this.form.querySelector("[name=place]");
    if (run && [...select.options].some((option) => option.value === run[2])) select.value = run[2];
  }

  answers() {
    const answers = {};
    for (const question of this.questions) {
      for (const line of question.root.querySelectorAll("[data-line]")) {
        const text = line.querySelector("[data-answer]").value.trim();
        const codes = codesOf(line);
        if (!text || isBlank(text, codes)) continue;
        const given = codes.size ? parts(text, codes.size, question.kind === "many").map((part) => codes.get(part)?.key) : [text];
        if (given.includes(undefined)) continue;
        if (line.dataset.row) (answers[question.key] ??= {})[line.dataset.row] = given[0];
        else answers[question.key] = question.kind === "many" ? given : given[0];
      }
    }
    return answers;
  }

  refresh() {
    const answers = this.answers();
    const wanted = new Set(asked(this.questions, answers));
    for (const question of this.questions) {
      const isAsked = wanted.has(question);
      question.root.classList.toggle("is-skipped", !isAsked);
      for (const field of question.root.querySelectorAll("[data-key-field]")) field.tabIndex = isAsked ? 0 : -1;
      for (const other of question.root.querySelectorAll("[data-other]")) {
        const chosen = [answers[question.key]].flat();
        other.hidden = !chosen.includes(other.dataset.other) && !other.querySelector("input").value;
      }
    }
    for (const line of this.form.querySelectorAll("[data-line]")) this.mean(line);
  }

  /** Says in words what was typed. */
  mean(line) {
    const field = line.querySelector("[data-key-field]");
    const root = line.closest("[data-question]");
    const out = line.querySelector("output");
    const codes = codesOf(line);
    const text = field.value.trim();
    let words = "";
    let isWrong = false;
    if (root?.classList.contains("is-skipped")) words = this.form.dataset.skipped;
    else if (root && isBlank(text, codes)) words = this.form.dataset.blank;
    else if (codes.size && text) {
      const given = parts(text, codes.size, root?.dataset.kind === "many");
      isWrong = given.some((part) => !codes.has(part));
      words = isWrong ? this.form.dataset.unknown : given.map((part) => codes.get(part).text).join(", ");
    }
    out.textContent = words;
    line.classList.toggle("is-wrong", isWrong);
    return !isWrong;
  }

  look(field) {
    const line = field.closest?.("[data-line]");
    if (line) field.classList.toggle("is-invalid", !this.mean(line));
  }

  fields() {
    return [...this.form.querySelectorAll("[data-key-field]")].filter((field) => field.tabIndex >= 0 && field.offsetParent);
  }

  press(event) {
    const field = event.target;
    if (!field.matches("[data-key-field]") || event.isComposing) return;
    const isSelect = field.tagName === "SELECT";
    const forward = event.key === "Enter" || (event.key === "ArrowDown" && !isSelect);
    const back = (event.key === "Enter" && event.shiftKey) || (event.key === "ArrowUp" && !isSelect);
    if (!forward && !back) return;
    event.preventDefault();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return this.form.requestSubmit();
    this.look(field);
    const line = field.closest("[data-line]");
    if (!back && line && field.matches("[data-line] > .keying-input *") && line.classList.contains("is-wrong")) return field.select?.();
    const fields = this.fields();
    const next = fields[fields.indexOf(field) + (back ? -1 : 1)];
    if (next) {
      next.focus();
      next.select?.();
    } else if (!back && event.key === "Enter") this.form.requestSubmit();
  }
}

for (const form of document.querySelectorAll("form[data-keying]")) new Keying(form);

// Coding texts: a digit ticks its code, 0 says that none fits, Enter saves.
for (const form of document.querySelectorAll("form[data-coding]")) {
  const none = form.querySelector("[name=tanpa]");
  const codes = [...form.querySelectorAll("[name=kode]")];
  form.addEventListener("change", (event) => {
    if (event.target === none && none.checked) for (const code of codes) code.checked = false;
    else if (event.target.checked) none.checked = false;
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, button, a");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const box = /^\d$/.test(event.key) && form.querySelector(`[data-digit="${event.key}"]`);
    if (box) {
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
