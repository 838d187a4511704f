// Hands one person's answers in. The same answers under the same UUID are counted once, so that asking again is safe.

const WAIT = 40_000; // milliseconds: a line that says nothing for so long is down

/**
 * {receipt} once they are stored, {problems}, {sentence} or {refused} where they are not taken, {} where the line or the server
 * was down. `token` is the field with the token against forged forms, renewed where it has run out.
 */
export async function hand(address, sheet, token) {
  try {
    let answer = await post(address, sheet, token.value);
    if (answer.status === 400 && (await renew(token))) answer = await post(address, sheet, token.value);
    if (answer.status === 400) return {}; // no cookies, or a page that cannot be had now: the answers stay
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (isOurs) return await answer.json();
    return answer.status >= 400 && answer.status < 500 && answer.status !== 429 ? { refused: true } : {};
  } catch {
    return {};
  }
}

function post(address, sheet, token) {
  return fetch(address, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ csrf_token: token, jawaban: JSON.stringify(sheet) }),
    signal: AbortSignal.timeout(WAIT),
  });
}

async function renew(token) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const fresh = page.querySelector("[data-start] [name=csrf_token]")?.value;
  if (fresh) token.value = fresh;
  return Boolean(fresh);
}
