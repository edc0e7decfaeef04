package mockserver

import (
	"fmt"
	"maps"
	"math"
	"net"
	"net/http"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// withFault answers a call with what a scenario has go wrong with it; work is the right answer. If work is to be done, it is
// done first, and its answer is delayed, held, spoilt or thrown away; charge is whose timeline the delay stands on.
func withFault(c *call, f *scenarios.Fault, account *gateway.Account, charge func() string, work func(http.ResponseWriter) error) error {
	answer := &kept{header: http.Header{}, status: http.StatusOK}
	if f.Commits() {
		if err := work(answer); err != nil {
			return err
		}
	}
	written, err := account.DelayAnswer(c.r.Context(), charge(), f)
	if err != nil {
		panic(http.ErrAbortHandler) // the client has gone, or the server stops
	}
	defer written()
	if f.On.IsPage() && f.Fault != nil && f.Fault.Status != 0 {
		pageTrouble(c.w, f.Fault.Status)
		return nil
	}
	c.answering(func() bool {
		spoil(c.w, f.Fault, answer)
		return f.Fault == nil || f.Fault.Word == scenarios.ContentType
	})
	return nil
}

// kept is an answer that is not sent yet.
type kept struct {
	header http.Header
	status int
	body   []byte
}

func (k *kept) Header() http.Header    { return k.header }
func (k *kept) WriteHeader(status int) { k.status = status }

func (k *kept) Write(b []byte) (int, error) {
	k.body = append(k.body, b...)
	return len(b), nil
}

// spoil sends what a fault makes of an answer; nil leaves it as it is.
func spoil(w http.ResponseWriter, f *scenarios.FaultKind, answer *kept) {
	switch {
	case f == nil || f.Word == scenarios.Stale:
		answer.send(w)
	case f.Word == scenarios.Reset:
		reset(w)
	case f.Word == scenarios.HalfBody:
		half(w, answer)
	case f.Word == scenarios.NotJSON:
		html := "<html><head><title>Service unavailable</title></head><body><h1>Service unavailable</h1></body></html>\n"
		(&kept{http.Header{"Content-Type": {"application/json"}}, http.StatusOK, []byte(html)}).send(w)
	case f.Word == scenarios.ContentType:
		answer.header.Set("Content-Type", "text/html; charset=utf-8")
		answer.send(w)
	default:
		writeStatus(w, f)
	}
}

// pageTrouble answers a request for a page with an error, as a browser shows one.
func pageTrouble(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!DOCTYPE html>\n<title>SIMULATION – %[1]d %[2]s</title>\n<p>SIMULATION – not KNET, no real card. محاكاة – ليست كي نت، لا بطاقة حقيقية</p>\n<h1>%[1]d %[2]s</h1>\n", status, http.StatusText(status))
}

func (k *kept) send(w http.ResponseWriter) {
	h := w.Header()
	maps.Copy(h, k.header)
	h.Set("Content-Length", strconv.Itoa(len(k.body)))
	w.WriteHeader(k.status)
	w.Write(k.body)
}

// reset breaks the connection with a TCP reset: HTTP/1.1 has one request at a time on it.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// half announces the whole body, sends half of it and closes the connection.
func half(w http.ResponseWriter, answer *kept) {
	whole := *answer
	whole.body = answer.body[:len(answer.body)/2]
	h := w.Header()
	maps.Copy(h, answer.header)
	h.Set("Content-Length", strconv.Itoa(len(answer.body)))
	w.WriteHeader(answer.status)
	w.Write(whole.body)
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// writeStatus answers with an error of the API. Which code goes with a status is Tap's where it is known, else 2101 (Tap API 12,
// inferred).
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

// faulty lets go wrong with the page what the scenario of its charge says.
func (s *Server) faulty(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.gateway.FaultyPages() {
			page.ServeHTTP(w, r)
			return
		}
		f, account, charge := s.gateway.PageFault(pageToken(r), pageOperation(r))
		if f == nil {
			page.ServeHTTP(w, r)
			return
		}
		c := &call{w: w, r: r, settings: account.Settings()}
		withFault(c, f, account, func() string { return charge }, func(answer http.ResponseWriter) error {
			page.ServeHTTP(answer, r)
			return nil
		})
	})
}

// pageOperation is the operation of a request for the page.
func pageOperation(r *http.Request) scenarios.Operation {
	if r.Method == http.MethodPost {
		return scenarios.SubmitPage
	}
	return scenarios.OpenPage
}

// pageToken is the token in a page's address or form.
func pageToken(r *http.Request) string {
	q := r.URL.Query()
	if token := q.Get("chg"); token != "" {
		return token
	}
	if token := q.Get("token"); token != "" {
		return token
	}
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(nil, r.Body, 64<<10)
		return r.PostFormValue("token")
	}
	return ""
}
