// Pushes of the CloudEvents SDK, the Standard Webhooks library and GitHub's own signer of npm, sent to a running hub by Node's HTTP client.
// node push.mjs HOST PORT CA: sends each delivery and prints one line of JSON for each: its name, the status, the answer. Everything is made up.
import fs from 'node:fs'
import https from 'node:https'
import { CloudEvent, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import { sign } from '@octokit/webhooks-methods'

const [host, port, ca] = process.argv.slice(2)
const agent = new https.Agent({ ca: fs.readFileSync(ca), servername: host })
const bearer = { authorization: 'Bearer token-contoh' }

const send = (name, path, headers, body) => new Promise((done, failed) => {
  const asked = https.request({ agent, host: '127.0.0.1', port, path: `/api/v1/ingest/${path}`, method: 'POST',
    headers: { ...headers, host: `${host}:${port}`, 'content-length': Buffer.byteLength(body) } }, (answer) => {
    let text = ''
    answer.on('data', (part) => { text += part })
    answer.on('end', () => { console.log(JSON.stringify([name, answer.statusCode, JSON.parse(text)])); done() })
  })
  asked.on('error', failed)
  asked.end(body)
})

const event = (number, more = {}) => new CloudEvent({
  id: `js-${number}`, source: '/surat/dinas', type: 'surat.masuk', time: '2026-11-24T09:00:00.000+08:00', datacontenttype: 'application/json',
  data: { nomor: `006/${number}`, perihal: `Undangan – café ${number}` }, ...more
})
for (const [name, message] of [['structured', HTTP.structured(event(1))], ['binary', HTTP.binary(event(2))],
  // The SDK reads batches and writes none: a batch is the list of what it writes (JSON format, section 4).
  ['batch', { headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify([event(2), event(3), event(4)]) }],
  ['bytes', HTTP.structured(event(5, { data: undefined, data_base64: Buffer.from(JSON.stringify({ nomor: '006/5', perihal: 'Bita' })).toString('base64') }))]]) {
  await send(name, 'surat', { ...message.headers, ...bearer }, message.body)
}

const webhook = new Webhook('whsec_cmFoYXNpYSBjb250b2g=')
const now = new Date()
const body = JSON.stringify({ type: 'izin.terbit', timestamp: '2026-11-24T09:00:00+08:00', data: { nomor: 'IZ-2', hal: 'Izin contoh dua' } })
const signed = { 'content-type': 'application/json', 'webhook-id': 'msg_js_1', 'webhook-timestamp': String(Math.floor(now / 1000)) }
await send('webhook good', 'izin', { ...signed, 'webhook-signature': webhook.sign('msg_js_1', now, body) }, body)
await send('webhook other id', 'izin', { ...signed, 'webhook-id': 'msg_js_2', 'webhook-signature': webhook.sign('msg_js_1', now, body) }, body)

const issue = JSON.stringify({ action: 'opened', issue: { number: 7, title: 'Lampu jalan padam (contoh)', updated_at: '2026-11-24T01:00:00Z' } })
for (const [name, secret] of [['github good', 'rahasia contoh'], ['github again', 'rahasia contoh'], ['github wrong', 'lain']]) {
  const headers = { 'content-type': 'application/json', 'x-github-event': 'issues', 'x-github-delivery': crypto.randomUUID(), 'x-hub-signature-256': await sign(secret, issue) }
  await send(name, 'lapor', headers, issue)
}
