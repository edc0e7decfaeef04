package mockserver_test

import (
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// TestChangedSettingsReachScripts changes a setting of the account between two charges of a scenario that has settings of its own: the
// second charge has both.
func TestChangedSettingsReachScripts(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.put("scenarios: [{name: own, description: x, match: {reference.order: own-*}, settings: {merchant_country: SA}}]")
	want := func(id string) {
		t.Helper()
		got := s.create(s.order(map[string]any{"reference": at("order", "own-1")})).Merchant
		if got.ID != id || got.Country != "SA" {
			t.Errorf("the charge has the merchant %+v, want the id %s and the country of the scenario", got, id)
		}
	}
	want(s.create(s.order(nil)).Merchant.ID)
	if err := s.control.Set(t.Context(), map[string]string{"merchant_id": "77"}); err != nil {
		t.Fatal(err)
	}
	want("77")
	if err := s.control.Unset(t.Context(), "merchant_id"); err != nil {
		t.Fatal(err)
	}
	want(s.create(s.order(nil)).Merchant.ID)
}
