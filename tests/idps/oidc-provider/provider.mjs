// An OpenID provider on loopback, as its library makes it: `node provider.mjs settings.json`.
// Settings: port, clients, people (path of a JSON file: login -> claims, read anew at every use), graph (path of a JSON
// file: object ID -> group IDs), claimsInIdToken (Entra puts them there in every flow; the standard does not).
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const installed = createRequire(pathToFileURL(`${process.cwd()}/`)).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(installed));

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const origin = `http://127.0.0.1:${settings.port}`;
const graphScope = `${origin}/.default`;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signingKey = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'key-of-this-run' };

const provider = new Provider(origin, {
  clients: settings.clients,
  jwks: { keys: [signingKey] },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  scopes: ['openid', 'profile', 'email', 'groups', graphScope],
  claims: {
    openid: ['sub', 'oid', 'tid', 'groups', 'hasgroups', 'space_name', 'space_role'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username'],
    email: ['email', 'email_verified'],
  },
  conformIdTokenClaims: !settings.claimsInIdToken,
  responseTypes: ['code', 'id_token'],
  pkce: { methods: ['S256'], required: () => true },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  findAccount: (_, login) => ({ accountId: login, claims: () => ({ sub: login, ...read(settings.people)[login] }) }),
});

const named = (id) => ({
  '@odata.type': '#microsoft.graph.group', id, displayName: `Group ${id}`, onPremisesSamAccountName: null,
});

// Microsoft Graph's `getMemberObjects`, and `transitiveMemberOf` for names, for tokens that this very provider gave to an
// application.
async function answerAsGraph(request, response) {
  const token = await provider.ClientCredentials.find((request.headers.authorization ?? '').slice('Bearer '.length));
  const objectId = request.url.split('/')[3];
  response.statusCode = token?.scope === graphScope ? 200 : 401;
  response.setHeader('Content-Type', 'application/json');
  const groups = read(settings.graph)[objectId] ?? [];
  const value = request.url.includes('/transitiveMemberOf?') ? groups.map(named) : groups;
  response.end(JSON.stringify(response.statusCode === 200 ? { value } : {}));
}

// What came of telling a client, for the log of the run.
provider.on('backchannel.success', (_, client) => console.log(`logout taken by ${client.clientId}`));
provider.on('backchannel.error', (_, error, client) => console.log(`logout refused by ${client.clientId}: ${error}`));

const answer = provider.callback();
createServer((request, response) => {
  if (request.url.startsWith('/v1.0/users/')) answerAsGraph(request, response);
  else answer(request, response);
}).listen(settings.port, '127.0.0.1', () => console.log('listening'));
