package calls

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// The parts of a call's text, in their order.
const (
	requestBody = iota
	method
	path
	requestHeader
	objectID
	answerHeader
	answerBody
	parts
)

// The bounds of what is kept of one call, in bytes.
const (
	MaxBody   = 64 << 10 // of each body
	maxHeader = 16 << 10 // of each header, with its names
	maxPath   = 2 << 10
)

// Margin is how much of a body is read beyond MaxBody, so that a card number at the cut is masked as a whole.
const Margin = 128

// Draft is a call that is being answered. Its zero value keeps nothing. It belongs to one goroutine.
type Draft struct {
	log        *Log
	text       *[]byte
	generation uint64
	call       kept
	part       int // that is next
}

// texts are the buffers of drafts. They hold nothing secret: each part is masked before the next one follows.
var texts = sync.Pool{New: func() any { b := make([]byte, 0, 8<<10); return &b }}

// Draft begins a call that came at an instant of the account's clock. [Draft.Keep] must end it.
func (l *Log) Draft(at time.Time) Draft {
	if l.Off() {
		return Draft{}
	}
	text := texts.Get().(*[]byte)
	*text = (*text)[:0]
	return Draft{log: l, text: text, call: kept{at: at.UnixNano()}}
}

// Open reports whether the draft keeps what it gets.
func (d *Draft) Open() bool { return d.text != nil }

// end ends parts up to one.
func (d *Draft) end(part int) {
	for ; d.part <= part; d.part++ {
		d.call.ends[d.part] = int32(len(*d.text))
	}
}

// RequestBody adds the body of the request; more is how many bytes followed that the caller has not read. The first call counts, and none
// after [Draft.Answer].
func (d *Draft) RequestBody(body []byte, more int) {
	if !d.Open() || d.part > requestBody {
		return
	}
	at := len(*d.text)
	*d.text = append(*d.text, body[:min(len(body), MaxBody+Margin)]...)
	d.call.cut[0] += int32(max(0, len(body)-MaxBody) + more)
	d.masked(at, tap.MaskBody)
	d.end(requestBody)
}

// HasRequestBody reports whether [Draft.RequestBody] was called.
func (d *Draft) HasRequestBody() bool { return d.part > requestBody }

// masked masks the text from a position, and then cuts it.
func (d *Draft) masked(at int, mask func([]byte) []byte) {
	text := mask((*d.text)[at:])
	text = text[:min(len(text), MaxBody)]
	if len(text) > 0 && &text[0] == &(*d.text)[:at+1][at] {
		*d.text = (*d.text)[:at+len(text)]
		return
	}
	*d.text = append((*d.text)[:at], text...)
}

// Request adds the request line and the header, in which host is the name of the server.
func (d *Draft) Request(verb, target, host string, header map[string][]string) {
	if !d.Open() {
		return
	}
	d.end(requestBody)
	*d.text = append(*d.text, tap.MaskClip(verb, 20)...)
	d.end(method)
	d.target(target)
	d.end(path)
	at := len(*d.text)
	d.field(0, at, "Host", host)
	d.header(0, at, header)
	d.masked(at, tap.MaskText)
	d.authorization(header)
	d.end(requestHeader)
}

// target adds the path with its query.
func (d *Draft) target(target string) {
	if name, query, ok := strings.Cut(target, "?"); ok {
		target = name + "?" + tap.MaskQuery(query)
	}
	*d.text = append(*d.text, tap.MaskClip(target, maxPath)...)
}

// header adds the fields of a header of the request (0) or the answer (1), one a line, after the position at which it begins.
func (d *Draft) header(of, at int, header map[string][]string) {
	for name, values := range header {
		if name == "Authorization" {
			continue
		}
		for _, value := range values {
			d.field(of, at, name, value)
		}
	}
}

// authorization adds the field Authorization, if there is one. A call that has an account has no other value than this, apart from the key.
func (d *Draft) authorization(header map[string][]string) {
	if header["Authorization"] != nil {
		*d.text = append(*d.text, "Authorization: Bearer sk_test_…\n"...)
	}
}

