// Registers the service worker, so that the page opens without a line. A new version takes over at once only while
// nothing is being typed here; else when all tabs are closed. The queue is not touched by either.
export async function register(address, isIdle) {
  if (!("serviceWorker" in navigator)) return;
  const found = await navigator.serviceWorker.register(address, { scope: "/catat/", updateViaCache: "none" });
  const takeOver = (worker) => isIdle() && worker?.postMessage("take-over");
  if (found.waiting && navigator.serviceWorker.controller) takeOver(found.waiting);
  found.addEventListener("updatefound", () => {
    const fresh = found.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && navigator.serviceWorker.controller) takeOver(fresh);
    });
  });
}
