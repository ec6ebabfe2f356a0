// A real OpenID provider (npm oidc-provider) on loopback, for tests: its own log-in form, and lies on request.
//
//     node provider.mjs CERTIFICATE KEY REDIRECT_URI ACCOUNTS.json
//
// Prints `ready ISSUER`. ACCOUNTS is {subject: claims}; whoever types a subject into the form is that person. What the
// provider says can be bent: POST /test takes {claims, header, key, unsigned, publish} for the tokens from then on.
import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import Provider from 'oidc-provider'

const [certificate, key, redirectUri, accountsFile] = process.argv.slice(2)

// Not by generateKeyPairSync: in Node.js 20, the export of a key that it made waits for itself for ever when the garbage
// collector comes by in its midst and finds the finished job of making it.
function makeKey() {
  const privateKey = createPrivateKey(execFileSync('openssl', ['genrsa', '2048'], { stdio: 'pipe' }))
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const kid = createHash('sha256').update(jwk.n).digest('base64url').slice(0, 12)
  return { privateKey, jwk: { ...jwk, kid, use: 'sig', alg: 'RS256' } }
}

const keys = { known: makeKey(), next: makeKey() }
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'))

let lies = {}
function bend(token) {
  const [header, claims] = token.split('.').map((part, at) => (at < 2 ? decode(part) : part))
  const by = keys[lies.key ?? 'known']
  const text = `${encode({ ...header, kid: by.jwk.kid, ...lies.header })}.${encode({ ...claims, ...lies.claims })}`
  const signature = lies.unsigned ? '' : sign('sha256', Buffer.from(text), by.privateKey).toString('base64url')
  return `${text}.${signature}`
}

async function readBody(request) {
  let text = ''
  for await (const piece of request) text += piece
  return text
}

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) })
server.listen(0, '127.0.0.1', () => {
  const issuer = `https://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'atalaya',
        client_secret: 'the secret of the client',
        redirect_uris: [redirectUri],
        require_auth_time: true,
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    cookies: { keys: ['only for tests'] },
    jwks: { keys: [{ ...keys.known.privateKey.export({ format: 'jwk' }), ...keys.known.jwk }] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
    findAccount: (_, subject) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...JSON.parse(readFileSync(accountsFile))[subject] }),
    }),
  })
  provider.use(async (context, next) => {
    if (context.path === '/test') {
      lies = JSON.parse(await readBody(context.req))
      context.status = 204
      return
    }
    await next()
    if (context.path === '/token' && context.body?.id_token)
      context.body = { ...context.body, id_token: bend(context.body.id_token) }
    if (context.path === '/jwks' && lies.publish) context.body = { keys: [keys.next.jwk] }
  })
  server.on('request', provider.callback())
  console.log(`ready ${issuer}`)
})
