package testkit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// TestVerifyWebhookLines checks what the error has about each header, and that it never has the secret key.
func TestVerifyWebhookLines(t *testing.T) {
	t.Parallel()
	key, header, body := recorded(t)
	wrong := http.Header{}
	wrong.Set("hashstring", "Bearer "+key)
	wrong.Set("hash", strings.Repeat("0", 300)+"\x01")
	err := testkit.VerifyWebhook(key, wrong, body)
	if err == nil {
		t.Fatal("wrong headers were accepted")
	}
	var lines []string
	for line := range strings.Lines(err.Error()) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	if len(lines) != 8 || strings.Contains(err.Error(), key) {
		t.Fatalf("%d lines, key %t:\n%v", len(lines), strings.Contains(err.Error(), key), err)
	}
	const of = "\twhich is the HMAC-SHA256, in lower-case hex with the secret key, of: "
	for i, want := range map[int]string{
		1: "\treceived: Bearer (the secret key)", 2: "\texpected: " + header.Get("hashstring"),
		5: "\treceived: " + strings.Repeat("0", 200), 6: "\texpected: " + header.Get("hash"), 7: of + fmt.Sprintf("the body's %d bytes as received", len(body)),
	} {
		if lines[i] != want {
			t.Errorf("line %d is %q, want %q", i, lines[i], want)
		}
	}
	if !strings.HasPrefix(lines[3], of+"x_idchg_") || !strings.Contains(lines[3], "x_status") {
		t.Errorf("the hashed string: %q", lines[3])
	}
}

// recorded is a webhook that Tap sent, with its headers and the secret key.
func recorded(t *testing.T) (key string, header http.Header, body []byte) {
	t.Helper()
	const dir = "../mockserver/tap/testdata/"
	text, err := os.ReadFile(dir + "signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Key     string            `json:"secret_key"`
		Headers map[string]string `json:"recorded_headers"`
		Hash    struct {
			File string `json:"body_file"`
		} `json:"hash"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if body, err = os.ReadFile(dir + v.Hash.File); err != nil {
		t.Fatal(err)
	}
	header = http.Header{}
	for name, value := range v.Headers {
		header.Set(name, value)
	}
	return v.Key, header, body
}

func TestVerifyRecordedWebhook(t *testing.T) {
	t.Parallel()
	key, header, body := recorded(t)
	if err := testkit.VerifyWebhook(key, header, body); err != nil {
		t.Error(err)
	}
	signed := testkit.SignWebhook(key, body)
	for _, name := range []string{"hashstring", "hash"} {
		if signed.Get(name) != header.Get(name) {
			t.Errorf("%s is %s, recorded %s", name, signed.Get(name), header.Get(name))
		}
		alone := http.Header{}
		alone.Set(name, header.Get(name))
		if err := testkit.VerifyWebhook(key, alone, body); err != nil {
			t.Errorf("%s alone: %v", name, err)
		}
	}
}

func TestVerifyWebhookErrors(t *testing.T) {
	t.Parallel()
	key, header, body := recorded(t)
	with := func(name, value string) http.Header {
		h := header.Clone()
		h.Set(name, value)
		return h
	}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		want   error
		text   string
	}{
		"unsigned":     {http.Header{}, string(body), testkit.ErrUnsigned, "refuse it"},
		"not JSON":     {header, "x", testkit.ErrNotWebhook, "as received"},
		"a customer":   {header, strings.Replace(string(body), `"charge"`, `"customer"`, 1), testkit.ErrNotWebhook, `"customer"`},
		"hashstring":   {with("hashstring", strings.Repeat("0", 64)), string(body), testkit.ErrHashString, "signed by another sender"},
		"upper case":   {with("hash", strings.ToUpper(header.Get("hash"))), string(body), testkit.ErrHash, "upper-case hex"},
		"swapped":      {with("hash", header.Get("hashstring")), string(body), testkit.ErrHash, "the value of header hashstring"},
		"body changed": {header, strings.Replace(string(body), "CAPTURED", "FAILED", 1), testkit.ErrHash, "as received"},
		"re-encoded":   {header, strings.Replace(string(body), "{", "{ ", 1), testkit.ErrHash, "header hashstring is correct"},
		"wrong key":    {testkit.SignWebhook("other", body), string(body), testkit.ErrHashString, "secret key"},
	} {
		err := testkit.VerifyWebhook(key, c.header, []byte(c.body))
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
		for _, other := range []error{testkit.ErrUnsigned, testkit.ErrNotWebhook} {
			if other != c.want && errors.Is(err, other) {
				t.Errorf("%s: the error is also %v", name, other)
			}
		}
	}
	if h := testkit.SignWebhook("key", []byte("{}")); h.Get("hash") == "" || h.Get("hashstring") != "" {
		t.Errorf("headers of a body that is not a charge: %v", h)
	}
}
