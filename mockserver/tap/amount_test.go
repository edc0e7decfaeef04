package tap

import (
	"errors"
	"strings"
	"testing"
)

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]Amount{
		"0": 0, "1": 1000, "12.345": 12345, "12.3450": 12345, "12.30000": 12300, "0.1": 100, "00.5": 500, "999999999999.999": 999999999999999,
	} {
		if got, err := ParseAmount(text); err != nil || got != want {
			t.Errorf("ParseAmount(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", ".", "1.", ".5", "+1", "-1", "1e3", " 1", "1 ", "1,5", "1.2345", "0x1", "١", "9999999999999.999", "NaN"} {
		if got, err := ParseAmount(text); !errors.Is(err, ErrAmount) {
			t.Errorf("ParseAmount(%q) = %d, %v, want ErrAmount", text, got, err)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]Amount{
		"1e3": 1000000, "1E+3": 1000000, "15e-1": 1500, "1.5e1": 15000, "-2.5": -2500, "0e30": 0, "12345e-3": 12345, "0.0001e1": 1, "100e-5": 1,
	} {
		if got, err := ParseNumber(text); err != nil || got != want {
			t.Errorf("ParseNumber(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"1e400", "1e-4", "1e15", "e1", "1e", "--1", ""} {
		if got, err := ParseNumber(text); !errors.Is(err, ErrAmount) {
			t.Errorf("ParseNumber(%q) = %d, %v, want ErrAmount", text, got, err)
		}
	}
}

func TestAmountTexts(t *testing.T) {
	for _, c := range []struct {
		amount Amount
		texts  [4]string
		double string
	}{
		{1000, [4]string{"1", "1.0", "1.00", "1.000"}, "1.0"},
		{500, [4]string{"0", "0.5", "0.50", "0.500"}, "0.5"},
		{12345, [4]string{"12", "12.3", "12.34", "12.345"}, "12.345"},
		{10010, [4]string{"10", "10.0", "10.01", "10.010"}, "10.01"},
		{-2500, [4]string{"-2", "-2.5", "-2.50", "-2.500"}, "-2.5"},
		{5, [4]string{"0", "0.0", "0.00", "0.005"}, "0.005"},
	} {
		for n, want := range c.texts {
			if got := c.amount.Text(n); got != want {
				t.Errorf("%d with %d decimals is %s, want %s", c.amount, n, got, want)
			}
		}
		if got := c.amount.Double(); got != c.double {
			t.Errorf("%d as a double is %s, want %s", c.amount, got, c.double)
		}
	}
}

func FuzzAmount(f *testing.F) {
	for _, text := range []string{"12.345", "1e3", "-0.5", "12.3450", "1e-30", "999999999999.999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (Amount, error){ParseAmount, ParseNumber} {
			a, err := parse(text)
			if err != nil {
				if !errors.Is(err, ErrAmount) {
					t.Fatalf("%q: %v does not wrap ErrAmount", text, err)
				}
				continue
			}
			for _, spelling := range []string{a.String(), a.Double()} {
				if again, err := ParseNumber(spelling); err != nil || again != a {
					t.Fatalf("%q is %d, printed %s, read as %d, %v", text, a, spelling, again, err)
				}
			}
			if !a.Fits(3) || a.Fits(0) != (a%1000 == 0) {
				t.Fatalf("Fits of %d is wrong", a)
			}
		}
	})
}

// TestDecimals has the decimals of each currency that Tap documents.
func TestDecimals(t *testing.T) {
	for text, want := range map[string]int{"BHD JOD KWD OMR": 3, "AED EGP EUR GBP QAR SAR USD": 2} {
		for currency := range strings.FieldsSeq(text) {
			if n, known := Decimals(currency); !known || n != want {
				t.Errorf("%s: %d, %v, want %d decimals", currency, n, known, want)
			}
		}
	}
}

// TestAnotherCurrency expects another currency of Tap with as many decimals.
func TestAnotherCurrency(t *testing.T) {
	for currency, places := range decimals {
		other := AnotherCurrency(currency)
		if n, known := Decimals(other); other == currency || !known || n != places {
			t.Errorf("%s: %s with %d decimals", currency, other, n)
		}
	}
	if got := AnotherCurrency("KWD"); got != "BHD" {
		t.Errorf("KWD: %s", got)
	}
}
