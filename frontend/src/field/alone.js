// Two tabs and the service worker never send at the same time.
import { endLease, lease } from "./queue.js";

export async function alone(work) {
  if (navigator.locks) {
    return navigator.locks.request("gaung-kirim", { ifAvailable: true }, (lock) => (lock ? work() : "busy"));
  }
  if (!(await lease())) return "busy";
  try {
    return await work();
  } finally {
    await endLease();
  }
}
