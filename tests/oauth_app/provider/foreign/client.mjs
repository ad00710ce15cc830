// A relying party by the certified package `openid-client`. It reads a command a line, does it with the package's own
// checks, and answers a line. Started by ../conftest.py; it knows the provider by its address alone.
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node.js 18 has it, and not as a global
globalThis.CryptoKey ??= webcrypto.CryptoKey;
const client = await import("openid-client");

const METHODS = { basic: client.ClientSecretBasic, post: client.ClientSecretPost, none: client.None };
let config, checks, subject, device;

const commands = {
  async discover({ issuer, id, secret, method }) {
    // http on the loopback interface: the package wants https unless it is told.
    const options = { execute: [client.allowInsecureRequests] };
    config = await client.discovery(new URL(issuer), id, secret, METHODS[method](secret), options);
    client.enableNonRepudiationChecks(config); // the signature of ID tokens, by the provider's published keys
    return { metadata: config.serverMetadata() };
  },
  async begin({ redirect_uri, scope, more = {}, max_age }) {
    checks = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
      maxAge: max_age,
    };
    const parameters = {
      redirect_uri,
      scope,
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: "S256",
      ...(max_age === undefined ? {} : { max_age: String(max_age) }),
      ...more,
    };
    return { url: client.buildAuthorizationUrl(config, parameters).href };
  },
  async finish({ url, wrong = {} }) {
    const tokens = await client.authorizationCodeGrant(config, new URL(url), { ...checks, ...wrong });
    subject = tokens.claims().sub;
    return { tokens, claims: tokens.claims() };
  },
  userinfo: async ({ token, sub }) => ({ claims: await client.fetchUserInfo(config, token, sub ?? subject) }),
  async call({ token, url, method = "GET", body }) {
    const headers = new Headers(body ? { "Content-Type": "application/json" } : {});
    const answer = await client.fetchProtectedResource(config, token, new URL(url), method, body, headers);
    return { status: answer.status, body: await answer.json() };
  },
  refresh: async ({ token, more }) => ({ tokens: await client.refreshTokenGrant(config, token, more) }),
  revoke: async ({ token }) => (await client.tokenRevocation(config, token), {}),
  introspect: async ({ token }) => ({ answer: await client.tokenIntrospection(config, token) }),
  credentials: async ({ scope }) => ({ tokens: await client.clientCredentialsGrant(config, { scope }) }),
  async device({ scope }) {
    device = await client.initiateDeviceAuthorization(config, { scope });
    return { device };
  },
  poll: async () => ({ tokens: await client.pollDeviceAuthorizationGrant(config, device) }),
};

function told(error) {
  const { name, code, error: said, error_description, status } = error;
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return { name, code, said, error_description, status, message: error.message, cause };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = await commands[command](given);
  } catch (error) {
    answer = { refused: told(error) };
  }
  console.log(JSON.stringify(answer));
}
