package tap

import (
	"encoding/base64"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
)

var mainFamily = regexp.MustCompile(`^(chg|tck|activity|cus|auth|3ds)_(TS|LV)0[1-7][A-Z]?[0-5]\d20\d\d[0-2]\d[0-5]\d([A-Z][a-z]\d[a-z0-9]|[a-z]\d[A-Z][A-Z0-9])[0-3]\d[01]\d\d{3}$`)

// instants are the cases of the digits: one-digit seconds, the end of a day, a leap day.
func instants() []time.Time {
	var all []time.Time
	for _, text := range []string{"2021-09-26T10:19:04.987Z", "2022-12-20T19:16:09.834Z", "2024-02-29T23:59:59.999Z", "2026-01-01T00:00:00Z", "2026-12-31T21:30:05.007+03:00"} {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			panic(err)
		}
		all = append(all, at)
	}
	return all
}

func TestIDs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	patterns := map[string]bool{}
	for _, at := range instants() {
		u := at.UTC()
		for _, style := range []Style{StyleNewest, Style2023, Style2022} {
			for range 200 {
				id := ID("chg", style, at, r)
				if !mainFamily.MatchString(id) {
					t.Fatalf("%s does not have the form of the main family", id)
				}
				rest := id[len("chg_TS01"):]
				if style != Style2022 {
					if rest[0] != 'A' {
						t.Fatalf("%s has no letter A after the digit", id)
					}
					rest = rest[1:]
				}
				if rest[:10] != u.Format("0520061504") || rest[14:18] != u.Format("0201") || rest[18:] != u.Format(".000")[1:] {
					t.Fatalf("%s does not contain the instant %s", id, u)
				}
				patterns[regexp.MustCompile(`\d`).ReplaceAllString(strings.Map(letterKind, rest[10:14]), "d")] = true
				if style == Style2022 && strings.ContainsAny(rest[10:14], "05789") {
					t.Fatalf("%s has a digit that ids of 2022 do not have", id)
				}
			}
		}
	}
	if len(patterns) != 4 {
		t.Errorf("patterns of the mixed group: %v, want four", patterns)
	}
}

func letterKind(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return 'U'
	case r >= 'a' && r <= 'z':
		return 'l'
	}
	return r
}

// TestDigitStrings compares the references with recorded examples, up to the random digits.
func TestDigitStrings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	at := func(text string) time.Time {
		v, err := time.Parse("2006-01-02 15:04:05.000", text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct{ got, begins, like string }{
		{PaymentReference(Style2022, at("2022-09-01 14:29:24.459"), r), "240122142909459", "2401221429094596907"},
		{PaymentReference(Style2022, at("2022-12-20 19:16:09.834"), r), "972022191612834", "9720221916128348054"},
		{PaymentReference(Style2022, at("2021-09-26 10:19:05.049"), r), "572621101909049", "5726211019090490134"},
		{PaymentReference(StyleNewest, at("2025-04-21 08:10:05.705"), r), "052125081004705", "05212508100470512345"},
		{PaymentReference(Style2023, at("2023-06-14 01:03:32.883"), r), "321423010306883", "3214230103068836721"},
		{PaymentReference(Style2023, at("2023-06-14 01:03:02.883"), r), "021423010306883", "0214230103068836721"},
		{ReceiptID(Style2022, at("2022-09-01 14:29:25.000"), r), "20250122142909", "202501221429096826"},
		{ReceiptID(Style2022, at("2022-12-20 19:16:09.000"), r), "20902022191612", "209020221916128803"},
		{ReceiptID(StyleNewest, at("2025-04-21 08:10:05.000"), r), "20052125081004", "200521250810041234"},
		{GatewayReference(at("2022-12-20 19:36:39.000"), r), "2022354", "202235421476242"},
		{GatewayReference(at("2022-12-31 21:00:00.000"), r), "2023001", "202300121476242"},
		{AcquirerReference(at("2022-12-20 19:36:39.000"), r), "2354", "235410001666"},
		{PaymentID(at("2024-12-18 10:00:00.000"), r), "1024353", "102435359000254804"},
		{AuthorizationID(r), "B", "B63465"},
	} {
		if !strings.HasPrefix(c.got, c.begins) || len(c.got) != len(c.like) || !digitsOnly(c.got[1:]) {
			t.Errorf("%s should begin with %s and look like %s", c.got, c.begins, c.like)
		}
	}
}

func TestPageTokens(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 500 {
		token := PageToken(r)
		raw, err := base64.StdEncoding.DecodeString(token)
		if err != nil || len(raw) != 32 || len(token) != 44 || seen[token] {
			t.Fatalf("token %s: %d bytes, %v", token, len(raw), err)
		}
		seen[token] = true
		if escaped := EscapeToken(token); strings.ContainsAny(escaped, "+/=") || !strings.HasSuffix(escaped, "%3d") {
			t.Fatalf("token %s is escaped as %s", token, escaped)
		}
	}
	if got := EscapeToken("a+b/c="); got != "a%2bb%2fc%3d" {
		t.Errorf("escaped: %s", got)
	}
}
