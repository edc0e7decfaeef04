package mockserver_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// hiddenBody is the body of a request in which each digit is one higher than it is read, so that the test's own memory does not hold the
// number.
type hiddenBody struct{ text string }

func (b *hiddenBody) Read(p []byte) (int, error) {
	n := copy(p, b.text)
	if n == 0 {
		return 0, io.EOF
	}
	for i := range n {
		if p[i] >= '1' && p[i] <= ':' {
			p[i]--
		}
	}
	b.text = b.text[n:]
	return n, nil
}

// hide makes the text of a hiddenBody.
func hide(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r + 1
		}
		return r
	}, text)
}

// TestRefusedNumberLeavesNoCopy posts forms with a card number, a PIN and an OTP that the page refuses, and searches all memory of the
// program, freed memory included. net/http, whose buffers the mock cannot clear, takes no part.
func TestRefusedNumberLeavesNoCopy(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // what is freed stays as it is
	for _, scenario := range []string{"outcome/captured", "api/page-down"} {
		t.Run(scenario, func(t *testing.T) {
			m := startMock(t, mockserver.Config{}, "otp_from=0.100")
			p := m.open(m.create(request(nil), "X-Tapmock-Scenario", scenario).Transaction.URL)
			if p.page.status != http.StatusOK {
				p.get() // the scenario has a fault
			}
			token := ""
			for _, field := range hidden.FindAllStringSubmatch(p.page.body, -1) {
				if field[1] == "token" {
					token = strings.NewReplacer("&#43;", "%2B", "+", "%2B", "/", "%2F", "=", "%3D").Replace(field[2])
				}
			}
			rest := hide("&bank=201825717889145&debitMonth=9&debitYear=2030&token=" + token)
			for _, secrets := range []string{ // 5454 5454 5454 5454
				"proceed=x&cardPin=6565656565&debitNumber=6565656565656565",
				"proceed=x&cardPin=6565656565&debitNumber=6565+6565%316565-6565",
				"proceed=x&cardPin=6565656565&dcprefix=656565&debitNumber=6565656565",
				"proceed=x&paymentOption=FC&debitsavedcardPIN=6565656565",
				"confirm=x&debitOTP=6565656565",
			} {
				body := &hiddenBody{secrets + rest}
				req := httptest.NewRequest("POST", "http://127.0.0.1/kpay/kpg/paymentrouter.htm", body)
				req.ContentLength = int64(len(body.text))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				answer := httptest.NewRecorder()
				m.ServeHTTP(answer, req)
				if answer.Code != http.StatusOK && answer.Code != http.StatusSeeOther && answer.Code != http.StatusServiceUnavailable || body.text != "" {
					t.Fatalf("%s: HTTP %d, %d bytes left, %.300s", secrets, answer.Code, len(body.text), answer.Body)
				}
			}
			if i, dump := dumpedMemory(t, "5454545454"); i >= 0 {
				t.Errorf("the memory has the number: …%q…", dump[max(0, i-100):min(len(dump), i+100)])
			}
		})
	}
}

// dumpedMemory dumps all objects of the program, and returns where the text is in the dump; -1 is nowhere.
func dumpedMemory(t *testing.T, text string) (int, string) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "heap"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	debug.WriteHeapDump(file.Fd())
	dump, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Index(string(dump), text), string(dump)
}
