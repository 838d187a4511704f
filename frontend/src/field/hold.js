// Holds a name for as long as this tab lives; false where another tab has it, or where the browser cannot tell.
export function hold(name) {
  if (!navigator.locks) return Promise.resolve(false);
  return new Promise((told) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      told(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}
