package record_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/record"
)

// hand drives a payment by hand.
type hand struct {
	*stage
	id   string
	page *control.Payer
}

// open creates the charge and opens its page.
func (s *stage) open() *hand {
	s.t.Helper()
	id, link := s.create()
	page, err := control.OpenPage(s.t.Context(), s.client, s.url, link)
	s.check(err)
	return &hand{s, id, page}
}

func (h *hand) submit()         { h.t.Helper(); h.check(h.page.Submit(h.t.Context(), control.GoodCard)) }
func (h *hand) confirm()        { h.t.Helper(); h.check(h.page.Confirm(h.t.Context())) }
func (h *hand) cancel()         { h.t.Helper(); h.check(h.page.Cancel(h.t.Context())) }
func (h *hand) otp(text string) { h.t.Helper(); h.check(h.page.ConfirmOTP(h.t.Context(), text)) }
func (h *hand) reload()         { h.t.Helper(); h.check(h.page.Reload(h.t.Context())) }
func (h *hand) pay()            { h.t.Helper(); h.submit(); h.confirm() }
func (h *hand) resend(id string) {
	h.t.Helper()
	h.must(h.control.ResendWebhook(h.t.Context(), id))
}
func (h *hand) release(gate string) {
	h.t.Helper()
	h.must(h.control.Release(h.t.Context(), gate, h.id))
}

// end ends the payment with an outcome of the panel of the page.
func (h *hand) end(outcome string) {
	h.t.Helper()
	at, err := url.Parse(h.page.URL)
	h.check(err)
	form, _ := at.Parse("outcome.htm")
	res, err := h.client.PostForm(form.String(), url.Values{"outcome": {outcome}, "token": {at.Query().Get("token")}})
	h.check(err)
	res.Body.Close()
}

// drive is a payment that is driven by hand.
type drive struct {
	name, scenario string // the scenario's name, or keys of one in YAML; "" is none
	settings       map[string]string
	replies        []int // of the shop to the first webhooks
	play           func(*hand)
	want           []string // parts of the recording
	note           string   // part of a note; "" is none
	without        []string // events in which the recording differs, as the note says
}

