package mockserver

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strconv"
	"sync"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// writeError writes every error body of the API (Tap API 1.3): 401 is compact, with a charset and helmet's headers; the others are
// indented (proven).
func writeError(w http.ResponseWriter, e *tap.Error) {
	h := w.Header()
	if e.Note != "" {
		h.Add("X-Tapmock-Note", headerSafe(e.Note))
	}
	contentType := "application/json"
	if e.HTTPStatus == http.StatusUnauthorized {
		contentType = "application/json; charset=utf-8"
		h.Set("Strict-Transport-Security", "max-age=15552000; includeSubDomains")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("X-Content-Type-Options", "nosniff")
	}
	writeJSON(w, e.HTTPStatus, contentType, e.Body())
}

// buffers are reused for answers and for request bodies.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// maxReusedBuffer is the largest buffer that is reused.
const maxReusedBuffer = 64 << 10

// freeBuffer clears a buffer and lets it be reused: a request may have held a card number.
func freeBuffer(b *[]byte) {
	clear(*b)
	if cap(*b) <= maxReusedBuffer {
		buffers.Put(b)
	}
}

// jsonObject is a payment object that can be an answer.
type jsonObject interface {
	AppendJSON([]byte, tap.Method) []byte
}

// writeObject answers with an object.
func writeObject(w http.ResponseWriter, o jsonObject, method tap.Method) {
	buffer := buffers.Get().(*[]byte)
	defer freeBuffer(buffer)
	*buffer = o.AppendJSON((*buffer)[:0], method)
	writeJSON(w, http.StatusOK, "application/json", *buffer)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["ETag"] = []string{etag(body)}
	h["X-Powered-By"] = []string{"Express"}
	w.WriteHeader(status)
	w.Write(body)
}

// etag is W/"<length in hex>-<27 characters of the base64 SHA-1>" (Tap API 1.3, proven).
func etag(body []byte) string {
	sum := sha1.Sum(body)
	b := append(make([]byte, 0, 40), `W/"`...)
	b = strconv.AppendInt(b, int64(len(body)), 16)
	b = append(b, '-')
	b = base64.StdEncoding.AppendEncode(b, sum[:])
	return string(append(b[:len(b)-1], '"'))
}

// tooLargeText is the message about a body over the limit, in both APIs.
func tooLargeText(limit int64) string {
	return "the body is larger than " + strconv.FormatInt(limit, 10) + " bytes; raise the limit with -limit body=SIZE"
}

func tooLarge(limit int64) *tap.Error {
	e := tap.NewError("1103", tooLargeText(limit))
	e.HTTPStatus = http.StatusRequestEntityTooLarge
	return e
}
