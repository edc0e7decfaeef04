package testkit_test

import (
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// TestMisuse calls methods of the kit where they can do nothing, or with swapped arguments: the test ends with a message.
func TestMisuse(t *testing.T) {
	t.Parallel()
	badCard := testkit.Card{Number: "1", Expiry: "09/2030", PIN: "1234"}
	for want, act := range map[string]func(*testkit.Mock, *testkit.Receiver, string){
		"cannot press confirm: the page http":       func(m *testkit.Mock, _ *testkit.Receiver, page string) { m.Open(page).Confirm() },
		"shows the screen entry":                    func(m *testkit.Mock, _ *testkit.Receiver, page string) { m.Open(page).Back() },
		"shows the screen entry: ":                  func(m *testkit.Mock, _ *testkit.Receiver, page string) { m.Open(page).Submit(badCard).ResendOTP() },
		"there is no saved card 0":                  func(m *testkit.Mock, _ *testkit.Receiver, page string) { m.Open(page).SubmitSaved(0, "1234") },
		"the page refused the card: ":               func(m *testkit.Mock, _ *testkit.Receiver, page string) { m.PayWith(page, badCard) },
		"cannot press proceed":                      func(m *testkit.Mock, _ *testkit.Receiver, page string) { m.Pay(page); m.Pay(page) },
		"webhook 0: they are counted from 1":        func(_ *testkit.Mock, r *testkit.Receiver, _ string) { r.AwaitWebhook(0) },
		"the second argument is an HTTP status":     func(_ *testkit.Mock, r *testkit.Receiver, _ string) { r.FailNext(500, 1) },
		"next 0 webhooks: the number must be at le": func(_ *testkit.Mock, r *testkit.Receiver, _ string) { r.DisconnectNext(0) },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			f := &failingTB{onceTB: onceTB{TB: t}}
			wantParts(t, f.run(func() {
				mock := testkit.Start(f)
				r := testkit.NewReceiver(f, mock.Key)
				_, page := order(f, mock, r.WebhookURL, "o-1")
				act(mock, r, page)
			}), want)
		})
	}
}
