package tap

import "time"

// settings is the table behind [Settings]: the key, group, default and meaning of each setting, and the field that holds it.
var settings = []Setting{
	{Key: "strict", Group: general, Default: "false", Doc: "refuse what Tap's documentation does not allow (form bodies, amounts as text, unknown fields …), with an error that names the field",
		bind: func(s *Settings) value { return boolean{&s.Strict} }},
	{Key: "assumption_findings", Group: general, Default: "false", Doc: "record in the journal when a value is used that is not confirmed for Tap (event assumption); testkit fails the test",
		bind: func(s *Settings) value { return boolean{&s.AssumptionFindings} }},
	{Key: "answer_format", Group: general, Default: "compact", Doc: "layout of successful answers of the API; indented is two spaces with CRLF",
		bind: func(s *Settings) value { return word(&s.AnswerFormat, "compact", "indented") }},
	{Key: "no_credentials_error", Group: general, Default: "2107", Doc: "error for a request without Authorization; such a request has no account, so only the server's value counts",
		wide: true, bind: func(s *Settings) value { return word(&s.NoCredentialsError, "2107", "2105") }},
	{Key: "public_url", Group: general, Default: "", Doc: "base URL of the page links, at which the payer's browser reaches this server; empty: from the request",
		bind: func(s *Settings) value { return baseURL{&s.PublicURL} }},
	{Key: "delivery", Group: general, Default: "direct", Doc: "what calls the merchant: the mock (direct), or a process near the merchant that takes each call from the control API and makes it (relay)",
		wide: true, bind: func(s *Settings) value { return word(&s.Delivery, "direct", "relay") }},
	{Key: "journal_requests", Group: general, Default: "false", Doc: "record every API request and its answer in the journal; testkit turns it on",
		wide: true, bind: func(s *Settings) value { return boolean{&s.JournalRequests} }},
	{Key: "payer", Group: general, Default: "person", Doc: "how charges are paid in scenarios without a payer: a person or a test opens the page, or an automatic payer pays (auto)",
		bind: func(s *Settings) value { return word(&s.Payer, "person", "auto") }},

	{Key: "charge_style", Group: "charge", Default: "newest", Doc: "generation of the charge object, also in webhooks: keys, key order, ids, references; 2023 is that of 2022 with customer_initiated",
		bind: func(s *Settings) value { return word((*string)(&s.ChargeStyle), "newest", "2023", "2022") }},
	{Key: "charge_amount_min", Group: "charge", Default: "0.100", Doc: "smallest amount of a charge",
		bind: func(s *Settings) value { return money{&s.ChargeAmountMin} }},
	{Key: "charge_amount_max", Group: "charge", Default: "999999.999", Doc: "largest amount of a charge",
		bind: func(s *Settings) value { return money{&s.ChargeAmountMax} }},
	{Key: "charge_expiry_outcome", Group: "charge", Default: "ABANDONED", Doc: "status of an unpaid charge after transaction.expiry",
		bind: func(s *Settings) value { return word(&s.ChargeExpiryOutcome, "ABANDONED", "CANCELLED") }},
	{Key: "charge_post_absent", Group: "charge", Default: "object", Doc: "the key post of a charge without post.url: an object with the status PENDING, or no key at all (none)",
		bind: func(s *Settings) value { return word(&s.ChargePostAbsent, "object", "none") }},
	{Key: "charge_currency_error", Group: "charge", Default: "1119", Doc: "error for src_kw.knet in another currency than KWD",
		bind: func(s *Settings) value { return word(&s.ChargeCurrencyError, "1119", "9998") }},
	{Key: "charge_not_found_status", Group: "charge", Default: "400", Doc: "HTTP status of error 1144, charge not found",
		bind: func(s *Settings) value { return number(&s.ChargeNotFoundStatus, 400, 404) }},

	{Key: "authorization_partial_capture", Group: "authorization", Default: "AUTHORIZED", Doc: "status of an authorization of which a part was captured; with CAPTURED nothing more of it can be captured",
		bind: func(s *Settings) value { return word(&s.AuthorizationPartialCapture, "AUTHORIZED", "CAPTURED") }},
	{Key: "authorization_auto_charge", Group: "authorization", Default: "true", Doc: "an auto that captures makes a charge, which can be refunded",
		bind: func(s *Settings) value { return boolean{&s.AuthorizationAutoCharge} }},
	{Key: "authorization_not_found", Group: "authorization", Default: "1115", Doc: "error for GET and void of an unknown authorization; that of PUT is 2102",
		bind: func(s *Settings) value { return word(&s.AuthorizationNotFound, "1115", "2102") }},

	{Key: "refund_style", Group: "refund", Default: "newest", Doc: "generation of the refund object: keys and key order of 2024, or the older body V1.2 (old)",
		bind: func(s *Settings) value { return word(&s.RefundStyle, "newest", "old") }},
	{Key: "refund_logic", Group: "refund", Default: "default", Doc: "Tap's logic of refunds: PENDING at first (default), or the beta logic V2 (v2), ACCEPTED at first, with the charge embedded",
		bind: func(s *Settings) value { return word(&s.RefundLogic, "default", "v2") }},
	{Key: "refund_status", Group: "refund", Default: "REFUNDED", Doc: "status in which a refund ends",
		bind: func(s *Settings) value {
			return word((*string)(&s.RefundStatus), "REFUNDED", "CANCELLED", "FAILED", "DECLINED", "RESTRICTED", "TIMED_OUT", "UNKNOWN", "REJECTED")
		}},
	{Key: "refund_delay", Group: "refund", Default: "2s", Doc: "time for which a refund is PENDING; with 0s the answer to the create call has the final status",
		bind: func(s *Settings) value { return duration{&s.RefundDelay, 0} }},
	{Key: "refund_list_empty", Group: "refund", Default: "list", Doc: "answer to a list of refunds that has none: an empty list, or 400 with Refunds not found (error)",
		bind: func(s *Settings) value { return word(&s.RefundListEmpty, "list", "error") }},

	{Key: "payout_delay", Group: "payout", Default: "24h", Doc: "time from the end of a day in Kuwait until the payout of what was captured on it",
		bind: func(s *Settings) value { return duration{&s.PayoutDelay, 0} }},

	{Key: "bank_captured_expiries", Group: "bank", Default: "09/30,09/25", Doc: "expiries with which a payment by a test card is captured; with any other expiry it is declined",
		bind: func(s *Settings) value { return expiries{&s.BankCapturedExpiries} }},
	{Key: "bank_decline_code", Group: "bank", Default: "05", Doc: "gateway.response.code of a declined payment: KNET's authRespCode, two digits",
		bind: func(s *Settings) value { return digits{&s.BankDeclineCode, 2} }},
	{Key: "pin_tries", Group: "bank", Default: "3", Doc: "PINs that are refused, or that are not 4 digits, until the payment fails as PIN tries exceeded",
		bind: func(s *Settings) value { return whole{&s.PINTries, 1, 20} }},
	{Key: "otp_from", Group: "bank", Default: "none", Doc: "amount from which a one-time password is required, such as 25.000, or 0 for always; none: never",
		bind: func(s *Settings) value { return amountOrNone{&s.OTPFrom} }},
	{Key: "otp_lifetime", Group: "bank", Default: "3m", Doc: "how long a one-time password is valid",
		bind: func(s *Settings) value { return duration{&s.OTPLifetime, time.Second} }},
	{Key: "otp_tries", Group: "bank", Default: "3", Doc: "wrong or expired one-time passwords until the payment fails",
		bind: func(s *Settings) value { return whole{&s.OTPTries, 1, 20} }},
	{Key: "otp_resends", Group: "bank", Default: "1", Doc: "how often the payer may request another one-time password",
		bind: func(s *Settings) value { return whole{&s.OTPResends, 0, 20} }},
	{Key: "kfast", Group: "bank", Default: "false", Doc: "whether KFAST is enabled: saved cards, for charges with a customer.id",
		bind: func(s *Settings) value { return boolean{&s.KFAST} }},
	{Key: "kfast_cards_listed", Group: "bank", Default: "false", Doc: "whether the cards API shows cards saved for KFAST, which Tap documents that it does not",
		bind: func(s *Settings) value { return boolean{&s.KFASTCardsListed} }},
	{Key: "kfast_max_cards", Group: "bank", Default: "5", Doc: "cards that one customer may save",
		bind: func(s *Settings) value { return whole{&s.KFASTMaxCards, 0, 50} }},

	{Key: "page_limit", Group: "page", Default: "5m", Doc: "time limit of KNET's page, from its opening; checked when the payer next acts, or when the page's countdown ends",
		bind: func(s *Settings) value { return duration{&s.PageLimit, 0} }},
	{Key: "page_path", Group: "page", Default: "gosell", Doc: "first part of the page link's path: gosell (2025) or test_gosell (2021 to 2024)",
		bind: func(s *Settings) value { return word(&s.PagePath, "gosell", "test_gosell") }},
	{Key: "page_merchant", Group: "page", Default: "Tap Payments EPSP", Doc: "merchant named on KNET's page",
		bind: func(s *Settings) value { return text(&s.PageMerchant, 1, 100) }},
	{Key: "page_website", Group: "page", Default: "https://kw.payments.tap.company", Doc: "website named on KNET's page",
		bind: func(s *Settings) value { return text(&s.PageWebsite, 1, 200) }},
	{Key: "page_language", Group: "page", Default: "auto", Doc: "language of KNET's page; auto: by the create request's header lang_code, else English",
		bind: func(s *Settings) value { return word(&s.PageLanguage, "auto", "en", "ar") }},
	{Key: "page_generation", Group: "page", Default: "lists", Doc: "KNET's page with lists for bank, prefix and expiry (2019 to 2024), or with one number box and MM/YY (2026)",
		bind: func(s *Settings) value { return word(&s.PageGeneration, "lists", "onebox") }},
	{Key: "page_bank_order", Group: "page", Default: "2024", Doc: "order of the bank list; in 2022 it began with Ahli United",
		bind: func(s *Settings) value { return word(&s.PageBankOrder, "2024", "2022") }},
	{Key: "page_bank_values", Group: "page", Default: "5-part", Doc: "values of the bank list's options: brand|label|limit, since 2024 with |discount|amount",
		bind: func(s *Settings) value { return word(&s.PageBankValues, "5-part", "3-part") }},
	{Key: "page_first_year", Group: "page", Default: "2019", Doc: "first year of the expiry list; the real list begins with the current year",
		bind: func(s *Settings) value { return whole{&s.PageFirstYear, 2000, 2100} }},
	{Key: "page_prefix_delay", Group: "page", Default: "0s", Doc: "time until the prefix list is filled after a bank was chosen; needs JavaScript",
		bind: func(s *Settings) value { return duration{&s.PagePrefixDelay, 0} }},
	{Key: "page_arabic_test_bank", Group: "page", Default: "بنك اختبار كي نت [KNET1]", Doc: "Arabic name of the test bank",
		bind: func(s *Settings) value {
			return word(&s.PageArabicTestBank, "بنك اختبار كي نت [KNET1]", "بنك اختبار كنيت [KNET1]")
		}},
	{Key: "page_outcome_panel", Group: "page", Default: "true", Doc: "show a panel on the page with which a person can end the payment with a chosen outcome",
		bind: func(s *Settings) value { return boolean{&s.PageOutcomePanel} }},
	{Key: "page_accessible", Group: "page", Default: "false", Doc: "label every field of the page for screen readers; the fields of the real page have only titles, which some test suites look for",
		bind: func(s *Settings) value { return boolean{&s.PageAccessible} }},
	{Key: "page_confirm_screen", Group: "page", Default: "always", Doc: "show the confirm screen between Submit and the bank; it is always shown for a one-time password",
		bind: func(s *Settings) value { return word(&s.PageConfirmScreen, "always", "never") }},

	{Key: "merchant_active", Group: "merchant", Default: "true", Doc: "whether Tap has activated the merchant; if not, every valid create is error 1242",
		bind: func(s *Settings) value { return boolean{&s.MerchantActive} }},
	{Key: "merchant_save_card", Group: "merchant", Default: "false", Doc: "whether save_card is enabled for the merchant; if not, requesting it is error 1108",
		bind: func(s *Settings) value { return boolean{&s.MerchantSaveCard} }},
	{Key: "merchant_id", Group: "merchant", Default: "599424", Doc: "merchant.id and merchant_id of a charge that names no merchant",
		bind: func(s *Settings) value { return text(&s.MerchantID, 1, 40) }},
	{Key: "merchant_country", Group: "merchant", Default: "KW", Doc: "merchant.country",
		bind: func(s *Settings) value { return text(&s.MerchantCountry, 2, 2) }},
	{Key: "merchant_currency", Group: "merchant", Default: "KWD", Doc: "merchant.currency",
		bind: func(s *Settings) value { return text(&s.MerchantCurrency, 3, 3) }},

	{Key: "webhook_format", Group: "webhook", Default: "2026", Doc: "headers and layout of webhooks; 2023 has the user agent of a Java client, 2022 only the two signatures and an indented body",
		bind: func(s *Settings) value { return word(&s.WebhookFormat, "2026", "2023", "2022") }},
	{Key: "webhook_amounts", Group: "webhook", Default: "double", Doc: "amounts in webhook bodies: 0.5 (double) or 0.500 (decimals)",
		bind: func(s *Settings) value { return word(&s.WebhookAmounts, "double", "decimals") }},
	{Key: "webhook_cancelled", Group: "webhook", Default: "true", Doc: "send a webhook for a cancelled charge",
		bind: func(s *Settings) value { return boolean{&s.WebhookCancelled} }},
	{Key: "webhook_retries", Group: "webhook", Default: "1s,5s", Doc: "waits before the second and each further attempt of a webhook; none: a single attempt",
		bind: func(s *Settings) value { return durations{&s.WebhookRetries} }},
	{Key: "webhook_timeout", Group: "webhook", Default: "10s", Doc: "timeout of one webhook attempt, in real time",
		bind: func(s *Settings) value { return duration{&s.WebhookTimeout, time.Millisecond} }},

	{Key: "return_wait", Group: "return", Default: "3s", Doc: "how long the payer's return waits for the first webhook attempt at most, in real time",
		bind: func(s *Settings) value { return duration{&s.ReturnWait, 0} }},
	{Key: "return_status", Group: "return", Default: "303", Doc: "HTTP status of the redirect to the merchant",
		bind: func(s *Settings) value { return number(&s.ReturnStatus, 303, 302) }},
	{Key: "return_data", Group: "return", Default: "false", Doc: "add data=<32 hex digits> after tap_id",
		bind: func(s *Settings) value { return boolean{&s.ReturnData} }},
}

