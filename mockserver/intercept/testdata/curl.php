<?php
// A client that has Tap's address written into it, as Tap's SDK and most plugins: PHP with the extension curl.
$curl = curl_init('https://api.tap.company/v2/charges');
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('TAP_SECRET_KEY'), 'Content-Type: application/json'],
    CURLOPT_POSTFIELDS => file_get_contents(__DIR__ . '/charge.json'),
]);
$answer = curl_exec($curl);
if ($answer === false) {
    fwrite(STDERR, curl_error($curl) . "\n");
    exit(1);
}
echo json_decode($answer)->status, "\n";
