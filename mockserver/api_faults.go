package mockserver

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net"
	"net/http"
	"strconv"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// withFault answers a call into which a scenario injects a fault; work writes the answer without the fault. If the fault commits, work
// runs first, and its answer is then delayed, changed or dropped. about returns the object to which the delay belongs.
func withFault(c *call, f *scenarios.Fault, account *gateway.Account, about func() tap.Object, work func(http.ResponseWriter) error) error {
	answer := &bufferedAnswer{header: http.Header{}, status: http.StatusOK}
	if f.Commits() {
		if err := work(answer); err != nil {
			return err
		}
	}
	written, err := account.DelayAnswer(c.r.Context(), about(), f)
	if err != nil {
		panic(http.ErrAbortHandler) // the client closed the connection, or the server stops
	}
	defer written()
	if f.On.IsPage() && f.Fault != nil && f.Fault.Status != 0 {
		writePageError(c.w, f.Fault.Status)
		return nil
	}
	c.answering(func() bool {
		sendFaulty(c.w, f.Fault, answer)
		return f.SendsAnswer()
	})
	return nil
}

// faulty makes a route of a call of the account, into which the default scenario can inject a fault.
func faulty(on scenarios.Operation, handle func(*Server, *call) error) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		f := c.account.CallFault(on)
		if f == nil {
			return handle(s, c)
		}
		client := c.w
		return withFault(c, f, c.account, func() tap.Object { return tap.Object{} }, func(w http.ResponseWriter) error {
			c.w = w
			defer func() { c.w = client }()
			return handle(s, c)
		})
	}
}

// sendFaulty sends the answer with a fault; nil is none.
func sendFaulty(w http.ResponseWriter, f *scenarios.FaultKind, answer *bufferedAnswer) {
	switch {
	case f == nil || f.Word == scenarios.Stale || f.WrongValue() != "":
		answer.send(w)
	case f.Word == scenarios.Reset:
		resetConnection(w)
	case f.Word == scenarios.HalfBody:
		sendHalf(w, answer)
	case f.Word == scenarios.NotJSON:
		html := "<html><head><title>Service unavailable</title></head><body><h1>Service unavailable</h1></body></html>\n"
		(&bufferedAnswer{http.Header{"Content-Type": {"application/json"}}, http.StatusOK, []byte(html)}).send(w)
	case f.Word == scenarios.ContentType:
		answer.header.Set("Content-Type", "text/html; charset=utf-8")
		answer.send(w)
	default:
		writeStatus(w, f)
	}
}

// writePageError answers a request for a page with an HTTP status and an error page.
func writePageError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!DOCTYPE html>\n<title>SIMULATION – %[1]d %[2]s</title>\n<p>SIMULATION – not KNET, no real card. محاكاة – ليست كي نت، لا بطاقة حقيقية</p>\n<h1>%[1]d %[2]s</h1>\n", status, http.StatusText(status))
}

// resetConnection closes the connection with a TCP reset. HTTP/1.1 has one request at a time on a connection. The journal has the call
// before the client notices.
func resetConnection(w http.ResponseWriter) {
	if j, ok := w.(*journalledWriter); ok {
		j.record(0)
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// sendHalf announces the whole body, sends half of it and closes the connection.
func sendHalf(w http.ResponseWriter, answer *bufferedAnswer) {
	h := w.Header()
	maps.Copy(h, answer.header)
	h.Set("Content-Length", strconv.Itoa(len(answer.body)))
	w.WriteHeader(answer.status)
	w.Write(answer.body[:len(answer.body)/2])
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// writeStatus answers with an HTTP status and Tap's error code for it, or 2101 where Tap's code is not known (Tap API 12, inferred).
func writeStatus(w http.ResponseWriter, f *scenarios.FaultKind) {
	code := f.Code
	if code == "" {
		code = map[int]string{400: "1103", 401: "2104", 403: "2108", 404: "2102", 500: "9999"}[f.Status]
	}
	if code == "" {
		code = "2101"
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Time().Seconds()))))
	}
	e := tap.NewError(code, "")
	e.HTTPStatus = f.Status
	writeError(w, e)
}

// faulty serves a page, with the faults that the scenario of its charge injects.
func (s *Server) faulty(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.gateway.FaultyPages() {
			page.ServeHTTP(w, r)
			return
		}
		r, done := fakepage.WithForm(r)
		defer done()
		f, account, charge := s.gateway.PageFault(pageToken(r), pageOperation(r))
		if f == nil {
			page.ServeHTTP(w, r)
			return
		}
		c := &call{w: w, r: r, settings: account.Settings()}
		withFault(c, f, account, func() tap.Object { return charge }, func(answer http.ResponseWriter) error {
			page.ServeHTTP(answer, r)
			return nil
		})
	})
}

// pageOperation is the operation of a scenario to which a request for a page belongs.
func pageOperation(r *http.Request) scenarios.Operation {
	if r.Method == http.MethodPost {
		return scenarios.SubmitPage
	}
	return scenarios.OpenPage
}

// pageToken is the token in a page's address or form.
func pageToken(r *http.Request) string {
	q := r.URL.Query()
	if token := cmp.Or(q.Get("chg"), q.Get("auth")); token != "" {
		return token
	}
	if token := q.Get("token"); token != "" {
		return token
	}
	return fakepage.Token(r)
}
