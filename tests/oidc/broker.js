// A broker as DigiD's are: OpenID NLGov, with a page on which somebody says who they are and how sure that is. The protocol is
// the npm package oidc-provider's; written here is only what every broker sets up.

import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';

import { Provider } from 'oidc-provider';

export const LEVELS = {
  low: 'http://eidas.europa.eu/LoA/low',
  substantial: 'http://eidas.europa.eu/LoA/substantial',
  high: 'http://eidas.europa.eu/LoA/high',
};

/** Starts one. `asked` lists what it was asked with, `told` the ids of whom it told the portal about. */
export async function startBroker({ issuer, tls, portal, portalKey }) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'trefpunt',
        redirect_uris: [`${portal}/portal/ingelogd`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        id_token_signed_response_alg: 'PS256',
        subject_type: 'pairwise',
        jwks: { keys: [portalKey] },
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'broker-2026', use: 'sig' }] },
    enabledJWA: { idTokenSigningAlgValues: ['PS256', 'RS256'], clientAuthSigningAlgValues: ['ES256', 'EdDSA', 'PS256'] },
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_, person, client) =>
      createHash('sha256').update(`${client.clientId} ${person} salt`).digest('base64url'),
    acrValues: Object.values(LEVELS),
    claims: { openid: ['sub'], acr: null, auth_time: null },
    scopes: ['openid'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/wie/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    cookies: { keys: ['only for tests'] },
  });

  const asked = [];
  const refused = [];
  provider.on('authorization.accepted', (ctx) => asked.push({ ...ctx.oidc.params }));
  provider.on('grant.error', (_, error) => refused.push(`${error.message} ${error.error_detail ?? ''} ${error.cause?.message ?? ''}`));
  provider.on('authorization.error', (_, error) => refused.push(error.message));
  const callback = provider.callback();
  const server = createServer(tls, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    if (!pathname.startsWith('/wie/')) return callback(request, response);
    try {
      if (request.method === 'GET' && searchParams.size === 0) {
        const { params } = await provider.interactionDetails(request, response);
        asked.push({ ...params });
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end(page(pathname));
      }
      const person = searchParams.get('person');
      const result = person
        ? { login: { accountId: person, acr: searchParams.get('acr'), remember: false } }
        : { error: 'access_denied', error_description: 'they did not want to' };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } catch (error) {
      refused.push(error.message);
      response.statusCode = 500;
      response.end();
    }
  });
  const { hostname, port } = new URL(issuer);
  await new Promise((resolve) => server.listen(Number(port), hostname, resolve));
  return { asked, refused, stop: () => new Promise((resolve) => server.close(resolve)) };
}

function page(path) {
  const choice = (person, level) =>
    `<p><a href="${path}?person=${person}&amp;acr=${encodeURIComponent(LEVELS[level])}">${person} ${level}</a></p>`;
  const choices = ['els', 'bram'].flatMap((person) => Object.keys(LEVELS).map((level) => choice(person, level)));
  return `<!DOCTYPE html><html lang="nl"><title>Wie bent u?</title><h1>Wie bent u?</h1>${choices.join('')}
    <p><a href="${path}?stop=">Annuleren</a></p></html>`;
}
