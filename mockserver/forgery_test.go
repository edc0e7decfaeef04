package mockserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// TestForgeries checks how each forged webhook differs from the genuine one.
func TestForgeries(t *testing.T) {
	for _, f := range scenarios.Forgeries() {
		t.Run(string(f.Forgery), func(t *testing.T) {
			t.Parallel()
			s := startStage(t, mockserver.Config{})
			s.createFrom(fmt.Sprintf("payer: {pay: {}}\nbank: {result: NOT CAPTURED}\ncallbacks:\n  - webhook: {}\n  - webhook: {at: webhook#1 + 1m, forge: %s}", f.Forgery), nil)
			s.advance(time.Hour)
			hooks := s.shop.visits("/hook")
			if len(hooks) != 2 || s.signatures(hooks[0]) != "signed" {
				t.Fatalf("%d webhooks were received, the first %s", len(hooks), s.signatures(hooks[0]))
			}
			checkForgery(t, s, f.Forgery, hooks[0], hooks[1])
		})
	}
}

func checkForgery(t *testing.T, s *stage, f scenarios.Forgery, genuine, forged visit) {
	t.Helper()
	signatures, one, other := s.signatures(forged), decode(t, genuine.body), decode(t, forged.body)
	sameBody := genuine.body == forged.body
	ok := map[scenarios.Forgery]bool{
		scenarios.NoSignature:     signatures == "unsigned" && sameBody,
		scenarios.WrongKey:        signatures == "hash wrong, hashstring wrong" && sameBody,
		scenarios.AnotherAccount:  signatures == "hash wrong, hashstring wrong" && sameBody,
		scenarios.BodyChanged:     signatures == "hash wrong, hashstring wrong" && other.Amount == "123.450" && one.Amount == "12.345",
		scenarios.TwoDecimals:     signatures == "hashstring wrong" && sameBody,
		scenarios.UpperCase:       strings.Contains(signatures, "hash in upper case") && strings.Contains(signatures, "hashstring in upper case") && sameBody,
		scenarios.UnknownID:       signatures == "signed" && other.ID != one.ID && s.call("GET", "/v2/charges/"+other.ID, "").status == 400,
		scenarios.SaysCaptured:    signatures == "signed" && other.Status == tap.Captured && s.get(one.ID).Status == tap.Failed,
		scenarios.AnotherAmount:   signatures == "signed" && forged.body == strings.ReplaceAll(genuine.body, "12.345", "1.234"),
		scenarios.AnotherCurrency: signatures == "signed" && onlyCurrency(genuine.body, "KWD", "BHD") == forged.body,
		scenarios.AnotherOrder:    signatures == "signed" && other.Reference.Order != "" && other.Reference.Order != one.Reference.Order,
	}[f]
	if !ok {
		t.Errorf("%s\n%s\n%s", signatures, genuine.body, forged.body)
	}
	if got := s.get(one.ID).Post.Status; got != tap.DeliverySuccess {
		t.Errorf("post.status is %s: the forged webhook must not count", got)
	}
}

// onlyCurrency replaces the currency of a charge, but not that of the merchant.
func onlyCurrency(body, from, to string) string {
	body = strings.ReplaceAll(body, fmt.Sprintf(`"currency":%q`, from), fmt.Sprintf(`"currency":%q`, to))
	return strings.Replace(body, fmt.Sprintf(`"country":"KW","currency":%q`, to), fmt.Sprintf(`"country":"KW","currency":%q`, from), 1)
}

// TestReplayedWebhook sends the first webhook again: the same bytes with the same signatures. The delivery says that it is a replay.
func TestReplayedWebhook(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("payer: {pay: {}}\ncallbacks:\n  - webhook: {}\n  - webhook: {at: webhook#1 + 24h, replay: true}", nil)
	s.advance(48 * time.Hour)
	hooks := s.shop.visits("/hook")
	if len(hooks) != 2 || hooks[0].body != hooks[1].body || hooks[0].header.Get("hash") != hooks[1].header.Get("hash") || s.signatures(hooks[1]) != "signed" {
		t.Errorf("the shop received %+v", hooks)
	}
	deliveries, err := s.control.Webhooks(t.Context(), c.ID)
	if err != nil || len(deliveries) != 2 || !deliveries[0].Replay || deliveries[0].Forge != "" || deliveries[1].Replay {
		t.Errorf("%+v, %v", deliveries, err)
	}
}
