package payment

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// chargeOf is an INITIATED charge whose request and settings were changed.
func chargeOf(change func(*tap.PaymentRequest, *tap.Settings)) Payment {
	settings := tap.DefaultSettings()
	req := &tap.PaymentRequest{Amount: 500, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/return", ExpiryMinutes: 30}
	if change != nil {
		change(req, &settings)
	}
	return NewPayment(tap.KindCharge, tap.NewIDs(1), 1, 1, req, &settings, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
}

// captured is the same charge after its capture.
func captured(t *testing.T, change func(*tap.PaymentRequest, *tap.Settings)) Payment {
	c := chargeOf(change)
	finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, Bank{})
	return c
}

// TestPageLinkOnlyWhileInitiated compares the keys that a charge has only before its end with those that it has only afterwards.
func TestPageLinkOnlyWhileInitiated(t *testing.T) {
	c := chargeOf(nil)
	c.Base = "http://mock.example"
	c.Token = "a+b"
	before := c.Charge(tap.MethodCreate)
	if before.Transaction.URL != "http://mock.example/gosell/v2/payment/tap_process.aspx?chg=a%2bb" {
		t.Errorf("the link is %q", before.Transaction.URL)
	}
	if before.Reference.Track != "" || before.Receipt.ID != "" || before.Source.PaymentMethod != "" || before.Gateway != nil || before.Customer.ID != "" {
		t.Errorf("a new charge has keys of an ended one: %+v", before)
	}
	finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, Bank{})
	after := c.Charge(tap.MethodGet)
	if after.Transaction.URL != "" {
		t.Errorf("an ended charge has the link %q", after.Transaction.URL)
	}
	if after.Reference.Track == "" || after.Reference.Payment == "" || after.Receipt.ID == "" || after.Customer.ID != c.References().Customer || after.Source.PaymentMethod != "KNET" {
		t.Errorf("the ended charge is %+v", after)
	}
	if after.Gateway == nil || after.Gateway.Response != (tap.Result{Code: "00", Message: "CAPTURED"}) || after.Transaction.AuthorizationID == "" {
		t.Errorf("KNET's result is %+v, authorization %q", after.Gateway, after.Transaction.AuthorizationID)
	}
}

// TestEndWithoutBank ends a charge of which KNET never heard: it shows no result of KNET, no method and no customer.
func TestEndWithoutBank(t *testing.T) {
	c := newCharge(tap.SourceAll)
	finish(t, &c, tap.KNETOutcome(tap.KNETCanceled, ""), tap.EventSettled, Bank{})
	o := c.Charge(tap.MethodGet)
	if o.Gateway != nil || o.Source.PaymentMethod != "" || o.Source.Type != "" || o.Customer.ID != "" || o.Reference.Gateway != "00" {
		t.Errorf("the object is %+v", o)
	}
	if o.Reference.Acquirer != "" || o.Transaction.AuthorizationID != "" {
		t.Errorf("acquirer %q, authorization %q", o.Reference.Acquirer, o.Transaction.AuthorizationID)
	}
}

// TestMerchantIDDependsOnTheMethod checks merchant_id and product of each method and style.
func TestMerchantIDDependsOnTheMethod(t *testing.T) {
	for _, test := range []struct {
		style   tap.Style
		method  tap.Method
		id      string // "-": absent
		product string
	}{
		{tap.StyleNewest, tap.MethodCreate, "7", "GOSELL"},
		{tap.StyleNewest, tap.MethodGet, "-", "GOSELL"},
		{tap.StyleNewest, tap.MethodWebhook, "", ""},
		{tap.Style2022, tap.MethodCreate, "", ""},
		{tap.Style2022, tap.MethodGet, "", ""},
		{tap.Style2022, tap.MethodWebhook, "", ""},
	} {
		c := chargeOf(func(req *tap.PaymentRequest, s *tap.Settings) {
			s.ChargeStyle, s.MerchantID, req.MerchantID = test.style, "5", "7"
		})
		o := c.Charge(test.method)
		id := "-"
		if o.MerchantID != nil {
			id = *o.MerchantID
		}
		if id != test.id || o.Product != test.product || o.Merchant.ID != "7" {
			t.Errorf("%s, %s: merchant_id %s, product %q, merchant %s", test.style, test.method, id, o.Product, o.Merchant.ID)
		}
	}
	c := chargeOf(func(_ *tap.PaymentRequest, s *tap.Settings) { s.MerchantID = "5" })
	if o := c.Charge(tap.MethodGet); o.Merchant.ID != "5" {
		t.Errorf("without merchant.id in the request the merchant is %s", o.Merchant.ID)
	}
}

// TestWebhookObject checks what a webhook shows otherwise than an answer: the deliveries as PENDING, and amounts as doubles if the
// setting says so.
func TestWebhookObject(t *testing.T) {
	for _, test := range []struct {
		amounts string
		method  tap.Method
		want    tap.Number
	}{{"double", tap.MethodWebhook, "0.5"}, {"decimals", tap.MethodWebhook, "0.500"}, {"double", tap.MethodGet, "0.500"}} {
		c := chargeOf(func(_ *tap.PaymentRequest, s *tap.Settings) { s.WebhookAmounts = test.amounts })
		c.Redirect, c.Post = Succeeded, Failed
		o := c.Charge(test.method)
		if o.Amount != test.want || o.Transaction.Amount != test.want || o.Activities[0].Amount != test.want {
			t.Errorf("%s, %s: the amounts are %s, %s and %s", test.amounts, test.method, o.Amount, o.Transaction.Amount, o.Activities[0].Amount)
		}
		pending := o.Redirect.Status == tap.DeliveryPending && o.Post.Status == tap.DeliveryPending
		if pending != (test.method == tap.MethodWebhook) {
			t.Errorf("%s: redirect %s, post %s", test.method, o.Redirect.Status, o.Post.Status)
		}
	}
}

