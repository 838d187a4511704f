// What stays on this device: answers of a page that is being filled in (gone with its tab), and a whole set of answers
// that has not got through yet (until it has). A browser that keeps nothing loses only that.

const name = (code) => `survei:${code}`;

export const kept = (code) => read(() => sessionStorage, code);
export const keep = (code, state) => write(() => sessionStorage, code, state);
export const waiting = (code) => read(() => localStorage, code);
export const keepWaiting = (code, sheet) => write(() => localStorage, code, sheet);

export function forget(code, { waitingOnly = false } = {}) {
  for (const store of waitingOnly ? [() => localStorage] : [() => localStorage, () => sessionStorage]) {
    try {
      store().removeItem(name(code));
    } catch {
      // keeps nothing
    }
  }
}

function read(store, code) {
  try {
    return JSON.parse(store().getItem(name(code)));
  } catch {
    return null;
  }
}

function write(store, code, value) {
  try {
    store().setItem(name(code), JSON.stringify(value));
  } catch {
    // keeps nothing
  }
}
