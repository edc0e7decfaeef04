package mockserver_test

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// The card number, PIN and live key that tests of masking send.
const (
	realCard = "5105105105105100"
	realPIN  = "7351"
	liveKey  = "sk_live_mXf7Qb2Zp0"
)

// secrets are forms in which the card number or key could be shown.
var secrets = []string{realCard, "5105 1051", "5105-1051", "5105%201051", "5105+1051", "51051051", liveKey, "mXf7Qb2Zp0"}

// secretOrder is an order with the card number or the key in every text.
func (s *stage) secretOrder() string {
	return s.order(map[string]any{
		"description": "card " + realCard, "statement_descriptor": "5105 1051 0510 5100",
		"metadata":  map[string]any{"card": realCard, "5105-1051-0510-5100": "key", "key": liveKey},
		"reference": map[string]any{"order": "order 5105-1051-0510-5100", "transaction": realCard, "idempotent": realCard + " " + liveKey},
		"customer":  map[string]any{"first_name": "Visa " + realCard, "middle_name": realCard, "last_name": realCard, "email": realCard + "@example.com"},
		"order":     at("id", realCard), "merchant": at("id", realCard),
		"post":     at("url", s.shop.url+"/hook/"+realCard+"?key="+liveKey+"&card=5105%201051%200510%205100"),
		"redirect": at("url", s.shop.url+"/return/"+realCard+"?key="+liveKey+"&card=5105+1051+0510+5100"),
	})
}

// controlAnswers are the answers of the control API that show an account, by their paths.
func (s *stage) controlAnswers(charge string) map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for _, path := range []string{"/account", "/settings", "/scenarios", "/next", "/timeline", "/gates", "/charges", "/charges/" + charge, "/charges/" + charge + "/trace",
		"/journal", "/journal?object=" + charge, "/calls", "/calls/call_1", "/webhooks", "/webhooks/whd_1"} {
		a := s.call("GET", control.Prefix+path, "")
		if a.status != 200 {
			s.t.Errorf("%s: HTTP %d %s", path, a.status, a.body)
		}
		all[path] = a.body
	}
	return all
}

// TestMaskedEverywhere sends a card number and a live key wherever a merchant and a payer can: the control API, the journal and the log
// show neither.
func TestMaskedEverywhere(t *testing.T) {
	var log syncBuffer
	s := startStage(t, mockserver.Config{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}, "journal_requests=true")
	s.next("webhook/twice")
	made := s.call("POST", "/v2/charges", s.secretOrder())
	c := decode(t, made.body)
	p := s.open(c.Transaction.URL)
	p.post("proceed", "bank", testBank, "dcprefix", "510510", "debitNumber", realCard[6:], "debitMonth", "9", "debitYear", "2030", "cardPin", realPIN)
	if !strings.Contains(p.page.body, "check your Card-Number") {
		t.Errorf("the page accepted the number: %s", p.page.body)
	}
	shown := map[string]string{"the page": p.page.body}
	p.submit("9", "2030").post("confirm")
	s.awaitIdle()
	for _, path := range []string{"/v2/charges/" + liveKey, "/v2/" + liveKey + "/" + realCard, "/" + liveKey} {
		s.call("GET", path, "")
		s.call("PUT", path, "")
	}
	s.call("GET", "/v2/charges/"+c.ID, "")
	for _, body := range []string{`{"settings": {"bank_captured_expiries": "` + realCard + `"}}`, `{"settings": {"` + liveKey + `": 1}}`} {
		shown[body[:24]] = s.call("PATCH", control.Prefix+"/settings", body).body
	}
	shown["no path"] = s.call("GET", control.Prefix+"/"+liveKey+"/"+realCard, "").body
	shown["no charge"] = s.call("GET", control.Prefix+"/charges/"+realCard, "").body
	shown["no gate"] = s.call("POST", control.Prefix+"/gates/"+realCard+"/hold", "").body
	shown["no parameter"] = s.call("GET", control.Prefix+"/charges?"+realCard+"=1", "").body
	maps.Copy(shown, s.controlAnswers(c.ID))
	shown["the log"] = log.String()
	for _, where := range slices.Sorted(maps.Keys(shown)) {
		for _, secret := range secrets {
			if i := strings.Index(shown[where], secret); i >= 0 {
				t.Errorf("%s shows %s: …%s", where, secret, shown[where][max(0, i-60):min(len(shown[where]), i+60)])
			}
		}
	}
}

// TestMaskingChangesNoMessage expects that the merchant gets its own texts, in answers and in webhooks, and that the control API shows
// the signatures of what was sent, and sends that again.
func TestMaskingChangesNoMessage(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.next("payer/pays")
	made := s.call("POST", "/v2/charges", s.secretOrder())
	c := decode(t, made.body)
	s.awaitIdle()
	got := s.call("GET", "/v2/charges/"+c.ID, "")
	for _, body := range []string{made.body, got.body} {
		if !strings.Contains(body, `"description":"card `+realCard+`"`) || !strings.Contains(body, `"key":"`+liveKey+`"`) {
			t.Errorf("the API changed the merchant's text: %s", body)
		}
	}
	hook, err := s.control.Webhook(t.Context(), "whd_1")
	if err != nil {
		t.Fatal(err)
	}
	sent, shown := s.shop.visits("/hook/" + realCard)[0], hook.Attempts[0]
	if !strings.Contains(sent.body, realCard) || s.signatures(sent) != "signed" || shown.Hash != sent.header.Get("hash") || shown.HashString != sent.header.Get("hashstring") ||
		tap.HMAC(key, []byte(shown.Hashed)) != shown.HashString {
		t.Errorf("the webhook is %s, shown as %+v", sent.body, shown)
	}
	if !shown.Masked || shown.Curl != "" || len(shown.Body) == 0 || len(strings.Split(shown.Body, "*")) < 50 {
		t.Errorf("the attempt is shown as %+v", shown)
	}
	if _, err := s.control.ResendWebhook(t.Context(), hook.ID); err != nil {
		t.Fatal(err)
	}
	if all := s.shop.visits("/hook/" + realCard); len(all) != 2 || all[1].body != sent.body {
		t.Errorf("%d webhooks were sent", len(all))
	}
	list, err := s.control.Charges(t.Context(), "order 5105-1051-0510-5100")
	if err != nil || len(list) != 1 || list[0].Order != "order ****-****-****-5100" {
		t.Errorf("the order is shown as %+v, %v", list, err)
	}
	s.next("payer/pays")
	s.call("POST", "/v2/charges", s.order(nil))
	s.advance(time.Second)
	if hook, err = s.control.Webhook(t.Context(), "whd_3"); err != nil || hook.Attempts[0].Masked || hook.Attempts[0].Curl == "" {
		t.Errorf("a webhook without such texts is shown as %+v, %v", hook, err)
	}
}
