// A small shop that takes KNET payments through Tap, in Node without packages. It is sound: tapmock check finds nothing.
//
//     TAP_BASE_URL=http://127.0.0.1:8080/v2 TAP_SECRET_KEY=sk_test_XKokBfNWv6FIYuTMg5sLPjhJ PORT=8000 node shop.mjs
//
// The orders are kept in memory, and JavaScript runs one step at a time. A shop with a database needs a transaction or one conditional
// UPDATE where a comment says "one step".
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const TAP = process.env.TAP_BASE_URL ?? 'http://127.0.0.1:8080/v2'
const KEY = process.env.TAP_SECRET_KEY ?? 'sk_test_XKokBfNWv6FIYuTMg5sLPjhJ'
const PORT = Number(process.env.PORT ?? 8000)
const SHOP = `http://127.0.0.1:${PORT}`

const orders = new Map() // by their ids

class NoAnswer extends Error {} // Tap gave no usable answer, which says nothing about the payment
class Refused extends Error {} // Tap refused what it was asked for

// ---- Amounts. A JavaScript number cannot add or compare them exactly: they are fils in a BigInt.

function fils(amount) {
  const [, whole, part = ''] = /^(\d+)(?:\.(\d{1,3})0*)?$/.exec(String(amount)) ?? []
  return whole === undefined ? null : BigInt(whole + part.padEnd(3, '0'))
}