var drives = []drive{
	{name: "late, twice", scenario: "webhook/late", play: func(h *hand) { h.pay(); h.advance(time.Minute); h.resend("whd_1") },
		want: []string{"name: recorded/captured-webhook-60s-late-twice\n", "{webhook: {at: settled + 1m}}", "{webhook: {at: webhook#1, replay: true}}"}},
	{name: "resent an hour later", play: func(h *hand) { h.pay(); h.advance(time.Hour); h.resend("whd_1") },
		want: []string{"{webhook: {at: returned + 1h, replay: true}}", "captured-webhook-twice"}},
	{name: "takes time", play: func(h *hand) { h.advance(40 * time.Second); h.pay() }, want: []string{"duration: 40s"}},
	{name: "cancels", play: func(h *hand) { h.advance(30 * time.Second); h.submit(); h.cancel() }, want: []string{"{cancel: confirm, duration: 30s}", "name: recorded/cancelled\n"}},
	{name: "cancels late", play: func(h *hand) { h.submit(); h.advance(30 * time.Second); h.cancel() }, want: []string{"{cancel: confirm, duration: 30s}"},
		note: "waited for 30s on the confirm screen", without: []string{"submitted"}},
	{name: "confirms late", play: func(h *hand) { h.submit(); h.advance(20 * time.Second); h.confirm() }, want: []string{"{pay: {}, duration: 20s}"},
		note: "waited for 20s on the confirm screen", without: []string{"submitted"}},
	{name: "leaves", play: func(h *hand) { h.submit(); h.advance(time.Hour) }, want: []string{"{abandon: confirm}"}},
	{name: "page limit", play: func(h *hand) { h.advance(5 * time.Minute); h.submit() }, want: []string{"duration: 5m", "recorded/page-limit"}},
	{name: "one wrong password", scenario: "outcome/otp", play: func(h *hand) { h.submit(); h.otp("000000"); h.confirm() }, want: []string{"otp: {ask: true, refuse: 1}"},
		note: "wrong or late one-time password once"},
	{name: "wrong passwords", scenario: "outcome/otp", play: func(h *hand) { h.submit(); h.otp("000000"); h.otp("000000"); h.otp("000000") }, want: []string{"otp: wrong"}},
	{name: "refused twice", replies: []int{500, 503}, play: func(h *hand) { h.pay(); h.advance(time.Minute) }, want: []string{"refused-twice", "payer: {pay: {}}\n    bank: {result: CAPTURED}\n$"}},
	{name: "given up early", scenario: "callbacks: [webhook: {retries: 10s}]", replies: []int{500, 500}, play: func(h *hand) { h.pay(); h.advance(time.Minute) },
		want: []string{"retries: 10s"}},
	{name: "slow bank", scenario: "outcome/slow-bank", play: func(h *hand) { h.pay(); h.advance(20 * time.Second); h.reload() }, want: []string{"delay: 20s", "captured-after-20s"}},
	{name: "closed tab", scenario: "return/never", play: func(h *hand) { h.pay() }, want: []string{"{return: never}", "no-return"}},
	{name: "late return", scenario: "return/late", play: func(h *hand) { h.pay(); h.advance(5 * time.Minute); h.reload() }, want: []string{"{return: {at: settled + 5m}}", "returned-5m-late"}},
	{name: "gates", scenario: "bank: {gate: bank}\ncallbacks: [return: {at: settled}, webhook: {at: settled, gate: hook}]", want: []string{"delay: 15s", "{webhook: {at: settled + 10s}}"},
		play: func(h *hand) {
			h.pay()
			h.advance(15 * time.Second)
			h.release("bank")
			h.idle()
			h.reload()
			h.advance(10 * time.Second)
			h.release("hook")
		}, without: []string{"gate_reached"}},
	{name: "lapses", settings: map[string]string{"charge_expiry_outcome": "CANCELLED"}, play: func(h *hand) { h.advance(time.Hour) },
		want: []string{"settings: {charge_expiry_outcome: CANCELLED}", "abandon: entry"}},
	{name: "lapses, late", settings: map[string]string{"charge_expiry_outcome": "CANCELLED"}, scenario: "callbacks: [webhook: {at: settled + 1m}]", play: func(h *hand) { h.advance(time.Hour) },
		want: []string{"{webhook: {at: expired + 1m}}"}},
	{name: "true forgery", scenario: "callbacks: [webhook: {}, webhook: {at: settled + 1m, forge: says-captured}]", play: func(h *hand) { h.pay(); h.advance(time.Hour) },
		want: []string{"payer: {pay: {}}\n    callbacks:", "forge: says-captured"}},
	{name: "short limit", settings: map[string]string{"page_limit": "2m"}, play: func(h *hand) { h.advance(2 * time.Minute); h.submit() }, want: []string{"page_limit: 2m0s"}},
	{name: "long limit", settings: map[string]string{"page_limit": "20m"}, play: func(h *hand) { h.advance(10 * time.Minute); h.pay() }, want: []string{"page_limit: 11m0s"}},
	{name: "data", settings: map[string]string{"return_data": "true"}, play: func(h *hand) { h.pay() }, want: []string{"return_data: \"true\""}},
	{name: "two tries", settings: map[string]string{"otp_tries": "2"}, scenario: "outcome/otp", play: func(h *hand) { h.submit(); h.otp("000000"); h.otp("000000") }, want: []string{"otp_tries: \"2\""}},
	{name: "wrong PIN", scenario: "bank: {pin: {refuse: 1}}", play: func(h *hand) { h.submit(); h.pay() }, want: []string{"pin: {refuse: 1}"}},
	{name: "signed by a call", play: func(h *hand) { h.pay(); h.must(h.control.ResendWebhookSigned(h.t.Context(), "whd_1", "guess")) }, want: []string{"{webhook: {at: returned, forge: wrong-key}}"},
		note: "a signature that a call had chosen"},
	{name: "not the last one", scenario: "webhook/while-initiated", play: func(h *hand) { h.idle(); h.pay(); h.resend("whd_1") }, want: []string{"{webhook: {at: returned, replay: true}}"},
		note: "whd_3 was whd_1 sent again; the scenario sends the last genuine webhook before it again, whd_2"},
	{name: "not sent yet", scenario: "webhook/late", play: func(h *hand) { h.pay() }, want: []string{"{webhook: {at: settled + 1m}}"}, note: "not sent when it was recorded"},
	{name: "still open", play: func(h *hand) { h.submit() }, want: []string{"abandon: confirm"}, note: "had not finished"},
	{name: "undecided", scenario: "bank: {delay: 1h}", play: func(h *hand) { h.pay() }, want: []string{"delay: forever"}, note: "had not decided", without: []string{"bank_silent"}},
	{name: "in the panel", play: func(h *hand) { h.end("webhook-late"); h.advance(time.Minute) }, want: []string{"captured-webhook-60s-late\n"},
		note: "the payer of the scenario pays", without: []string{"outcome_chosen", "submitted", "confirmed"}},
}

