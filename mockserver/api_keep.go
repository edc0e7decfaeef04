package mockserver

import (
	"bufio"
	"cmp"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/calls"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// keeper keeps a call with its answer, see [calls.Log]. It is a part of the call, so that it needs no memory of its own. The call is kept
// just before the end of its answer is written, so that a client that has the answer finds it.
type keeper struct {
	http.ResponseWriter
	call    *call
	draft   calls.Draft
	start   time.Time // of the real clock
	begun   bool      // whether the answer has begun
	pending int       // bytes of the body that must still be written; below 0: unknown
}

// keep begins to keep a call that came at an instant of the account's clock.
func (c *call) keep(start, at time.Time) {
	if c.kept.draft = c.account.Calls().Draft(at); c.kept.draft.Open() {
		c.kept.ResponseWriter, c.kept.call, c.kept.start = c.w, c, start
		c.w = &c.kept
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }

func (k *keeper) WriteHeader(status int) {
	k.begin(status)
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeper) Write(body []byte) (int, error) {
	k.begin(http.StatusOK)
	k.draft.AnswerBody(body)
	if k.pending -= len(body); k.pending == 0 {
		k.end()
	}
	return k.ResponseWriter.Write(body)
}

// FlushError sends what is written so far; nothing follows.
func (k *keeper) FlushError() error {
	k.end()
	return http.NewResponseController(k.ResponseWriter).Flush()
}

// Hijack gives the connection to a fault, which breaks it.
func (k *keeper) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	k.end()
	return http.NewResponseController(k.ResponseWriter).Hijack()
}

// begin begins the answer; status 0 means that there is none.
func (k *keeper) begin(status int) {
	if k.begun {
		return
	}
	k.begun = true
	r, header := k.call.r, http.Header(nil)
	if status != 0 {
		header = k.ResponseWriter.Header()
	}
	k.readRest()
	k.draft.Request(r.Method, r.RequestURI, r.Host, r.Header)
	k.draft.Answer(status, k.call.about(), header)
	k.pending = -1
	if n, err := strconv.Atoi(strings.Join(header["Content-Length"], "")); err == nil {
		k.pending = n
	}
	if status != 0 && (r.Method == http.MethodHead || k.pending == 0) {
		k.end()
	}
}

// maxRest is the largest body of which net/http reads the rest before it sends an answer.
const maxRest = 256 << 10

// readRest reads the beginning of a body that the route has not read. The client does not wait longer: before net/http sends an answer it
// reads the rest of a body itself, unless the body is too large or the client waits for 100 Continue. Then all of it counts as cut.
func (k *keeper) readRest() {
	r := k.call.r
	if k.draft.HasRequestBody() || r.ContentLength == 0 {
		return
	}
	if r.Header["Expect"] != nil || r.ContentLength > maxRest {
		k.draft.RequestBody(nil, max(0, int(r.ContentLength)))
		return
	}
	buffer := buffers.Get().(*[]byte)
	defer freeBuffer(buffer)
	if cap(*buffer) < calls.MaxBody+calls.Margin {
		*buffer = make([]byte, calls.MaxBody+calls.Margin)
	}
	*buffer = (*buffer)[:calls.MaxBody+calls.Margin]
	n, _ := io.ReadFull(r.Body, *buffer)
	k.draft.RequestBody((*buffer)[:n], max(0, int(r.ContentLength)-n))
}

// read adds the body that the route has read. Of a body over the limit, the rest counts as cut.
func (k *keeper) read(body []byte, whole bool) {
	more := 0
	if !whole && k.draft.Open() {
		more = max(0, int(k.call.r.ContentLength)-len(body))
	}
	k.draft.RequestBody(body, more)
}

// end keeps the call, once.
func (k *keeper) end() {
	if !k.draft.Open() {
		return
	}
	k.begin(0)
	c := k.call
	c.account.Keep(&k.draft, time.Duration(max(0, c.server.gateway.RealNow().Sub(k.start))))
}

// about is the object that the call has created or names, or zero.
func (c *call) about() tap.Object {
	if c.named.ID != "" {
		return c.named
	}
	id := cmp.Or(c.created, mux.Vars(c.r)["id"])
	if prefix := c.kind.Prefix(); prefix != "" && len(id) > len(prefix) && strings.HasPrefix(id, prefix) && id[len(prefix)] == '_' {
		return tap.Object{Kind: c.kind, ID: id}
	}
	return objectIn(id)
}

// objectIn is the object that an id names, or zero.
func objectIn(id string) tap.Object {
	if kind := tap.KindOf(id); kind != "" {
		return tap.Object{Kind: kind, ID: id}
	}
	return tap.Object{}
}
