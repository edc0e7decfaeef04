<?php
// A client that has Tap's address written into it: PHP's streams. A context of its own needs the proxy.
$answer = file_get_contents('https://api.tap.company/v2/charges', false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => ['Authorization: Bearer ' . getenv('TAP_SECRET_KEY'), 'Content-Type: application/json'],
    'content' => file_get_contents(__DIR__ . '/charge.json'),
    'proxy' => str_replace('http://', 'tcp://', getenv('HTTPS_PROXY')),
]]));
echo json_decode($answer)->status, "\n";
