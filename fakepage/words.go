package fakepage

import "fmt"

// words are the texts of the pages in one language. The labels and messages of the KNET page in English are those of the real page
// (KNET page 4 and 5.1, observed). In Arabic they are those of the real page if they are known (KNET page 15, observed), otherwise
// translations of tapmock.
type words struct {
	Lang, Dir string
	Mirrored  bool // the label column is second, and the year is before the month

	Title, MobileTitle                            string
	Billing, Card, Merchant, Website, Amount      string
	Bank, ChooseBank, Prefix, Number, Expiry      string
	Month, Year, ExpiryMonth, ExpiryYear          string
	PIN, NumberTitle, PINTitle                    string
	Submit, Reset, Cancel, Confirm, Back, Busy    string
	ConfirmHeading, MovesNoMoney, Foot            string
	HintBank, HintPIN                             string // before and after the number of the test card
	MsgBank, MsgNumber, MsgExpiry, MsgPIN, Advice string

	OTP, Resend, SMS, Timeout, TimedOut         string
	OTPMissing, OTPWrong, OTPExpired, OnlyTries string

	AdviceBank, EndedTitle, EndedText, EndedPaid, EndedCharge, EndedCode, EndedWhy, ToMerchant, WaitTitle, WaitText string
	ChoiceTitle, ChoiceHeading, ChoiceKNETOnly, ChoiceOthers                                                        string

	SavedCard, OtherCard, Delete, Consent, MsgKFAST string

	TimeLeft, EndAs, Accessible string
	Outcomes                    []outcome
}

// outcome is a button of the outcome panel: the outcome's name, as [Payments.End] takes it, and its text.
type outcome struct{ Name, Text string }

var english = words{
	Lang: "en", Dir: "ltr",
	Title: "KNET Payment Page", MobileTitle: "KNET Payments",
	Billing: "Billing Information", Card: "Card Information", Merchant: "Merchant:", Website: "Website:", Amount: "Amount:",
	Bank: "Select Your Bank:", ChooseBank: "Select Your Bank", Prefix: "Prefix", Number: "Card Number:", Expiry: "Expiration Date:",
	Month: "MM", Year: "YYYY", ExpiryMonth: "Expiration Month:", ExpiryYear: "Expiration Year:",
	PIN: "PIN:", NumberTitle: "Should be in number. Length should be 10", PINTitle: "Should be in number. Length should be 4",
	Submit: "Submit", Reset: "Reset", Cancel: "Cancel", Confirm: "Confirm", Back: "Back", Busy: "Processing.. please wait ...",
	ConfirmHeading: "Confirm the payment", MovesNoMoney: "SIMULATION: confirming moves no money.",
	HintBank: "Test card: Knet Test Card [KNET1],", HintPIN: ", any 4-digit PIN. Expiries that are paid:",
	Foot:    "tapmock, a stand-in for testing. No money moves here.",
	MsgBank: msgBank, MsgNumber: msgNumber, MsgExpiry: msgExpiry, MsgPIN: msgPIN,
	Advice: "Type the 10 digits behind the prefix. Only test cards that begin with 888888 are taken here.",
	OTP:    "OneTimePassword (OTP):", Resend: "Resend OTP", SMS: "Simulated SMS: your one-time password is", Timeout: "Timeout in:",
	TimedOut: "Your OTP has Expired.", OTPMissing: "kindly Enter the 6 digit OTP", OTPWrong: "Invalid OTP", OTPExpired: "OTP is Expired.",
	OnlyTries: "Only %d attempts allowed",
	SavedCard: "Saved card", OtherCard: "Another card", Delete: "Delete the saved card",
	Consent: "I have read and accept the terms of KFast: save this card (simulated)", MsgKFAST: msgKFAST,
	AdviceBank: "Only the test bank is simulated: choose " + testBankLabel + ".",
	EndedTitle: "This payment has ended", EndedText: "It cannot be paid any more.", EndedPaid: "It was paid once. It cannot be paid again.",
	EndedCharge: "Charge:", EndedCode: "Tap's error code:", EndedWhy: "for a page that is used or expired", ToMerchant: "Back to the merchant",
	WaitTitle: "Processing.. please wait ...", WaitText: "The payment is being processed. This page reloads automatically and then returns to the merchant.",
	ChoiceTitle: "Choose a payment method", ChoiceHeading: "How do you want to pay?",
	ChoiceKNETOnly: "KNET accepts Kuwaiti dinars only, so it is not offered here. You can only cancel.",
	ChoiceOthers:   "Cards, Apple Pay, Google Pay and other wallets are not simulated.",
	TimeLeft:       "Time left on this page:", EndAs: "End this payment as …",
	Accessible: "The setting page_accessible=true adds a label to every field, which the real page does not have.",
	Outcomes: []outcome{
		{"captured", "Captured"}, {"no-funds", "No funds"}, {"wrong-pin", "Wrong PIN"}, {"host-timeout", "Host time-out"},
		{"cancelled", "Cancelled"}, {"expired", "Page expired"},
		{"closed", "Captured, tab closed"}, {"webhook-never", "Captured, no webhook"}, {"webhook-twice", "Captured, webhook twice"},
		{"webhook-late", "Captured, webhook a minute late"}, {"captured-later", "No funds, captured a minute later"},
	},
}

