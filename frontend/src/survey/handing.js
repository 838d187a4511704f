// Hands one person's answers in. The same answers under the same UUID are counted once, so that asking again is safe.

const WAIT = 40_000; // milliseconds: a line that says nothing for so long is down

/**
 * {receipt} once they are stored, {problems} or {sentence} where this survey does not take them, {kept, sentence} where
 * other questions are asked by now (what was answered to those that are the same), {} where the line or
 * the server was down, or somebody in between answered: then they wait. `token` is the field with the token against
 * forged forms, renewed where it has run out.
 */
export async function hand(address, sheet, token) {
  try {
    let answer = await post(address, sheet, token.value);
    if (answer.status === 400 && (await renew(token))) answer = await post(address, sheet, token.value);
    return await ours(answer);
  } catch {
    return {};
  }
}

// Proxies, filters and portals answer too, with a page or with any number. Only what the survey says itself counts.
async function ours(answer) {
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (!isJson || answer.redirected || answer.status === 400 || answer.status === 429 || answer.status >= 500) return {};
  const { receipt, problems, sentence, kept } = await answer.json();
  if (answer.ok) return receipt ? { receipt } : {};
  if (kept) return { kept, sentence };
  return problems?.length ? { problems } : sentence ? { sentence } : {};
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
