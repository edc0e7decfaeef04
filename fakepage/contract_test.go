package fakepage

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// contractRow is a row of the table in contract.md.
type contractRow struct{ layouts, tag, id, name, class, value string }

func contract(t *testing.T) []contractRow {
	t.Helper()
	text, err := os.ReadFile("contract.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []contractRow
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), "|")
		if len(cells) != 8 || strings.Trim(strings.TrimSpace(cells[1]), "DMO") != "" || strings.TrimSpace(cells[1]) == "" {
			continue
		}
		for i := range cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "\x00", "|")
		}
		rows = append(rows, contractRow{cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]})
	}
	return rows
}

var tags = regexp.MustCompile(`<(\w+)((?: [\w-]+(?:="[^"]*")?)*)>`)

// in reports whether the page has the element of the row.
func (row contractRow) in(page string) bool {
	for _, m := range tags.FindAllStringSubmatch(page, -1) {
		has := func(name, value string) bool {
			return value == "" || strings.Contains(m[2]+" ", " "+name+`="`+value+`"`)
		}
		if m[1] == row.tag && has("id", row.id) && has("name", row.name) && has("class", row.class) &&
			(has("title", row.value) || has("value", row.value) || has("placeholder", row.value)) {
			return true
		}
	}
	return false
}

// TestContract checks each layout against contract.md.
func TestContract(t *testing.T) {
	rows := contract(t)
	if len(rows) < 50 {
		t.Fatalf("contract.md has %d rows only", len(rows))
	}
	for letter, shape := range map[string]layout{"D": desktop, "M": mobile, "O": oneBox} {
		page := renderKNET(t, Payment{Screen: Entry, Year: 2026, Look: testLook}, shape)
		for _, row := range rows {
			if strings.Contains(row.layouts, letter) && !row.in(page) {
				t.Errorf("the %s page has no element %+v", shape, row)
			}
		}
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("the %s page has id %s twice", shape, m[1])
			}
			ids[m[1]] = true
		}
	}
}

func renderKNET(t *testing.T, p Payment, shape layout) string {
	t.Helper()
	var page strings.Builder
	if err := templates.ExecuteTemplate(&page, string(shape)+".html.tmpl", knetView(p, shape, "token", "", entryForm{})); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// TestArabic checks that the page is mirrored: the label after the data, the year before the month, the colon before the word.
func TestArabic(t *testing.T) {
	look := testLook
	look.Lang = "ar"
	for _, screen := range []Screen{Entry, Confirm} {
		page := renderKNET(t, Payment{Screen: screen, Year: 2026, Look: look, Amount: "12.345", Currency: "KWD"}, desktop)
		from := 0
		for _, want := range []string{`lang="ar" dir="rtl"`, `name="langID" value="AR"`, "KD 12.345", ":المبلغ", `id="bankBrand"`, ":يرجى اختيار البنك",
			`id="debitNumber"`, ":رقم بطاقة الصرف الآلي", `id="debitYearSelect"`, `id="debitMonthSelect"`, ":تاريخ إنتهاء البطاقة", `id="cardPin"`, ":الرقم السري",
			`value="إرسال"`, `value="الغاء"`, `value="تأكيد العملية"`} {
			i := strings.Index(page[from:], want)
			if i < 0 {
				t.Fatalf("%s: %q is missing or not in order", screen, want)
			}
			from += i
		}
	}
	for w, other := range map[*words]*words{&english: &arabic, &arabic: &english} {
		if w.message(msgPIN) == "" || w.message(msgPIN) == other.message(msgPIN) {
			t.Errorf("%s: the messages are not translated", w.Lang)
		}
	}
}

// TestWordsAreComplete checks that no text is missing in either language.
func TestWordsAreComplete(t *testing.T) {
	for _, w := range []words{english, arabic} {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.String && f.Len() == 0 {
				t.Errorf("%s: %s is missing", w.Lang, v.Type().Field(i).Name)
			}
		}
	}
	for i, o := range english.Outcomes {
		if i >= len(arabic.Outcomes) || arabic.Outcomes[i].Name != o.Name || arabic.Outcomes[i].Text == "" || arabic.Outcomes[i].Text == o.Text {
			t.Errorf("the outcome %s has no Arabic text", o.Name)
		}
	}
}

func TestLayouts(t *testing.T) {
	for agent, want := range map[string]layout{
		"Mozilla/5.0 (X11; Linux x86_64) Chrome/140": desktop, "": desktop,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148": mobile, "Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile": mobile,
	} {
		if got := testLook.layoutFor(agent); got != want {
			t.Errorf("%q gets %s, want %s", agent, got, want)
		}
	}
	one := Look{OneBox: true}
	if one.layoutFor("iPhone") != oneBox {
		t.Error("the user agent overrides the setting")
	}
}

func TestBankLists(t *testing.T) {
	old := bankList(&Look{Lang: "en", Banks2022: true, ShortValues: true})
	if old[0].Label != "Ahli United Bank [AUB]" || old[1].Label != "Al Ahli Bank of Kuwait [ABK]" || old[len(old)-1].Value != "201825717889145|Knet Test Card [KNET1]|0.000" {
		t.Errorf("the list of 2022: %v", old)
	}
	seen := map[string]bool{}
	for _, b := range append(bankList(&testLook), bankList(&Look{Lang: "ar", ArabicBank: "x"})...) {
		if seen[b.Label] || isTestBank(b.Value) != (b.Label == testBankLabel || b.Label == "x") {
			t.Errorf("%v is in a list twice, or isTestBank is wrong for it", b)
		}
		seen[b.Label] = true
	}
}

// TestSkeleton checks that a filled skeleton is the same page as one rendered without it, and that no value of one payment is in the
// page of the next.
func TestSkeleton(t *testing.T) {
	for _, shape := range []layout{desktop, mobile, oneBox} {
		for _, screen := range []Screen{Entry, Confirm} {
			for _, merchant := range []string{"First", `"><script>`, "Third"} {
				p := Payment{Screen: screen, Year: 2026, Look: testLook, Amount: "1.000", Currency: "KWD", Merchant: merchant, Website: "w" + merchant,
					PaymentID: "1", Left: 90*time.Second + 1, Running: merchant == "First", Expiry: tap.CardExpiry{Month: 9, Year: 2030}, Captured: []tap.CardExpiry{{Month: 1, Year: 2027}}}
				s, err := skeletonFor(p, shape)
				if err != nil {
					t.Fatal(err)
				}
				var page bytes.Buffer
				view := paymentView(p, "token")
				s.fill(&page, &view)
				if want := renderKNET(t, p, shape); page.String() != want {
					t.Errorf("%s, %s, %s:\n%s\nwant\n%s", shape, screen, merchant, page.String(), want)
				}
			}
		}
	}
}
