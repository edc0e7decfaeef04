package fakepage

import (
	"slices"
	"strconv"
	"strings"
)

// bank is one entry of the bank list. The page accepts only cards of the test bank. It lists the others because test suites read the
// texts of the list (KNET page 9, observed).
type bank struct{ Value, Label string }

const (
	testBankLabel = "Knet Test Card [KNET1]"
	testBankBrand = "201825717889145" // observed; the numbers of the other brands are not real
)

var banks2024 = []string{
	"Al Ahli Bank of Kuwait [ABK]", "Al Rajhi Bank [Rajhi]", "Bank of Bahrain Kuwait [BBK]", "Boubyan Bank [Boubyan]", "Burgan Bank [Burgan]",
	"Commercial Bank of Kuwait [CBK]", "Doha Bank [Doha]", "Gulf Bank of Kuwait [GBK]", "KFH [TAM]", "KFH Formerly AUB [FormerAUB]",
	"Kuwait Finance House [KFH]", "Kuwait International Bank [KIB]", "National Bank of Kuwait [NBK]", "NBK [Weyay]",
	"Qatar National Bank [QNB]", "Union National Bank [UNB]", "Warba Bank [Warba]",
}

var banksArabic = []string{
	"البنك الأهلي الكويتي", "الراجحي", "بنك البحرين والكويت", "بنك بوبيان", "بنك برقان", "البنك التجاري الكويتي", "بنك الدوحة", "بنك الخليج",
	"بيت التمويل الكويتي", "بنك الكويت الدولي", "بنك الكويت الوطني", "بنك قطر الوطني", "بنك الاتحاد الوطني", "بنك وربة",
}

// bankList is the bank list of a look, with the test bank last.
func bankList(l *Look) []bank {
	labels, test := banks2024, testBankLabel
	switch {
	case l.Lang == "ar":
		labels, test = banksArabic, l.ArabicBank
	case l.Banks2022:
		labels = append([]string{"Ahli United Bank [AUB]"}, slices.DeleteFunc(slices.Clone(banks2024), func(s string) bool { return strings.Contains(s, "FormerAUB") })...)
	}
	var all []bank
	for i, label := range labels {
		all = append(all, bank{bankValue(strconv.Itoa(201800000000001+i), label, l), label})
	}
	return append(all, bank{bankValue(testBankBrand, test, l), test})
}

// bankValue is the value of an option: brand, label, OTP limit, and since 2024 discount and discounted amount.
func bankValue(brand, label string, l *Look) string {
	if l.ShortValues {
		return brand + "|" + label + "|0.000"
	}
	return brand + "|" + label + "|0.000|0.00|0.000"
}

// isTestBank reports whether the value of an option is that of the test bank, in either form.
func isTestBank(value string) bool { return strings.HasPrefix(value, testBankBrand+"|") }

// yearsAhead is the number of future years in the year list (KNET page 4, observed).
const yearsAhead = 43
