package webhook_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/webhook"
)

// TestDoubt says what can be said of an address without any traffic: nothing of those that a name server or a hosts file may know.
func TestDoubt(t *testing.T) {
	long := strings.Repeat("a", 64)
	for address, want := range map[string][2]string{ // outside and inside a container
		"https://shop.example/hook":                       {"", ""},
		"http://shop:3000/hook":                           {"", ""},
		"http://shop.test/":                               {"", ""},
		"http://host.docker.internal:3000/":               {"", ""},
		"http://192.168.1.7/":                             {"", ""},
		"http://localhost:3000/hook":                      {"", "localhost is the container itself"},
		"http://LOCALHOST./":                              {"", "is the container itself"},
		"http://app.localhost/":                           {"", "app.localhost is the container itself"},
		"http://127.9.9.9/":                               {"", "127.9.9.9 is the container itself"},
		"http://[::1]:80/":                                {"", "::1 is the container itself"},
		"http://[::ffff:127.0.0.1]/":                      {"", "is the container itself"},
		"http://shop.invalid/hook":                        {"no name server knows shop.invalid", "no name server knows shop.invalid"},
		"http://INVALID./":                                {"no name server knows INVALID.", "no name server knows INVALID."},
		"http://shop..example/":                           {"no name server knows shop..example", "no name server knows"},
		"http://" + long + ".example/":                    {"no name server knows " + long, "no name server knows"},
		"http://" + strings.Repeat("a.", 127) + "example": {"no name server knows a.a.", "no name server knows"},
		"http://" + long[1:] + ".example/":                {"", ""},
		"":                                                {"", ""},
		"no address":                                      {"", ""},
		"http://%zz/":                                     {"", ""},
	} {
		for i, inContainer := range []bool{false, true} {
			got := webhook.Doubt(address, inContainer)
			if (got == "") != (want[i] == "") || !strings.Contains(got, want[i]) {
				t.Errorf("%.80s, in a container %v: %q", address, inContainer, got)
			}
		}
	}
}
