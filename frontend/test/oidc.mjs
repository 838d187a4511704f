// An OpenID Connect provider that others wrote (oidc-provider), for tests/access/test_foreign_provider.py.
// Takes {"clients": […], "people": {"name": {claims}}} as its only argument, prints its issuer, and ends with its input.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { clients, people } = JSON.parse(process.argv[2]);
let answer = (_request, response) => response.writeHead(503).end();
const server = createServer((request, response) => answer(request, response));

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups", "nip"] },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    enabledJWA: { clientAuthSigningAlgValues: ["ES256"], idTokenSigningAlgValues: ["RS256", "ES256"] },
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ["only-for-tests"] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...(people[id] ?? {}) }) }),
  });
  answer = provider.callback();
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
