// Skip logic and random order in the browser: the same as app/evidence/instruments/logic.py and app/evidence/responses/order.py.
// tests/instruments/logic_cases.json holds both to it. No DOM here, so that Node can run it.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const THOUSANDS = /^[+-]?\d{1,3}(\.\d{3})+$/;

/** Whether a condition is true of these answers; no condition always is. */
export function holds(when, answers) {
  if (!when || Object.keys(when).length === 0) return true;
  if ("all" in when) return when.all.every((one) => holds(one, answers));
  if ("any" in when) return when.any.some((one) => holds(one, answers));
  if ("not" in when) return !holds(when.not, answers);
  let answer = own(answers, when.question);
  if ("row" in when) answer = isMapping(answer) ? own(answer, when.row) : undefined;
  if (answer === undefined || answer === null || answer === "" || (Array.isArray(answer) && !answer.length)) return false;
  if ("is" in when) return (Array.isArray(answer) ? answer : [answer]).some((one) => when.is.includes(String(one)));
  if ("least" in when || "most" in when) {
    const number = numberOf(answer);
    return number !== null && number >= (when.least ?? -Infinity) && number <= (when.most ?? Infinity);
  }
  return when.answered ?? true;
}

/** A number, also of a scale's key; null for anything else. */
export function numberOf(answer) {
  if (typeof answer === "number") return answer;
  if (typeof answer !== "string" || !NUMBER.test(answer.trim())) return null;
  return Number(answer.trim());
}

/** A number as somebody typed it, in a question that takes whole ones or any; null for anything else. */
export function typedNumber(text, whole) {
  const plain = whole && THOUSANDS.test(text) ? text.replaceAll(".", "") : text; // 1.000 is a thousand to whoever wrote it
  return numberOf(plain.replaceAll(",", "."));
}

/**
 * Which of these questions [{key, when}] somebody with these answers is asked, in order. A question looks only at
 * answers to questions that were themselves asked and stand before it.
 */
export function asked(questions, answers) {
  const known = {};
  return questions.filter(({ key, when }) => {
    if (!holds(when, known)) return false;
    for (const name of Object.keys(answers)) if (name === key || name.startsWith(`${key}/`)) known[name] = answers[name];
    return true;
  });
}

/**
 * The keys of `items` [{key, fixed}] in the order in which this person sees them: fixed ones stay where they are, the
 * others change places by what `seed` (the UUID of the answer) and `question` make of them.
 */
export function shuffled(items, seed, question) {
  const free = items.filter((item) => !item.fixed).map((item) => item.key);
  const rank = new Map(free.map((key) => [key, mix(`${seed}:${question}:${key}`)]));
  free.sort((a, b) => rank.get(a) - rank.get(b) || (a < b ? -1 : 1));
  return items.map((item) => (item.fixed ? item.key : free.shift()));
}

/** FNV-1a over UTF-8, finished as in MurmurHash3, so that one other letter at the end changes every bit. */
function mix(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (mapping, key) => (Object.hasOwn(mapping, key) ? mapping[key] : undefined);