var arabic = words{
	Lang: "ar", Dir: "rtl", Mirrored: true,
	Title: "صفحة الدفع كي نت", MobileTitle: "مدفوعات كي نت",
	Billing: "معلومات الفاتورة", Card: "معلومات البطاقة", Merchant: ":المستفيد", Website: ":العنوان", Amount: ":المبلغ",
	Bank: ":يرجى اختيار البنك", ChooseBank: "يرجى اختيار البنك", Prefix: "بادئة", Number: ":رقم بطاقة الصرف الآلي", Expiry: ":تاريخ إنتهاء البطاقة",
	Month: "MM", Year: "YYYY", ExpiryMonth: ":شهر إنتهاء الصلاحية", ExpiryYear: ":سنة إنتهاء الصلاحية",
	PIN: ":الرقم السري", NumberTitle: "يجب أن يكون في العدد. يجب أن يكون الطول 10", PINTitle: "يجب أن يكون الرمز السري مكون من ٤ أرقام",
	Submit: "إرسال", Reset: "إعادة", Cancel: "الغاء", Confirm: "تأكيد العملية", Back: "رجوع", Busy: "جاري المعالجة، يرجى الانتظار ...",
	ConfirmHeading: "تأكيد الدفع", MovesNoMoney: "محاكاة: التأكيد لا يحوّل أي مبلغ.",
	HintBank: "بطاقة الاختبار: بنك الاختبار [KNET1]،", HintPIN: "، أي رقم سري من 4 أرقام. تواريخ الانتهاء التي تُدفع:",
	Foot:    "tapmock، بديل للاختبار. لا تُحوَّل أي أموال هنا.",
	MsgBank: "بيانات غير صحيحة - يرجى اختيار البنك", MsgNumber: "بيانات غير صحيحة - يرجى التحقق من رقم البطاقة.",
	MsgExpiry: "يرجى التحقق من شهر وسنة إنتهاء الصلاحية.", MsgPIN: "بيانات غير صحيحة - يرجى التحقق من الرقم السري (4 أرقام).",
	SavedCard: "بطاقة محفوظة", OtherCard: "بطاقة أخرى", Delete: "حذف البطاقة المحفوظة", Consent: "لقد قرأت ووافقت على شروط التسجيل في KFast (محاكاة)",
	MsgKFAST: "فشل التسجيل في KFast. يرجى التحقق من بيانات بطاقتك لدى البنك المصدر.",
	OTP:      ":كلمة المرور لمرة واحدة", Resend: "إعادة إرسال الرمز", SMS: "رسالة قصيرة محاكاة: رمزك لمرة واحدة هو", Timeout: "ينتهي خلال:",
	TimedOut: "انتهت صلاحية الرمز.", OTPMissing: "يرجى إدخال الرمز المكون من 6 أرقام", OTPWrong: "الرمز غير صحيح", OTPExpired: "انتهت صلاحية الرمز.",
	OnlyTries:  "المحاولات المتبقية: %d",
	Advice:     "اكتب الأرقام العشرة بعد البادئة. تُقبل هنا بطاقات الاختبار التي تبدأ بـ 888888 فقط.",
	AdviceBank: "يُحاكى هنا بنك الاختبار فقط: اختر البنك الذي ينتهي اسمه بـ [KNET1].",
	EndedTitle: "انتهت هذه الدفعة", EndedText: "لا يمكن الدفع هنا بعد الآن.", EndedPaid: "تم الدفع مرة واحدة. لا يمكن دفع المزيد هنا.",
	EndedCharge: "العملية:", EndedCode: "رمز الخطأ لدى Tap:", EndedWhy: "لصفحة مستخدمة أو منتهية", ToMerchant: "العودة إلى التاجر",
	WaitTitle: "جاري المعالجة، يرجى الانتظار", WaitText: "تتم معالجة الدفعة. تسأل هذه الصفحة من جديد تلقائيا ثم تعود بك إلى التاجر.",
	ChoiceTitle: "اختيار طريقة الدفع", ChoiceHeading: "كيف تريد أن تدفع؟",
	ChoiceKNETOnly: "تقبل كي نت الدينار الكويتي فقط، لذلك لا تُعرض هنا. يمكن الإلغاء فقط.",
	ChoiceOthers:   "البطاقات الأخرى وApple Pay وGoogle Pay والمحافظ غير محاكاة.",
	TimeLeft:       "الوقت المتبقي لهذه الصفحة:", EndAs: "إنهاء هذه الدفعة بنتيجة …",
	Accessible: "الإعداد page_accessible=true يضيف اسما لكل حقل، وهو ما لا تفعله الصفحة الحقيقية.",
	Outcomes: []outcome{
		{"captured", "تم الدفع"}, {"no-funds", "الرصيد غير كاف"}, {"wrong-pin", "الرقم السري خطأ"}, {"host-timeout", "لا رد من البنك"},
		{"cancelled", "ملغاة"}, {"expired", "انتهت مهلة الصفحة"},
		{"closed", "تم الدفع وأُغلقت الصفحة"}, {"webhook-never", "تم الدفع دون إشعار"}, {"webhook-twice", "تم الدفع والإشعار مرتين"},
		{"webhook-late", "تم الدفع والإشعار بعد دقيقة"}, {"captured-later", "الرصيد غير كاف، ثم تم الدفع بعد دقيقة"},
	},
}

// wordsIn returns the texts of a language, "en" or "ar".
func wordsIn(lang string) *words {
	if lang == "ar" {
		return &arabic
	}
	return &english
}

// otpMessage is the message for a refused one-time password, with the number of tries that are left.
func (w *words) otpMessage(reason string, left int) string {
	tries := " " + fmt.Sprintf(w.OnlyTries, left)
	switch reason {
	case "missing":
		return w.OTPMissing
	case "expired":
		return w.OTPExpired + tries
	}
	return w.OTPWrong + tries
}

// message translates the message of a check.
func (w *words) message(msg string) string {
	switch msg {
	case msgBank:
		return w.MsgBank
	case msgNumber:
		return w.MsgNumber
	case msgExpiry:
		return w.MsgExpiry
	case msgPIN:
		return w.MsgPIN
	case msgKFAST:
		return w.MsgKFAST
	}
	return msg
}
