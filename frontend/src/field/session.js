// Who is signed in here, as the server says it: {state: "in", user, name, csrf} or {state: "offline" | "signed_out" | …}.
const WAIT = 15_000;

export async function whoIsSignedIn() {
  try {
    const answer = await fetch("/catat/sesi", { cache: "no-store", signal: AbortSignal.timeout(WAIT) });
    if (answer.status === 401 || answer.redirected) return { state: "signed_out" };
    if (answer.status === 403) return { state: "forbidden" };
    if (!answer.ok) return { state: "trouble" };
    return { state: "in", ...(await answer.json()) };
  } catch {
    return { state: "offline" };
  }
}