// TestPostObject checks the post object of a charge with and without post.url.
func TestPostObject(t *testing.T) {
	for _, test := range []struct {
		url, absent string
		want        bool
	}{{"", "none", false}, {"", "object", true}, {"https://shop.example/hook", "none", true}} {
		c := chargeOf(func(req *tap.PaymentRequest, s *tap.Settings) {
			req.PostURL, s.ChargePostAbsent = test.url, test.absent
		})
		for _, method := range []tap.Method{tap.MethodGet, tap.MethodWebhook} {
			if test.url == "" && test.absent == "none" && method == tap.MethodWebhook {
				continue // there is no webhook without an address
			}
			if o := c.Charge(method); (o.Post != nil) != test.want || o.Post != nil && o.Post.URL != test.url {
				t.Errorf("%+v, %s: the post object is %+v", test, method, o.Post)
			}
		}
	}
}

// TestCustomerOfTheObject shows only the parts of the customer that Tap shows: the middle name with an id, a phone with a number.
func TestCustomerOfTheObject(t *testing.T) {
	for _, test := range []struct {
		in    tap.Customer
		id    string
		name  string
		phone string
	}{
		{tap.Customer{FirstName: "Sara", MiddleName: "M", CountryCode: "965", Number: "51234567"}, "", "", "965 51234567"},
		{tap.Customer{ID: "cus_1", FirstName: "Sara", MiddleName: "M"}, "cus_1", "M", ""},
	} {
		c := chargeOf(func(req *tap.PaymentRequest, _ *tap.Settings) { req.Customer = test.in })
		got, phone := c.Charge(tap.MethodGet).Customer, ""
		if got.Phone != nil {
			phone = got.Phone.CountryCode + " " + got.Phone.Number
		}
		if got.ID != test.id || got.FirstName != "Sara" || got.MiddleName != test.name || phone != test.phone {
			t.Errorf("%+v: id %q, middle name %q, phone %q", test.in, got.ID, got.MiddleName, phone)
		}
	}
}

// TestOrderOfTheObject shows the order object only if the request has an order id.
func TestOrderOfTheObject(t *testing.T) {
	c := chargeOf(nil)
	if o := c.Charge(tap.MethodGet); o.Order != nil {
		t.Errorf("the order is %+v", o.Order)
	}
	c = chargeOf(func(req *tap.PaymentRequest, _ *tap.Settings) { req.OrderID = "ord_1" })
	if o := c.Charge(tap.MethodGet); o.Order == nil || o.Order.ID != "ord_1" {
		t.Errorf("the order is %+v", o.Order)
	}
}

// TestActivities checks status, remark and amount of each activity: the requested amount until the capture, the captured one from then on.
func TestActivities(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	finish(t, &c, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
	finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventCorrected, Bank{Captures: 750, Differs: true})
	o := c.Charge(tap.MethodGet)
	want := []tap.Activity{
		{Status: tap.Initiated, Amount: "0.500", Remarks: "charge - created"},
		{Status: tap.Failed, Amount: "0.500", Remarks: "charge - failed"},
		{Status: tap.Captured, Amount: "0.750", Remarks: "charge - captured"},
	}
	if len(o.Activities) != len(want) || o.Amount != "0.750" {
		t.Fatalf("the amount is %s, the activities are %+v", o.Amount, o.Activities)
	}
	seen := map[string]bool{}
	for i, a := range o.Activities {
		if a.Status != want[i].Status || a.Amount != want[i].Amount || a.Remarks != want[i].Remarks || a.TxnID != c.ID || a.Created != c.Version(i).At.UnixMilli() {
			t.Errorf("activity %d is %+v", i, a)
		}
		seen[a.ID] = true
	}
	if len(seen) != len(want) {
		t.Errorf("the ids of the activities are %v", seen)
	}
}

// TestAppendJSON writes the object compact or indented, behind what is there already, and reads it again.
func TestAppendJSON(t *testing.T) {
	for _, format := range []string{"compact", "indented"} {
		c := captured(t, func(_ *tap.PaymentRequest, s *tap.Settings) { s.AnswerFormat = format })
		text := c.AppendJSON(nil, tap.MethodGet)
		var o tap.Charge
		if err := json.Unmarshal(text, &o); err != nil || o.ID != c.ID || o.Status != tap.Captured || o.Method != tap.MethodGet {
			t.Errorf("%s: %v, %s", format, err, text)
		}
		if strings.Contains(string(text), "\n") != (format == "indented") {
			t.Errorf("%s: %s", format, text)
		}
	}
}

// TestLinks checks the address of the merchant's page, the name and the size of the parts of a charge.
func TestLinks(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	if url := c.ReturnURL(); url != "https://shop.example/return?tap_id=chg_1" {
		t.Errorf("the return is to %q", url)
	}
	if c.Name() != (tap.Object{Kind: tap.KindCharge, ID: "chg_1"}) || c.Over() {
		t.Errorf("the charge is %v, over %t", c.Name(), c.Over())
	}
	if finish(t, &c, tap.KNETOutcome(tap.KNETCanceled, ""), tap.EventSettled, Bank{}); !c.Over() {
		t.Error("a cancelled charge is not over")
	}
}
