// A SAML identity provider on loopback that takes requests by POST only: `node provider.mjs settings.json`.
// Settings: port, key and certificate (paths), people (path of a JSON file: login -> attributes), trust (path of a JSON
// file: entity ID -> {acsUrl, signingCert?, encryptionCert?, signResponse?}); both files are read anew at every use.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const samlp = createRequire(pathToFileURL(`${process.cwd()}/`))('samlp');

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const issuer = `http://127.0.0.1:${settings.port}/idp`;
const own = { issuer, cert: readFileSync(settings.certificate), key: readFileSync(settings.key) };
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function profileMapper({ login, attributes }) {
  return {
    getClaims: () => attributes,
    getNameIdentifier: () => ({ nameIdentifier: `${login}@acme.example`, nameIdentifierFormat: EMAIL }),
  };
}

// What samlp expects of a web framework.
function dressed(request, response, body) {
  Object.assign(request, { query: {}, body, protocol: 'http', originalUrl: request.url });
  response.set = (name, value) => response.setHeader(name, value);
  response.send = (content) => response.end(String(content));
}

function askWhoTheyAre({ SAMLRequest, RelayState = '' }, response) {
  const hidden = Object.entries({ SAMLRequest, RelayState });
  const fields = hidden.map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
  response.setHeader('Content-Type', 'text/html');
  response.end(`<form method="post">${fields.join('')}<input name="username"><input name="password"><button>Log in</button>`);
}

function answer(request, response, fail) {
  const attributes = read(settings.people)[request.body.username];
  samlp.parseRequest(request, (error, asked) => {
    const trusted = !error && read(settings.trust)[asked.issuer];
    if (!trusted || !attributes) return fail(error ?? new Error('unknown service provider or person'));
    const { acsUrl, encryptionCert, ...options } = trusted;
    samlp.auth({
      ...own,
      ...options,
      ...(encryptionCert && { encryptionCert, encryptionPublicKey: encryptionCert }),
      signAssertion: !options.signResponse,
      profileMapper,
      getUserFromRequest: () => ({ login: request.body.username, attributes }),
      getPostURL: (_audience, _dom, _request, done) => done(null, acsUrl),
      destination: acsUrl,
      recipient: acsUrl,
    })(request, response, fail);
  });
}

// Its own metadata names both bindings; this provider is one that has no redirect.
function metadata(request, response) {
  const { send } = response;
  response.send = (xml) => send(xml.replace(/<SingleSignOnService [^>]*HTTP-Redirect[^>]*>/, ''));
  samlp.metadata({ ...own, postEndpointPath: '/sso', redirectEndpointPath: '/sso', logoutEndpointPaths: {} })(request, response);
}

function serve(request, response, body) {
  dressed(request, response, body);
  const fail = (error) => {
    console.log(String(error));
    response.statusCode = 400;
    response.end(String(error));
  };
  if (request.url === '/metadata') metadata(request, response);
  else if (request.url !== '/sso' || request.method !== 'POST') fail(new Error('POST to /sso only'));
  else if (body.username) answer(request, response, fail);
  else askWhoTheyAre(body, response);
}

createServer(async (request, response) => {
  let sent = '';
  for await (const chunk of request) sent += chunk;
  serve(request, response, Object.fromEntries(new URLSearchParams(sent)));
}).listen(settings.port, '127.0.0.1', () => console.log('listening'));
