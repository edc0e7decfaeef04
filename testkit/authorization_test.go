package testkit_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// TestAuthorization authorizes, captures a part, and waits for the auto: the kit knows the authorization and verifies its webhooks.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)
	mock.Set("payer", "auto")
	mock.Freeze(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	post := func(path, body string) {
		t.Helper()
		req, _ := http.NewRequest("POST", mock.APIURL()+path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+mock.Key)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
			t.Fatalf("%s: HTTP %d %s", path, res.StatusCode, text)
		}
	}
	const fields = `"amount":%s,"currency":"KWD","source":{"id":%q},"customer":{"first_name":"Test","email":"test@example.com"},"reference":{"order":"1"}`
	post("/authorize", fmt.Sprintf(`{`+fields+`,"auto":{"type":"VOID","time":2},"post":{"url":%q},"redirect":{"url":%q}}`, "12.345", "src_kw.knet", shop.WebhookURL, shop.ReturnURL))
	mock.AwaitIdle()
	held := mock.AwaitAuthorization("1", tap.Authorized)
	post("/charges", fmt.Sprintf(`{`+fields+`}`, "2", held.ID))
	if all := mock.Authorizations(); len(all) != 1 || all[0].Captured != "2.000" || len(all[0].Captures) != 1 || all[0].Captures[0] != mock.Charges()[0].ID {
		t.Errorf("captured: %+v", all)
	}
	mock.Advance(2 * time.Hour)
	if a := mock.Authorization(held.ID); a.Status != tap.Void || a.Auto.Status != tap.AutoVoided || a.Code != "601" || a.Order != "1" {
		t.Errorf("%+v", a)
	}
	if w := mock.AwaitDelivered(held.ID); w.ObjectID != held.ID || !w.Genuine() {
		t.Errorf("%+v", w)
	}
	var got []tap.Status
	for _, r := range shop.Webhooks() {
		if got = append(got, r.Authorization.Status); r.SignatureErr != nil || r.Authorization.ID != held.ID {
			t.Errorf("%s: %v", r.Body, r.SignatureErr)
		}
	}
	if len(got) != 2 || got[0] != tap.Authorized || got[1] != tap.Void {
		t.Errorf("the receiver has %v", got)
	}
	mock.AwaitReturn(held.ID)
	if text := mock.Trace(held.ID); !strings.Contains(text, "VOID after 2 h: VOID, the authorization is VOID") {
		t.Errorf("the trace is\n%s", text)
	}
}
