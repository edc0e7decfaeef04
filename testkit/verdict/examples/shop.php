<?php
// A small shop that takes KNET payments through Tap, in PHP with the extensions curl and pdo_sqlite. It is sound: tapmock check finds nothing.
//
//     TAP_BASE_URL=http://127.0.0.1:8080/v2 TAP_SECRET_KEY=sk_test_XKokBfNWv6FIYuTMg5sLPjhJ PORT=8000 \
//         PHP_CLI_SERVER_WORKERS=8 php -S 127.0.0.1:8000 shop.php
//
// Every request is a process of its own, so the database decides what happens once: see takePayment().
declare(strict_types=1);

const RECENT = 20; // how many open orders a run of reconcile() looks at; a real shop stops after some days

define('TAP', getenv('TAP_BASE_URL') ?: 'http://127.0.0.1:8080/v2');
define('KEY', getenv('TAP_SECRET_KEY') ?: 'sk_test_XKokBfNWv6FIYuTMg5sLPjhJ');
define('SHOP', 'http://127.0.0.1:' . (getenv('PORT') ?: '8000'));

class NoAnswer extends Exception {} // Tap gave no usable answer, which says nothing about the payment
class Refused extends Exception {} // Tap refused what it was asked for

function db(): PDO
{
    static $db;
    if (!$db) {
        $db = new PDO('sqlite:' . (getenv('SHOP_DB') ?: sys_get_temp_dir() . '/tapmock-shop.sqlite'));
        $db->exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL');
        $db->exec('CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, amount TEXT, name TEXT, email TEXT, paid_by TEXT, fulfilled INT DEFAULT 0)');
        $db->exec('CREATE TABLE IF NOT EXISTS charges (id TEXT PRIMARY KEY, order_id TEXT)');
        $db->exec('CREATE TABLE IF NOT EXISTS refunds (id TEXT PRIMARY KEY, order_id TEXT, amount TEXT, status TEXT)');
    }
    return $db;
}

function query(string $sql, ...$values): array
{
    $statement = db()->prepare($sql);
    foreach ($values as $i => $value) {
        $statement->bindValue($i + 1, $value);
    }
    $statement->execute();
    return $statement->fetchAll(PDO::FETCH_ASSOC);
}

// KWD has three decimals. Money is compared and added as text or whole fils, never as a float.
function kwd(mixed $amount): string { return number_format((float) $amount, 3, '.', ''); }
function fils(string $amount): int { return (int) str_replace('.', '', kwd($amount)); }

// ---- Tap's API

// Makes one call. The time-out keeps a slow API from blocking the shop.
function tap(string $method, string $path, ?array $body = null): array
{
    $curl = curl_init(TAP . $path);
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method, CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 2,
        CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . KEY, 'Content-Type: application/json'],
    ] + ($body === null ? [] : [CURLOPT_POSTFIELDS => json_encode($body)]));
    $text = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($text === false) { // no connection, a time-out, half an answer
        throw new NoAnswer(curl_error($curl));
    }
    if ($status >= 400 && $status < 500 && $status !== 429) {
        throw new Refused("HTTP $status");
    }
    $answer = json_decode($text, true);
    if ($status !== 200 || !is_array($answer) || empty($answer['id'])) {
        throw new NoAnswer("HTTP $status");
    }
    return $answer;
}

// Tries three times. With reference.idempotent in the body Tap returns the object of an earlier try whose answer was lost.
function tapAgain(string $method, string $path, array $body): array
{
    for ($attempt = 1; ; $attempt++) {
        try {
            return tap($method, $path, $body);
        } catch (NoAnswer $e) {
            if ($attempt === 3) {
                throw $e;
            }
        }
    }
}

// ---- Payments

// Creates the charge of an order, and returns the address of the payment page; '' if nothing is left to pay.
function startPayment(array $order): string
{
    $charge = tapAgain('POST', '/charges', [
        'amount' => $order['amount'], 'currency' => 'KWD', // text with three decimals
        'source' => ['id' => 'src_kw.knet'],
        'customer' => ['first_name' => $order['name'], 'email' => $order['email']],
        'reference' => ['order' => $order['id'], 'idempotent' => $order['id']],
        'post' => ['url' => SHOP . '/webhook'], 'redirect' => ['url' => SHOP . '/return'],
    ]);
    query('INSERT OR IGNORE INTO charges VALUES (?, ?)', $charge['id'], $order['id']);
    takePayment($charge); // after a lost answer the payer may have paid already
    return $charge['transaction']['url'] ?? '';
}