// TestByHand records payments that were driven by hand, and plays the recordings with their automatic payers. The journals must be the same,
// apart from what only one of both payers does.
func TestByHand(t *testing.T) {
	t.Parallel()
	for _, d := range drives {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			trace, hooks := d.record(t)
			yaml, notes := record.Scenario(trace, hooks)
			for _, part := range d.want {
				if !strings.Contains(yaml+"$", part) {
					t.Errorf("%q is not in the recording:\n%s", part, yaml)
				}
			}
			if all := strings.Join(notes, "\n"); (all == "") != (d.note == "") || !strings.Contains(all, d.note) {
				t.Errorf("notes %q, want one with %q", notes, d.note)
			}
			repeated := d.replay(t, yaml, trace)
			if want, got := d.journal(trace), d.journal(repeated); !slices.Equal(want, got) {
				t.Errorf("recorded:\n%s\nplayed again:\n%s\n%s%q", strings.Join(want, "\n"), strings.Join(got, "\n"), yaml, notes)
			}
		})
	}
}

// record drives the payment.
func (d *drive) record(t *testing.T) (*control.Trace, []control.Webhook) {
	t.Helper()
	s := newStage(t)
	s.replies = slices.Clone(d.replies)
	if d.settings != nil {
		s.check(s.control.Set(t.Context(), d.settings))
	}
	switch {
	case strings.Contains(d.scenario, ":"):
		keys := strings.ReplaceAll("\n"+d.scenario, "\n", "\n    ")
		s.check(s.control.NextYAML(t.Context(), "scenarios:\n  - name: shop/driven\n    description: Driven by hand."+keys+"\n"))
	case d.scenario != "":
		s.check(s.control.Next(t.Context(), d.scenario))
	}
	h := s.open()
	d.play(h)
	h.idle()
	return h.recording(h.id)
}

// replay plays a recording for as long as the recorded payment took.
func (d *drive) replay(t *testing.T, yaml string, recorded *control.Trace) *control.Trace {
	t.Helper()
	again := newStage(t)
	again.check(again.control.NextYAML(t.Context(), yaml))
	again.replies = slices.Clone(d.replies)
	id, _ := again.create()
	again.idle()
	if took := recorded.Entries[len(recorded.Entries)-1].At.Sub(recorded.Entries[0].At); took > 0 {
		again.advance(took)
	}
	trace, _ := again.recording(id)
	return trace
}

var (
	data     = regexp.MustCompile(`data=[0-9A-F]{32}`)
	resent   = regexp.MustCompile(`sent again on request: (attempt \d+)`)
	password = regexp.MustCompile(`otp_refused (wrong|right, but the scenario refuses it), (\d)`)
)

// journal is the journal without what depends on who pays: an automatic payer waits for the answer, and the mock makes its return. What was
// resent is a replay in the scenario, and a password that was wrong a right one that is refused.
func (d *drive) journal(t *control.Trace) (lines []string) {
	for _, line := range journal(t) {
		event := strings.Fields(line)[1]
		if event == "answered" || slices.Contains(d.without, event) {
			continue
		}
		if event == "returned" {
			line = data.ReplaceAllString(strings.TrimSuffix(line, ": HTTP 200"), "data=…")
		}
		line = strings.Replace(line, "forged (signature)", "forged (wrong-key)", 1)
		if line = resent.ReplaceAllString(line, "$1, a replay"); strings.Contains(line, "forged") {
			line = strings.Replace(line, ", a replay", "", 1)
		}
		lines = append(lines, password.ReplaceAllString(line, "otp_refused $2"))
	}
	return lines
}
