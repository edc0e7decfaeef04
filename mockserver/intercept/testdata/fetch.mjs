// A client that has Tap's address written into it: Node's fetch, and its older https.
import { readFileSync } from 'node:fs'
import https from 'node:https'

const body = readFileSync(new URL('charge.json', import.meta.url))
const headers = { Authorization: `Bearer ${process.env.TAP_SECRET_KEY}`, 'Content-Type': 'application/json' }
const response = await fetch('https://api.tap.company/v2/charges', { method: 'POST', headers, body })
const { status, id } = await response.json()
https.get(`https://api.tap.company/v2/charges/${id}`, { headers }, async answer => {
  let text = ''
  for await (const part of answer) text += part
  if (JSON.parse(text).id !== id) throw new Error(text)
  console.log(status)
})
