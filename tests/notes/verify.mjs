// Judges a checkpoint and an inclusion proof with somebody else's code (npm @sigstore/verify), which shares no line with ours.
//
//     node verify.mjs < {"note", "vkey", "index", "entry", "hashes"}
//
// `entry` in hex, `hashes` in base64. Prints `valid ORIGIN SIZE`, or `refused: WHY`.
import { createPublicKey } from 'node:crypto'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js')
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle.js')

/** A log as that code knows it: the first bytes of its id are those of the key. */
function readLog(vkey) {
  const [name, id, ...rest] = vkey.split('+')
  const key = Buffer.from(rest.join('+'), 'base64').subarray(1)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') }
  return { baseURL: name, logID: Buffer.from(id, 'hex'), publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }
}

let text = ''
for await (const piece of process.stdin) text += piece
const given = JSON.parse(text)
const entry = {
  canonicalizedBody: Buffer.from(given.entry, 'hex'),
  inclusionProof: {
    logIndex: given.index,
    hashes: given.hashes.map((hash) => Buffer.from(hash, 'base64')),
    checkpoint: { envelope: given.note }
  }
}
try {
  const checkpoint = verifyCheckpoint(entry, [readLog(given.vkey)])
  verifyMerkleInclusion(entry, checkpoint)
  console.log(`valid ${checkpoint.origin} ${checkpoint.logSize}`)
} catch (fault) {
  console.log(`refused: ${fault.message}`)
}