// Fulfils the order of a charge that Tap's API has shown, once and only if it pays the order: one UPDATE whose condition the database checks.
function takePayment(array $charge): void
{
    $order = $charge['reference']['order'] ?? '';
    if ($charge['status'] !== 'CAPTURED' || $charge['currency'] !== 'KWD') {
        return;
    }
    query('UPDATE orders SET fulfilled = fulfilled + 1, paid_by = ?1 WHERE id = ?2 AND amount = ?3 AND fulfilled = 0
        AND NOT EXISTS (SELECT 1 FROM charges WHERE charges.id = ?1 AND order_id <> ?2) -- it was created for another order', $charge['id'], $order, kwd($charge['amount']));
}

// Compares the header hashstring with the HMAC of seven values.
function isSigned(array $event): bool
{
    $created = $event['object'] === 'refund' ? $event['created'] : $event['transaction']['created'];
    $text = "x_id{$event['id']}x_amount" . kwd($event['amount']) . "x_currency{$event['currency']}x_gateway_reference" . ($event['reference']['gateway'] ?? '')
        . 'x_payment_reference' . ($event['reference']['payment'] ?? '') . "x_status{$event['status']}x_created$created";
    return hash_equals(hash_hmac('sha256', $text, KEY), $_SERVER['HTTP_HASHSTRING'] ?? '');
}

// Returns the HTTP status. 503 lets Tap send the webhook again later.
function webhook(string $body): int
{
    $event = json_decode($body, true);
    if (!is_array($event) || !isset($event['id'], $event['object'], $event['amount'], $event['currency'], $event['status'])) {
        return 400;
    }
    if (!isSigned($event)) {
        return 401;
    }
    try {
        if ($event['object'] === 'refund') {
            keepRefund(tap('GET', '/refunds/' . rawurlencode($event['id'])));
            return 200;
        }
        $charge = tap('GET', '/charges/' . rawurlencode($event['id'])); // the key could have leaked, so the webhook alone proves nothing
    } catch (NoAnswer | Refused) {
        return 503;
    }
    if ($charge['status'] !== $event['status']) {
        return 503; // GET shows an older status
    }
    takePayment($charge);
    return 200;
}

// Calls f, and leaves what Tap did not answer to the webhook or the next run of reconcile().
function ifAnswered(callable $f): void
{
    try {
        $f();
    } catch (NoAnswer | Refused) {
    }
}

// A job for every few minutes: asks for the charges of unpaid orders, for failed ones too, because a capture can come late.
function reconcile(): void
{
    foreach (query('SELECT c.id FROM charges c JOIN orders o ON o.id = c.order_id WHERE o.fulfilled = 0 ORDER BY o.rowid DESC LIMIT ' . RECENT) as $c) {
        ifAnswered(fn () => takePayment(tap('GET', "/charges/{$c['id']}")));
    }
    foreach (query("SELECT id FROM refunds WHERE status <> 'REFUNDED' ORDER BY rowid DESC LIMIT " . RECENT) as $r) {
        ifAnswered(fn () => keepRefund(tap('GET', "/refunds/{$r['id']}")));
    }
}

// ---- Refunds

function refund(array $order, string $amount): void
{
    if (!$order['paid_by']) {
        throw new Refused('the order is not paid');
    }
    $made = tapAgain('POST', '/refunds', [
        'charge_id' => $order['paid_by'], 'amount' => $amount, 'currency' => 'KWD', 'reason' => 'requested_by_customer',
        'reference' => ['merchant' => $order['id'], 'idempotent' => "refund-{$order['id']}-$amount"], 'post' => ['url' => SHOP . '/webhook'],
    ]);
    query('INSERT OR IGNORE INTO refunds VALUES (?, ?, ?, ?)', $made['id'], $order['id'], kwd($made['amount']), $made['status']);
}

function keepRefund(array $refund): void
{
    query('UPDATE refunds SET status = ?, amount = ? WHERE id = ?', $refund['status'], kwd($refund['amount']), $refund['id']);
}

// What the payer has back: a refund that is PENDING is not money yet.
function refunded(string $order): string
{
    $sum = array_sum(array_map(fn ($r) => fils($r['amount']), query("SELECT amount FROM refunds WHERE order_id = ? AND status = 'REFUNDED'", $order)));
    return sprintf('%d.%03d', intdiv($sum, 1000), $sum % 1000);
}

// ---- The contract of tapmock check. Only in a test build: whoever can call this can order and refund.

function contract(string $path, array $in): ?array
{
    $order = fn (string $id) => query('SELECT * FROM orders WHERE id = ?', $id)[0] ?? throw new Refused("there is no order $id");
    switch ($path) {
        case '/tapmock/checkout':
            query('INSERT OR IGNORE INTO orders (id, amount, name, email) VALUES (?, ?, ?, ?)', $in['order'], $in['amount'], $in['first_name'], $in['email']);
            return ['pay_url' => startPayment($order($in['order']))];
        case '/tapmock/order':
            $o = $order($in['id']);
            return ['order' => $o['id'], 'state' => $o['fulfilled'] ? 'paid' : 'unpaid', 'amount' => $o['amount'], 'fulfilled' => $o['fulfilled'], 'refunded' => refunded($o['id'])];
        case '/tapmock/refund':
            refund($order($in['order'] ?? ''), $in['amount'] ?? '');
            return [];
        case '/tapmock/reconcile':
            reconcile();
            return [];
    }
    return null;
}

// ---- HTTP

header('Content-Type: application/json');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$body = file_get_contents('php://input');
try {
    if ($path === '/webhook') {
        http_response_code(webhook($body));
    } elseif ($path === '/return') { // only tap_id is used: anybody can write the other parameters of the address
        ifAnswered(fn () => takePayment(tap('GET', '/charges/' . rawurlencode($_GET['tap_id'] ?? ''))));
        echo json_encode(['message' => 'Thank you. We tell you by mail when the payment has arrived.']);
    } else {
        $answer = contract($path, $body === '' ? $_GET : json_decode($body, true));
        http_response_code($answer === null ? 404 : 200);
        echo json_encode((object) $answer);
    }
} catch (NoAnswer | Refused $e) {
    http_response_code(502);
    echo json_encode(['error' => $e->getMessage()]);
}
