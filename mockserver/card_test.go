package mockserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const tokenOfCard = `{"card":{"number":"8888880000000001","exp_month":9,"exp_year":30,"cvc":"100","name":"test user","address":{"country":"Kuwait","line1":"Salmiya, 21"}},"client_ip":"192.168.1.20"}`

// TestTokens makes tokens and uses them: each once, for five minutes, and never for a charge of a KNET merchant.
func TestTokens(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	id := s.idOf(s.send("POST", "/v2/tokens/", tokenOfCard))
	s.send("GET", "/v2/tokens/"+id, "")
	source := func(id string) string { return s.order(at("source", at("id", id))) }
	for _, name := range []string{"a charge", "again"} {
		a := s.call("POST", "/v2/charges", source(id))
		fmt.Fprintf(&s.all, "%s: HTTP %d %s %s\n", name, a.status, strings.Join(strings.Fields(a.body), " "), a.header.Get("X-Tapmock-Note"))
	}
	s.send("GET", "/v2/tokens/"+id, "")
	second := s.idOf(s.call("POST", "/v2/tokens", tokenOfCard))
	s.send("POST", "/v2/card/verify/", fmt.Sprintf(`{"currency":"KWD","source":{"id":%q}}`, second))
	s.send("POST", "/v2/card/verify/", fmt.Sprintf(`{"currency":"KWD","source":{"id":%q}}`, second))
	third := s.idOf(s.call("POST", "/v2/tokens", tokenOfCard))
	s.advance(tap.TokenLife)
	s.send("POST", "/v2/authorize", source(third))
	s.send("POST", "/v2/charges", source("tok_unknown"))
	s.send("POST", "/v2/charges", source("card_1"))
	s.golden("tokens", s.all.String(), s.shop.url)
	if n := len(s.entries(tap.EventUsed)); n != 2 {
		t.Errorf("%d uses are journalled", n)
	}
	for _, e := range s.entries(tap.EventCreated) {
		if strings.Contains(e.Detail, "0000000001") {
			t.Errorf("the journal has the card number: %s", e.Detail)
		}
	}
}

// TestTokenErrors sends requests for tokens that are refused; no number is repeated in an answer or kept.
func TestTokenErrors(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	card := func(fields string) string { return `{"card":{` + fields + `}}` }
	const number, month, year = `"number":"8888880000000001"`, `"exp_month":9`, `"exp_year":30`
	for _, body := range []string{"", "{", card(""), card(number), card(number + `,"exp_month":13,` + year), card(number + "," + month), card(number + "," + month + `,"exp_year":1999`),
		card(number + "," + month + `,"exp_year":2020`), card(`"crypted_data":"abc"`), `{"type":"applepay","token_data":{}}`, `{"saved_card":{"card_id":"card_1","customer_id":"cus_1"}}`,
		`{"saved_card":{"card_id":"card_1"}}`, card(number + "," + month + "," + year + `,"name":"` + strings.Repeat("x", 3000) + `"`), card(number + "," + month + "," + year + `,"address":"x"`)} {
		s.send("POST", "/v2/tokens", body)
	}
	for _, path := range []string{"/v2/tokens/tok_1", "/v2/card/verify/vry_1", "/v2/card/cus_1/card_1", "/v2/card/cus_1", "/v2/bin", "/v2/bin/450875", "/v2/bin/888888", "/v2/bin/88", "/v2/tokens"} {
		s.send("GET", path, "")
	}
	s.send("DELETE", "/v2/card/cus_1/card_1", "")
	for _, body := range []string{"{", "{}", `{"source":{"id":1}}`} {
		s.send("POST", "/v2/card/verify", body)
	}
	s.golden("errors-token", s.all.String(), s.shop.url)
	const real = "4508750015741019"
	a := s.call("POST", "/v2/tokens", card(`"number":"`+real+`",`+month+","+year))
	if a.status != 403 || code(a) != "2108" || strings.Contains(a.body+fmt.Sprint(a.header), real[6:]) {
		t.Errorf("a real number: HTTP %d %s %v", a.status, a.body, a.header)
	}
	if text := fmt.Sprint(s.entries("")); strings.Contains(text, real) {
		t.Error("the journal has a real number")
	}
}

// TestSavedCards saves a card for KFAST: the cards API never shows it, unless the setting kfast_cards_listed says so; then a token can be made of it.
func TestSavedCards(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{}, "kfast=true")}
	customer := s.idOf(s.call("POST", "/v2/customers", `{"first_name":"First","email":"customer@test.com"}`))
	s.saveCard(customer)
	s.send("GET", "/v2/card/"+customer, "")
	s.send("GET", "/v2/card/"+customer+"/card_1", "")
	if err := s.control.Set(t.Context(), map[string]string{"kfast_cards_listed": "true"}); err != nil {
		t.Fatal(err)
	}
	var list tap.CardList
	s.decodeInto(s.send("GET", "/v2/card/"+customer, ""), &list)
	if len(list.Data) != 1 {
		t.Fatalf("%d cards", len(list.Data))
	}
	card := list.Data[0].ID
	s.send("GET", "/v2/card/"+customer+"/"+card, "")
	s.send("POST", "/v2/tokens", fmt.Sprintf(`{"saved_card":{"card_id":%q,"customer_id":%q},"client_ip":"192.168.1.20"}`, card, customer))
	s.send("DELETE", "/v2/card/"+customer+"/"+card, "")
	s.send("DELETE", "/v2/card/"+customer+"/"+card, "")
	s.golden("cards", s.all.String(), s.shop.url)
}
