package scenarios

// Scenario is one entry of a scenario file, or the same built in Go. It sets only what it changes, so that scenarios combine.
type Scenario struct {
	Name          Name           `key:"name" doc:"Name: words of a-z, 0-9 and dashes, separated by slashes, such as shop/paid-late. Required."`
	Description   string         `key:"description" doc:"One or two sentences: what happens, and what it is good for. Required."`
	Object        Object         `key:"object" doc:"Payment object that the scenario is for: charge, authorization or refund. Default: charge; one without it that is chosen by name also fits the others, if it has no keys that they do not have."`
	Extends       Combination    `key:"extends" doc:"Scenarios to start from: one name, or several joined by +. Keys of this scenario override theirs."`
	Unset         []Path         `key:"unset" doc:"Keys that are not inherited from extends, such as bank.gate or api."`
	Match         *Match         `key:"match" doc:"Which objects follow the scenario if none is chosen explicitly. All conditions must hold; the first scenario that matches wins."`
	Settings      Settings       `key:"settings" doc:"Settings for the charges that follow the scenario."`
	Payer         *Payer         `key:"payer" doc:"An automatic payer, or person: a person (or a test) pays on the page. Default: as the setting payer says."`
	Bank          *Bank          `key:"bank" doc:"What the bank decides. Default: the expiry of the card decides."`
	Refund        *Refund        `key:"refund" doc:"What becomes of the refund, with object: refund. Default: as the settings refund_status and refund_delay say."`
	Authorization *Authorization `key:"authorization" doc:"What becomes of an authorization after the payment, with object: authorization. Default: it is voided at once when the merchant asks for it, and its auto does what the request says."`
	Callbacks     []Callback     `key:"callbacks" doc:"Webhooks and returns of the payer, and when. Without a webhook step, one webhook is sent when the payment is settled; without a return step, the payer returns after the first attempt of that webhook."`
	API           []Fault        `key:"api" doc:"Faults of the API and of the payment page."`
	Chaos         *Chaos         `key:"chaos" doc:"Other scenarios that are mixed in at random, from the seed of the account."`
}

// File is the content of one YAML file.
type File struct {
	Settings  Settings   `key:"settings" doc:"Settings for every scenario of the file."`
	Scenarios []Scenario `key:"scenarios" doc:"The scenarios, in the order in which they are matched."`
}

// Payer is an automatic payer, who does one of Pay, Cancel and Abandon; or a person.
type Payer struct {
	Person   bool     // written as payer: person; everything else is unset
	Pay      *Pay     `key:"pay" doc:"Pay: open the page, enter the card, confirm. {} pays with the test card and an expiry that is captured."`
	Cancel   Screen   `key:"cancel" doc:"Press Cancel on this screen."`
	Abandon  Screen   `key:"abandon" doc:"Leave on this screen and never come back; unopened: never open the page."`
	At       Moment   `key:"at" doc:"When the payer opens the page. Default: answered."`
	Duration Duration `key:"duration" doc:"Time between opening the page and submitting the card or pressing Cancel. Default: none."`
	Gate     Gate     `key:"gate" doc:"Wait at this gate before opening the page, until a test releases it."`
}

// Pay is how an automatic payer pays. The zero value pays at once with the test card and an expiry that is captured.
type Pay struct {
	Card   Card    `key:"card" doc:"Card number: 16 digits that begin with KNET's test prefix 888888; spaces are allowed. Default: 8888880000000001."`
	Expiry Expiry  `key:"expiry" doc:"Expiry of the card, MM/YY. Default: one that is captured."`
	OTP    OTPWord `key:"otp" doc:"One-time password that is entered if the page asks for one. Default: right."`
	Clicks int     `key:"clicks" min:"1" max:"5" doc:"Number of simultaneous clicks on Confirm. Default: 1."`
	Tabs   int     `key:"tabs" min:"1" max:"5" doc:"Number of tabs in which the page is opened; the oldest one is tried first. Default: 1."`
}

// Bank is the bank's part of a payment.
type Bank struct {
	Result   KNETWord   `key:"result" doc:"KNET's result, whatever card was entered. Default: by the expiry of the card."`
	Code     BankCode   `key:"code" doc:"KNET's authRespCode of a payment that is NOT CAPTURED, such as 51 for insufficient funds."`
	Status   StatusWord `key:"status" doc:"Tap's status, if it does not follow from the result."`
	Response TapCode    `key:"response" doc:"Tap's response code, such as 505, if it does not follow from the result. Without a status it implies one."`
	Amount   Money      `key:"amount" doc:"The amount that is captured, if it is not that of the charge. Only for a capture."`
	OTP      *BankOTP   `key:"otp" doc:"Whether a one-time password is required and accepted."`
	PIN      *BankPIN   `key:"pin" doc:"Whether the PIN is accepted."`
	Delay    Delay      `key:"delay" doc:"Time until the bank decides; forever: it does not decide, and the charge stays unpaid until it expires."`
	Gate     Gate       `key:"gate" doc:"The bank's decision waits at this gate until a test releases it."`
	Later    *Later     `key:"later" doc:"A second result that comes later and replaces the first, such as a capture after the charge has expired."`
}

// BankOTP is the bank's part of a one-time password.
type BankOTP struct {
	Ask    *bool   `key:"ask" doc:"Whether a one-time password is required, regardless of the setting otp_from."`
	Refuse Refusal `key:"refuse" doc:"Number of correct passwords that are refused nevertheless, or all."`
}

// BankPIN is the bank's part of the PIN.
type BankPIN struct {
	Refuse Refusal `key:"refuse" doc:"Number of PINs that are refused as wrong, or all. After pin_tries refusals the payment fails with code 75."`
}

// Later is a second result of a payment: a move that only a scenario can make, or the end of a payment that is IN_PROGRESS.
type Later struct {
	At       Moment     `key:"at" doc:"When it happens. Required."`
	Result   KNETWord   `key:"result" doc:"As in bank."`
	Code     BankCode   `key:"code" doc:"As in bank."`
	Status   StatusWord `key:"status" doc:"As in bank."`
	Response TapCode    `key:"response" doc:"As in bank."`
	Gate     Gate       `key:"gate" doc:"It waits at this gate until a test releases it."`
}

// Chaos mixes other scenarios in at random.
type Chaos struct {
	Rates          map[string]Rate `key:"rates" doc:"Scenarios, each with the share of charges that it is mixed into, such as 20% or 0.2. Required."`
	MaxConsecutive int             `key:"max_consecutive" min:"1" max:"1000" doc:"Stop injecting after this many charges in a row; the next charge is left alone. Default: 2."`
}