function kwd(amount) {
  const digits = amount.toString().padStart(4, '0')
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`
}

// ---- Tap's API

// Makes one call. The time-out keeps a slow API from blocking the shop.
async function tap(method, path, body) {
  let response, answer
  try {
    response = await fetch(TAP + path, {
      method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(2000),
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    })
    answer = response.ok ? await response.json() : null
  } catch (error) { // no connection, a time-out, half an answer, no JSON
    throw new NoAnswer(String(error.cause ?? error))
  }
  if (response.status >= 400 && response.status < 500 && response.status !== 429) throw new Refused(`HTTP ${response.status}`)
  if (!answer?.id) throw new NoAnswer(`HTTP ${response.status}`)
  return answer
}

// Tries three times. With reference.idempotent in the body Tap returns the object of an earlier try whose answer was lost.
async function tapAgain(method, path, body) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tap(method, path, body)
    } catch (error) {
      if (!(error instanceof NoAnswer) || attempt === 3) throw error
    }
  }
}

// ---- Payments

// Creates the charge of an order, and returns the address of the payment page; undefined if nothing is left to pay.
async function startPayment(id) {
  const order = orders.get(id)
  const charge = await tapAgain('POST', '/charges', {
    amount: order.amount, currency: 'KWD', // text with three decimals
    source: { id: 'src_kw.knet' },
    customer: { first_name: order.name, email: order.email },
    reference: { order: id, idempotent: id },
    post: { url: `${SHOP}/webhook` }, redirect: { url: `${SHOP}/return` },
  })
  order.charges.add(charge.id)
  take(charge) // after a lost answer the payer may have paid already
  return charge.transaction.url
}

// The order that a charge names; undefined if there is none, or if the charge was created for another one.
function orderOf(charge) {
  const order = orders.get(charge.reference?.order)
  const owner = [...orders.values()].find(o => o.charges.has(charge.id)) ?? order
  return owner === order ? order : undefined
}

// Fulfils the order of a charge that Tap's API has shown, once and only if it pays the order. One step: there is no await in it.
function take(charge) {
  const order = orderOf(charge)
  if (!order || charge.status !== 'CAPTURED' || order.fulfilled) return
  if (fils(charge.amount) !== fils(order.amount) || charge.currency !== 'KWD') return // another amount: a person must look at it
  order.charges.add(charge.id)
  order.paidBy = charge.id
  order.fulfilled++
}

// Compares the header hash with the HMAC of the body's bytes. Never parse and write the body again before that: it would change.
function isSigned(headers, body) {
  const want = createHmac('sha256', KEY).update(body).digest()
  const got = Buffer.from(headers.hash ?? '', 'hex')
  return got.length === want.length && timingSafeEqual(got, want)
}

// Returns the HTTP status. 503 lets Tap send the webhook again later.
async function webhook(headers, body) {
  if (!isSigned(headers, body)) return 401
  try {
    const event = JSON.parse(body)
    if (event.object === 'refund') {
      keepRefund(await tap('GET', `/refunds/${encodeURIComponent(event.id)}`))
      return 200
    }
    const charge = await tap('GET', `/charges/${encodeURIComponent(event.id)}`) // the key could have leaked, so the webhook alone proves nothing
    if (charge.status !== event.status) return 503 // GET shows an older status
    take(charge)
    return 200
  } catch (error) {
    return error instanceof SyntaxError ? 400 : 503
  }
}

// Only tap_id is used: anybody can write the other parameters of the address.
async function payerReturns(tapID) {
  try {
    take(await tap('GET', `/charges/${encodeURIComponent(tapID)}`))
  } catch {
    // the webhook or reconcile() will tell
  }
}

// A job for every few minutes: asks for the charges of unpaid orders, for failed ones too, because a capture can come late.
async function reconcile() {
  const all = [...orders.values()]
  const charges = all.filter(o => !o.fulfilled).flatMap(o => [...o.charges]).slice(-20) // a real shop stops after some days
  const refunds = all.flatMap(o => [...o.refunds]).filter(([, r]) => r.status !== 'REFUNDED').map(([id]) => id).slice(-20)
  for (const id of charges) await tap('GET', `/charges/${id}`).then(take).catch(() => {}) // the next run asks again
  for (const id of refunds) await tap('GET', `/refunds/${id}`).then(r => keepRefund(r)).catch(() => {})
}

// ---- Refunds

async function refund(id, amount) {
  const order = orders.get(id)
  if (!order.paidBy) throw new Refused('the order is not paid')
  keepRefund(await tapAgain('POST', '/refunds', {
    charge_id: order.paidBy, amount, currency: 'KWD', reason: 'requested_by_customer',
    reference: { merchant: id, idempotent: `refund-${id}-${amount}` }, post: { url: `${SHOP}/webhook` },
  }), order)
}

function keepRefund(answer, order = [...orders.values()].find(o => o.refunds.has(answer.id))) {
  order?.refunds.set(answer.id, { status: answer.status, amount: fils(answer.amount) })
}

// What the payer has back: a refund that is PENDING is not money yet.
function refunded(order) {
  let sum = 0n
  for (const r of order.refunds.values()) if (r.status === 'REFUNDED') sum += r.amount
  return kwd(sum)
}

// ---- The contract of tapmock check. Only in a test build: whoever can call this can order and refund.

const contract = {
  '/tapmock/checkout': async ({ order: id, amount, first_name: name, email }) => {
    if (!orders.has(id)) orders.set(id, { amount, name, email, charges: new Set(), paidBy: '', fulfilled: 0, refunds: new Map() })
    return { pay_url: (await startPayment(id)) ?? '' }
  },
  '/tapmock/order': ({ id }) => {
    const { amount, fulfilled, ...order } = orders.get(id)
    return { order: id, state: fulfilled ? 'paid' : 'unpaid', amount, fulfilled, refunded: refunded(order) }
  },
  '/tapmock/refund': ({ order, amount }) => refund(order, amount),
  '/tapmock/reconcile': () => reconcile(),
}

// ---- HTTP

createServer(async (request, response) => {
  const answer = (status, body = {}) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  try {
    const parts = []
    for await (const part of request) parts.push(part)
    const at = new URL(request.url, SHOP), body = Buffer.concat(parts)
    if (at.pathname === '/webhook') return answer(await webhook(request.headers, body))
    if (at.pathname === '/return') {
      await payerReturns(at.searchParams.get('tap_id') ?? '')
      return answer(200, { message: 'Thank you. We tell you by mail when the payment has arrived.' })
    }
    const call = contract[at.pathname]
    if (!call) return answer(404, { error: 'no such page' })
    answer(200, (await call(body.length ? JSON.parse(body) : Object.fromEntries(at.searchParams))) ?? {})
  } catch (error) {
    answer(502, { error: String(error) })
  }
}).listen(PORT, '127.0.0.1')