// general is the group of the settings that do not belong to an object.
const general = "general"

// renamedSettings are keys that settings had before the first release, and what replaced them.
var renamedSettings = map[string]string{
	"style": "charge_style", "captured_expiries": "bank_captured_expiries", "decline_code": "bank_decline_code",
	"amount_min": "charge_amount_min", "amount_max": "charge_amount_max", "save_card": "merchant_save_card",
	"expiry_outcome": "charge_expiry_outcome", "bank_order": "page_bank_order", "bank_value": "page_bank_values",
	"first_year": "page_first_year", "prefix_delay": "page_prefix_delay", "arabic_test_bank": "page_arabic_test_bank",
	"outcome_panel": "page_outcome_panel", "accessible": "page_accessible", "confirm_screen": "page_confirm_screen",
	"kfast_cards": "kfast_max_cards", "post_absent": "charge_post_absent", "redirect_data": "return_data",
	"redirect_status": "return_status", "hold_bound": "return_wait", "currency_error": "charge_currency_error",
	"unknown_charge_status": "charge_not_found_status",
}

// renamedValues are values that settings had before the first release, and what replaced them.
var renamedValues = map[string][][2]string{
	"strict=assumptions": {{"strict", "true"}, {"assumption_findings", "true"}},
	"delivery=pull":      {{"", "relay"}},
}

// renamedEvents are names that events had before the first release, and what replaced them.
var renamedEvents = map[Event]string{
	"charge_created": "created", "charge_replayed": "create_repeated", "replayed": "create_repeated", "charge_settled": "settled, corrected or expired",
	"page_chose_knet": "method_chosen", "page_submitted": "submitted", "page_confirmed": "confirmed", "page_cancelled": "cancelled",
	"page_outcome": "outcome_chosen", "page_expired": "page_limit_reached", "move_refused": "change_refused", "merchant_silent": "merchant_timeout",
	"webhook_attempt": "webhook", "payer_returned": "returned", "payer_lost": "return_lost", "api_fault": "fault_injected",
	"gate_held": "gate_reached", "answer_held": "answer_delayed",
}
