// Rows for who signs as Standard Webhooks says, for the tests: npm's `standardwebhooks` verifies each request. The secret is made up.
// It listens on a free port of the loopback and prints that port.
import http from 'node:http'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(Buffer.from('kunci buatan').toString('base64'))

const server = http.createServer((asked, answer) => {
  let body = ''
  asked.on('data', (part) => { body += part })
  asked.on('end', () => {
    try {
      webhook.verify(body, asked.headers)
    } catch (error) {
      answer.writeHead(401).end(String(error.message))
      return
    }
    answer.setHeader('content-type', 'application/json')
    answer.end(JSON.stringify({ data: [{ id: '1', title: `${asked.method} ${asked.headers['webhook-id']}` }] }))
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
