package testkit_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// TestRefund refunds a part of a paid charge: the kit knows the refund, waits for its end and its webhook, and verifies the webhook.
func TestRefund(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)
	mock.Set("payer", "auto")
	mock.Set("refund_delay", "1ms")
	post := func(path, body string) {
		t.Helper()
		req, _ := http.NewRequest("POST", mock.APIURL()+path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+mock.Key)
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v, %v", path, res, err)
		}
		res.Body.Close()
	}
	post("/charges", fmt.Sprintf(`{"amount":12.345,"currency":"KWD","source":{"id":"src_kw.knet"},"customer":{"first_name":"Test","email":"test@example.com"},
		"reference":{"order":"1"},"post":{"url":%q},"redirect":{"url":%q}}`, shop.WebhookURL, shop.ReturnURL))
	charge := mock.AwaitStatus(mock.AwaitCharge("1").ID, tap.Captured)
	mock.Next("refund/failed")
	for range 2 {
		post("/refunds", fmt.Sprintf(`{"charge_id":%q,"amount":2.5,"currency":"KWD","reason":"fraudulent","reference":{"merchant":"r-1"},"post":{"url":%q}}`, charge.ID, shop.WebhookURL))
	}
	failed, refunded := mock.AwaitRefund(charge.ID, tap.RefundFailed), mock.AwaitRefund(charge.ID, tap.Refunded)
	if failed.Amount != "2.500" || failed.Reference != "r-1" || failed.Scenario != "refund/failed" || refunded.Scenario != "" || refunded.ChargeID != charge.ID {
		t.Errorf("%+v\n%+v", failed, refunded)
	}
	w := mock.AwaitDelivered(refunded.ID)
	if w.ObjectID != refunded.ID || !w.Genuine() {
		t.Errorf("%+v", w)
	}
	mock.AwaitDelivered(failed.ID)
	if all := mock.Refunds(""); len(all) != 2 || all[0].ID != failed.ID || mock.Refund(refunded.ID) != all[1] && mock.Refund(refunded.ID).Status != tap.Refunded {
		t.Errorf("the refunds are %+v", all)
	}
	got := map[tap.RefundStatus]error{}
	for _, r := range shop.Webhooks() {
		if r.Refund.ID != "" {
			got[r.Refund.Status] = r.SignatureErr
		}
	}
	if len(got) != 2 || got[tap.Refunded] != nil || got[tap.RefundFailed] != nil {
		t.Errorf("the receiver has %v", got)
	}
}
