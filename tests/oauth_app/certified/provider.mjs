// An OpenID provider by the certified package `oidc-provider`, on a loopback port. Started and stopped by
// ../test_certified.py, which says everything in the environment. Its own sign-in and consent pages are used.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import Provider from "oidc-provider";

const { PORT, CALLBACK, CLIENT_ID, CLIENT_SECRET, KEYS } = process.env;

// Each start has a new key. The old ones stay published behind it, as where keys are rotated.
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const newest = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
const keys = [newest, ...(existsSync(KEYS) ? JSON.parse(readFileSync(KEYS, "utf8")) : [])];
writeFileSync(KEYS, JSON.stringify(keys), { mode: 0o600 });

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [CALLBACK] }],
  jwks: { keys },
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "given_name", "preferred_username"] },
  findAccount: (context, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      name: `${sub} Certified`,
      given_name: sub,
      preferred_username: `${sub}.certified`,
      email: `${sub}@certified.example`,
      email_verified: true,
    }),
  }),
});

// One line for each thing that the test wants to know: which endpoint was asked, and what went wrong.
provider.use(async (context, next) => {
  await next();
  console.log(JSON.stringify({ path: context.path, status: context.status }));
});
provider.on("grant.error", (context, error) => console.log(JSON.stringify({ refused: error.message })));
provider.listen(Number(PORT), "127.0.0.1");
