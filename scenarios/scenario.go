package scenarios

// Scenario is one story as it is written: in a file, or in Go. What it leaves unset stays as it is without it.
type Scenario struct {
	Name      Name        `key:"name" doc:"Its name: words of a-z, 0-9 and dashes, with slashes between them, such as shop/paid-late. Required."`
	About     string      `key:"about" doc:"One or two sentences: what happens, and why one would want to see it. Required."`
	Extends   Combination `key:"extends" doc:"Starts from these scenarios: a name, or several joined by +. What stands here overrides them."`
	Match     *Match      `key:"match" doc:"Which charges follow the scenario, unless another was named for them. All conditions must hold; the first scenario that matches wins."`
	Settings  Settings    `key:"settings" doc:"Settings of the account, for the charges that follow the scenario."`
	Payer     *Payer      `key:"payer" doc:"An automatic payer. Without one, whoever opens the page pays."`
	Bank      *Bank       `key:"bank" doc:"What the bank answers. Without it, the card's expiry decides."`
	Tell      []Step      `key:"tell" doc:"What the merchant is told, and when: webhooks, and the payer's return. Without a webhook step, one webhook is sent when the payment is settled; without a redirect step, the payer returns when that webhook has been answered."`
	API       []Fault     `key:"api" doc:"What goes wrong at the API and on the page, call by call."`
	Adversary *Adversary  `key:"adversary" doc:"Other scenarios that are mixed in by chance, from the account's seed."`
}

// File is what one YAML file holds.
type File struct {
	Settings  Settings   `key:"settings" doc:"Settings for every scenario of the file."`
	Scenarios []Scenario `key:"scenarios" doc:"The scenarios, in the order in which they are tried for a charge."`
}

// Payer is an automatic payer: he does one of pay, cancel and abandon.
type Payer struct {
	Pay     *Pay     `key:"pay" doc:"He pays: opens the page, enters his card, confirms."`
	Cancel  Screen   `key:"cancel" doc:"He presses Cancel on this screen."`
	Abandon Screen   `key:"abandon" doc:"He goes no further than this screen, and never comes back; unopened: he never opens the page."`
	After   Moment   `key:"after" doc:"When he opens the page. Default: answered."`
	Takes   Duration `key:"takes" doc:"Time from the opening of the page until he hands in the card or cancels. Default: none."`
	Hold    Gate     `key:"hold" doc:"He waits at this gate before he opens the page, until a test releases it."`
}

// Pay is how the automatic payer pays. The zero value pays at once, with the test card and an expiry that is captured.
type Pay struct {
	Card   Card    `key:"card" doc:"Card number. Only KNET's test prefix 888888 is taken. Default: 8888880000000001."`
	Expiry Expiry  `key:"expiry" doc:"Expiry of the card, MM/YY. Default: one that is captured."`
	OTP    OTPWord `key:"otp" doc:"What he types if a one-time password is asked for. Default: right."`
	Clicks int     `key:"clicks" min:"1" max:"5" doc:"How often he presses Confirm, at the same instant. Default: 1."`
	Tabs   int     `key:"tabs" min:"1" max:"5" doc:"In how many tabs he opens the page; he first tries the oldest. Default: 1."`
}

// Bank is the bank's side of a payment.
type Bank struct {
	Result   KNETWord   `key:"result" doc:"KNET's word for the end, whatever card was entered. Default: by the card's expiry."`
	Code     BankCode   `key:"code" doc:"KNET's authRespCode of a payment that is NOT CAPTURED, such as 51 for no funds."`
	Status   StatusWord `key:"status" doc:"Tap's status, where it is not to follow from the result."`
	Response TapCode    `key:"response" doc:"Tap's response code, such as 505, where it is not to follow from the result. Without a status it brings its own."`
	OTP      *BankOTP   `key:"otp" doc:"Whether a one-time password is asked for, and whether it is taken."`
	PIN      *BankPIN   `key:"pin" doc:"Whether the PIN is taken."`
	Delay    Delay      `key:"delay" doc:"How long the bank takes to answer; never: no answer comes, and the charge stays unpaid until it expires."`
	Hold     Gate       `key:"hold" doc:"The bank's answer waits at this gate until a test releases it."`
	Later    *Later     `key:"later" doc:"A truth that comes later and overrides the first end, such as a capture after the charge has expired."`
}

// BankOTP is the bank's part of a one-time password.
type BankOTP struct {
	Ask    *bool   `key:"ask" doc:"Whether one is asked for, whatever the setting otp_from says."`
	Refuse Refusal `key:"refuse" doc:"How many right passwords are refused all the same: a number, or all."`
}

// BankPIN is the bank's part of the PIN.
type BankPIN struct {
	Refuse Refusal `key:"refuse" doc:"How many PINs are refused as wrong: a number, or all. After the setting pin_tries the payment fails with code 75."`
}

// Later is a second end of a payment, which comes after the first: a move that Tap's table of moves does not know, or the
// end of a payment that is IN_PROGRESS.
type Later struct {
	At       Moment     `key:"at" doc:"When it becomes true. Required."`
	Result   KNETWord   `key:"result" doc:"As in bank."`
	Code     BankCode   `key:"code" doc:"As in bank."`
	Status   StatusWord `key:"status" doc:"As in bank."`
	Response TapCode    `key:"response" doc:"As in bank."`
	Hold     Gate       `key:"hold" doc:"It waits at this gate until a test releases it."`
}

// Adversary mixes other scenarios in, by chance.
type Adversary struct {
	Rates map[string]Rate `key:"rates" doc:"Scenarios, each with the part of all charges that it befalls, such as 20% or 0.2. Required."`
	InRow int             `key:"in_a_row" min:"1" max:"1000" doc:"At most so many charges in a row are befallen; the next one is left alone. Default: 2."`
}