// field adds a field of a header. A field beyond the bound is left out.
func (d *Draft) field(of, at int, name, value string) {
	if size := len(name) + len(value) + 4; len(*d.text)-at+size > maxHeader {
		d.call.cut[of] += int32(size)
		return
	}
	*d.text = append(append(*d.text, name...), ": "...)
	*d.text = append(append(*d.text, shown(name, value)...), '\n')
}

// shown is the value of a field of a header without secrets that are known by the field's name.
func shown(name, value string) string {
	switch name {
	case "Accept", "Content-Type", "Content-Length", "Host", "User-Agent", "Accept-Encoding", "Connection", "Etag", "X-Powered-By", "X-Tapmock-Scenario":
		return value
	}
	for _, secret := range [...]string{"auth", "cookie", "token", "secret", "password", "api-key", "apikey", "session"} {
		if containsFold(name, secret) {
			return "…"
		}
	}
	return value
}

// containsFold reports whether a name contains a word in lower case, whatever the case of the name.
func containsFold(name, word string) bool {
	for i := range len(name) - len(word) + 1 {
		if strings.EqualFold(name[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// Answer begins the answer; status 0 means that there is none. about is the object that the call is about, or zero.
func (d *Draft) Answer(status int, about tap.Object, header map[string][]string) {
	if !d.Open() {
		return
	}
	d.generation = d.log.generation.Load() // before the entry: a reset in between drops the call
	d.call.entry, d.call.status, d.call.kind = d.log.Entry.Load(), int16(status), about.Kind.Number()
	d.end(requestHeader)
	*d.text = append(*d.text, tap.MaskClip(about.ID, maxID)...)
	d.end(objectID)
	at := len(*d.text)
	d.header(1, at, header)
	d.masked(at, tap.MaskText)
	d.end(answerHeader)
}

// maxID bounds the id of an object.
const maxID = 60

// AnswerBody adds a part of the answer's body.
func (d *Draft) AnswerBody(body []byte) {
	if !d.Open() {
		return
	}
	have := len(*d.text) - int(d.call.ends[answerHeader])
	n := min(len(body), max(0, MaxBody+Margin-have))
	*d.text = append(*d.text, body[:n]...)
	d.call.cut[1] += int32(len(body) - n)
}

// Keep ends the draft and keeps the call, which took a time. A draft without an answer is dropped.
func (d *Draft) Keep(took time.Duration) {
	if !d.Open() {
		return
	}
	if d.part > answerHeader {
		at := int(d.call.ends[answerHeader])
		d.call.cut[1] += int32(max(0, len(*d.text)-at-MaxBody))
		d.masked(at, tap.MaskAnswer)
		d.end(answerBody)
		d.call.took = int64(took)
		d.log.add(d.call, *d.text, d.generation)
	}
	if cap(*d.text) <= maxReused {
		texts.Put(d.text)
	}
	d.text = nil
}

// maxReused is the largest buffer of a draft that is reused.
const maxReused = 64 << 10

// part is a part of the call's text.
func (k *kept) part(n int) []byte {
	from := int32(0)
	if n > 0 {
		from = k.ends[n-1]
	}
	return k.text[from:k.ends[n]]
}

// read makes a call with its texts.
func (k *kept) read(number uint64) Call {
	return Call{
		Number: number, At: time.Unix(0, k.at).UTC(), Method: string(k.part(method)), Path: string(k.part(path)), Status: int(k.status),
		Object: tap.Object{Kind: k.kind.Kind(), ID: string(k.part(objectID))}, Entry: k.entry, Took: time.Duration(k.took),
		Request: Message{readHeader(k.part(requestHeader)), string(k.part(requestBody)), int(k.cut[0])},
		Answer:  Message{readHeader(k.part(answerHeader)), string(k.part(answerBody)), int(k.cut[1])},
	}
}

func readHeader(text []byte) map[string][]string {
	header := map[string][]string{}
	for line := range bytes.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), ": ")
		name = strings.ToLower(name)
		header[name] = append(header[name], value)
	}
	return header
}
