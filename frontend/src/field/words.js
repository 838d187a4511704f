// What the page's script says: the sentences come with the page (app/gatherings/field/words.py).
const WORDS = JSON.parse(document.getElementById("catat").dataset.words);

const say = (name, values = {}) =>
  WORDS[name].replace(/%\((\w+)\)s/g, (_all, key) => (typeof values[key] === "number" ? values[key].toLocaleString("id") : values[key]));
const group = (prefix) =>
  Object.fromEntries(
    Object.entries(WORDS).filter(([name]) => name.startsWith(prefix)).map(([name, text]) => [name.slice(prefix.length), text]),
  );

export const SAID = {
  ...WORDS,
  say,
  sentNow: (receipt) => say("sentNow", { receipt }),
  sent: (receipt) => say("sent", { receipt }),
  others: (name) => say("others", { name }),
  people: (count) => say("people", { count }),
  photos: (count) => say("photos", { count }),
  count: (unsent, unsettled) =>
    [unsent && say("unsent", { count: unsent }), unsettled && say("unsettled", { count: unsettled })].filter(Boolean).join(", "),
  changing: (title) => say("changing", { title }),
  sum: (count) => say("sum", { count }),
  tooMany: (most) => say("tooMany", { most }),
  questions: (count) => say("questions", { count }),
  waits: group("waits."),
  line: group("line."),
  need: group("need."),
  flag: group("flag."),
  sureAhead: (date) => say("sureAhead", { date: day(date) }),
};

const DAY = new Intl.DateTimeFormat("id", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

export function day(date) {
  const read = date ? new Date(`${date}T00:00:00Z`) : null;
  return read && !Number.isNaN(read.getTime()) ? DAY.format(read) : "";
}

// The day by this device's clock, as a date field has it.
export const dayOf = (moment) => new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
export const dayHere = () => dayOf(new Date());

export function headcount(content) {
  const counted = Object.values(content.counts ?? {}).reduce((sum, count) => sum + count, 0);
  return Math.max(counted, content.total ?? 0);
}

export function brief({ title, date, start, place, people, photos, questions }) {
  return [
    title,
    [day(date), start?.replace(":", ".")].filter(Boolean).join(" "),
    place,
    SAID.people(people),
    photos ? SAID.photos(photos) : "",
    questions ? SAID.questions(questions) : "",
  ].filter(Boolean);
}
