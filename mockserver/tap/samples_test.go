package tap

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// flat lists the members of a JSON text in their order, each with its path and literal.
func flat(t *testing.T, text []byte) (all []string) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	var walk func(path string)
	walk = func(path string) {
		token, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		d, isDelim := token.(json.Delim)
		if !isDelim {
			all = append(all, fmt.Sprintf("%s=%v", path, token))
			return
		}
		for i := 0; dec.More(); i++ {
			key := fmt.Sprint(i)
			if d == '{' {
				name, _ := dec.Token()
				key = name.(string)
			}
			walk(path + "." + key)
		}
		dec.Token()
	}
	walk("")
	return all
}

// TestSamples reads every documented body of a charge, an authorization and a refund, and writes it again: key for key in the same order, with
// the same literals. without are members of a sample that the mock does not keep, added those that it always writes.
func TestSamples(t *testing.T) {
	for name, c := range map[string]struct {
		write   func([]byte) []byte
		without []string
		added   []string
	}{
		"authorize-doc-2022-create-INITIATED-src_card": {write: rewriteAuthorization(Style2022)},
		"doc-2022-authorize-create-INITIATED":          {write: rewriteAuthorization(Style2022)},
		"authorize-doc-2023-get-AUTHORIZED":            {write: rewriteAuthorization(Style2023)},
		"refund-doc-2024-create-REFUNDED":              {write: rewriteRefund(RefundNewest)},
		"doc-old-refund-PENDING.truncated":             {write: rewriteRefund(RefundOld)},
		"doc-2024-qpay-create-INITIATED":               {write: rewriteCharge(StyleNewest)},
		"doc-2022-knet-webhook-CAPTURED":               {write: rewriteCharge(Style2022)},
		"charge-doc-2022-create-INITIATED-kwd-src_all": {write: rewriteCharge(Style2022), added: []string{".merchant.country", ".merchant.currency"}}, // a merchant of which only the id is shown
		"doc-2023-customer":                            {write: func(b []byte) []byte { return into(b, &CustomerObject{}).(*CustomerObject).AppendJSON(nil) }},
		"doc-2023-saved-card":                          {write: rewrite[CardObject]},
		"card-doc-2021-get":                            {write: rewrite[CardObject], without: []string{".issuer.id", ".address.", ".name=", ".issuer."}, added: []string{".issuer", ".address", ".name="}}, // name and issuer stand elsewhere
		"card-doc-delete":                              {write: rewrite[CardDeleted]},
		"cards-doc-list-404-empty":                     {write: rewrite[CardList]},
		"token-doc-2023-card":                          {write: rewrite[TokenObject]},
		"invoice-doc-2023-create-CREATED":              {write: rewrite[InvoiceObject]},
		"payouts-doc-2023-list-kwd":                    {write: rewrite[PayoutList], without: []string{".payouts.1.settlements_description"}}, // only without settlements
		// An older generation, of another scheme.
		"doc-2021-benefit-retrieve-CANCELLED": {write: rewriteCharge(Style2022), without: []string{".reference.id"}, added: []string{".merchant.", ".auto_reversed"}},
	} {
		sample, err := os.ReadFile(filepath.Join("testdata", "samples", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		ours := func(line string) bool {
			return slices.ContainsFunc(c.added, func(path string) bool { return strings.HasPrefix(line, path) })
		}
		missing := func(line string) bool {
			return slices.ContainsFunc(c.without, func(path string) bool { return strings.HasPrefix(line, path) })
		}
		want, got := slices.DeleteFunc(flat(t, sample), missing), slices.DeleteFunc(flat(t, c.write(sample)), ours)
		if !slices.Equal(got, want) {
			for i := range max(len(got), len(want)) {
				if i >= len(got) || i >= len(want) || got[i] != want[i] {
					t.Errorf("%s differs from member %d on:\n%s\nwant\n%s", name, i, strings.Join(got[min(i, len(got)):], "\n"), strings.Join(want[min(i, len(want)):], "\n"))
					break
				}
			}
		}
	}
}

// into reads a sample into an object.
func into(b []byte, of any) any {
	json.Unmarshal(b, of)
	return of
}

// rewrite is for objects whose keys are the same in every style.
func rewrite[T any](b []byte) []byte { return Compact(into(b, new(T))) }

func rewriteCharge(style Style) func([]byte) []byte {
	return func(b []byte) []byte {
		var c Charge
		json.Unmarshal(b, &c)
		return c.JSON(style)
	}
}

func rewriteAuthorization(style Style) func([]byte) []byte {
	return func(b []byte) []byte {
		var a Authorization
		json.Unmarshal(b, &a)
		return a.JSON(style)
	}
}

func rewriteRefund(form RefundForm) func([]byte) []byte {
	return func(b []byte) []byte {
		var r Refund
		json.Unmarshal(b, &r)
		return r.AppendJSON(nil, form)
	}
}
