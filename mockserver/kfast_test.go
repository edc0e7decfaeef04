package mockserver_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func forCustomer(id string) string { return request(map[string]any{"customer": at("id", id)}) }

// saveCard pays with consent to save the card and with the one-time password that this requires.
func (m *mock) saveCard(customer string) *payer {
	m.t.Helper()
	p := m.open(m.create(forCustomer(customer)).Transaction.URL)
	p.post("proceed", "bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", "9", "debitYear", "2030", "cardPin", "1234", "fCFlg", "on")
	return p.post("confirm", "debitOTP", p.code())
}

// TestKFAST saves a card, pays with it by its PIN alone, and deletes it. Another customer never sees it.
func TestKFAST(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "kfast=true")
	m.saveCard("cus_one")
	c := m.create(forCustomer("cus_one"))
	p := m.open(c.Transaction.URL)
	m.golden("page-kfast", p.page.body)
	if p.post("proceed", "paymentOption", "FC", "savedCardNumber", "0", "debitsavedcardPIN", "12"); !strings.Contains(p.page.body, "check your Pin") {
		t.Errorf("a short PIN:\n%s", p.page.body)
	}
	if p.post("proceed", "paymentOption", "FC", "savedCardNumber", "0", "debitsavedcardPIN", "1234"); !strings.Contains(p.page.body, "888888******0001") || strings.Contains(p.page.body, "debitOTP") {
		t.Errorf("the confirm screen of a saved card:\n%s", p.page.body)
	}
	p.post("confirm")
	if got := m.retrieve(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
	if page := m.open(m.create(forCustomer("cus_two")).Transaction.URL).page.body; strings.Contains(page, "savedCardDiv") || !strings.Contains(page, "fCFlg") {
		t.Errorf("another customer sees:\n%s", page)
	}
	p = m.open(m.create(forCustomer("cus_one")).Transaction.URL)
	if i, j := strings.Index(p.page.body, `id="proceed"`), strings.Index(p.page.body, `id="deletecard"`); i < 0 || j < i {
		t.Error("the Enter key would delete the card")
	}
	if p.post("proceed", "paymentOption", "FC", "savedCardNumber", "0", "bank", testBank, "dcprefix", "888888", "debitNumber", "0000000002",
		"debitMonth", "9", "debitYear", "2030", "cardPin", "1234"); !strings.Contains(p.page.body, "888888******0002") {
		t.Errorf("a typed number must be another card:\n%s", p.page.body)
	}
	p.post("back")
	if p.post("deletecard", "savedCardNumber", "0"); strings.Contains(p.page.body, "savedCardDiv") {
		t.Errorf("after deletion:\n%s", p.page.body)
	}
	for _, number := range []string{"0", "7", "-1", "x"} {
		if p.post("proceed", "paymentOption", "FC", "savedCardNumber", number, "debitsavedcardPIN", "1234"); !strings.Contains(p.page.body, "check your Card-Number") {
			t.Errorf("a card that does not exist (%s):\n%s", number, p.page.body)
		}
	}
}

// TestKFASTWrongPIN has a bank that refuses PINs of a saved card: the payer may try again, until the tries are used.
func TestKFASTWrongPIN(t *testing.T) {
	saved := []string{"paymentOption", "FC", "savedCardNumber", "0", "debitsavedcardPIN", "1234"}
	for refuse, want := range map[string]tap.Status{"2": tap.Captured, "3": tap.Failed} {
		m := startMock(t, mockserver.Config{}, "kfast=true")
		m.saveCard("cus_one")
		yaml := "scenarios: [{name: shop/pin, description: A., bank: {pin: {refuse: " + refuse + "}}}]"
		if a := m.api("PUT", "/_tapmock/v1/scenarios", yaml); a.status != 200 {
			t.Fatalf("HTTP %d %s", a.status, a.body)
		}
		c := m.create(forCustomer("cus_one"), "X-Tapmock-Scenario", "shop/pin")
		p := m.open(c.Transaction.URL)
		for range 2 {
			if p.post("proceed", saved...); !strings.Contains(p.page.body, "check your Pin") {
				t.Fatalf("the PIN was accepted:\n%s", p.page.body)
			}
			if field := p.page.body[strings.Index(p.page.body, `name="debitsavedcardPIN"`):]; !strings.Contains(field[:strings.Index(field, ">")], `aria-invalid="true"`) {
				t.Errorf("the PIN of the saved card is not marked:\n%s", p.page.body)
			}
		}
		if p.post("proceed", saved...); want == tap.Captured {
			p.post("confirm")
		}
		if got := m.retrieve(c.ID); got.Status != want || want == tap.Failed && got.Gateway.Response.Code != "75" {
			t.Errorf("%s PINs refused: the charge is %s, %+v", refuse, got.Status, got.Gateway)
		}
	}
}

// TestKFASTRefusals saves no card without the feature, without a customer, twice, beyond the limit, or with a wrong OTP.
func TestKFASTRefusals(t *testing.T) {
	plain := startMock(t, mockserver.Config{})
	if page := plain.open(plain.create(forCustomer("cus_one")).Transaction.URL).page.body; strings.Contains(page, "fCFlg") {
		t.Errorf("KFAST is offered without being enabled:\n%s", page)
	}
	m := startMock(t, mockserver.Config{}, "kfast=true", "kfast_max_cards=1", "otp_tries=1")
	if page := m.open(m.create(request(nil)).Transaction.URL).page.body; strings.Contains(page, "fCFlg") {
		t.Errorf("KFAST is offered without a customer:\n%s", page)
	}
	p := m.open(m.create(forCustomer("cus_one")).Transaction.URL)
	p.post("proceed", "bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", "9", "debitYear", "2030", "cardPin", "1234", "fCFlg", "on")
	p.post("confirm", "debitOTP", "x00000")
	m.saveCard("cus_one")
	p = m.open(m.create(forCustomer("cus_one")).Transaction.URL)
	if n := strings.Count(p.page.body, `name="savedCardNumber"`); n != 1 {
		t.Errorf("%d cards are saved", n)
	}
	p.post("proceed", "paymentOption", "DC", "bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", "9", "debitYear", "2030", "cardPin", "1234", "fCFlg", "on")
	if !strings.Contains(p.page.body, "KFast Registration failed") {
		t.Errorf("beyond the limit:\n%s", p.page.body)
	}
}
