package control

import "time"

// Prefix is where the control API begins.
const Prefix = "/_tapmock/v1"

// AccountHeader names the account of a call that is authorised by the admin token: its secret key, or its name.
const AccountHeader = "X-Tapmock-Account"

// Error is what every failed call is answered with, and what the client returns for it.
type Error struct {
	Status  int    `json:"-"`       // HTTP status
	Code    string `json:"code"`    // unauthorized, bad_request, not_found, busy, backwards, dropped, too_large, full or internal
	Message string `json:"message"` // what is wrong, where, and what to do
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

// ErrorAnswer is the body of a failed call.
type ErrorAnswer struct {
	Error Error `json:"error"`
}

// Account is what an account holds.
type Account struct {
	Name     string    `json:"name"`     // in logs and lists, instead of the key
	Charges  int       `json:"charges"`  // kept now
	Evicted  int       `json:"evicted"`  // dropped to stay within the limits
	Journal  uint64    `json:"journal"`  // number of the journal's last entry
	Dropped  uint64    `json:"dropped"`  // entries of the journal that were dropped
	Pending  int       `json:"pending"`  // on the timeline
	Now      time.Time `json:"now"`      // on its clock
	Frozen   bool      `json:"frozen"`   // whether the clock stands
	Default  string    `json:"default"`  // scenario of charges that no other is chosen for; "" is none
	Queue    []string  `json:"queue"`    // scenarios of the next charges
	InFlight []string  `json:"inFlight"` // deliveries under way
	Findings int       `json:"findings"` // entries of the journal that are to fail a test: assumption, unknown_request
}

// Accounts are all accounts of a server.
type Accounts struct {
	Accounts []Account `json:"accounts"`
}

// Settings are settings by their keys, each value as -set takes it.
type Settings struct {
	Settings map[string]string `json:"settings"`
}

// ScenarioInfo is one scenario in a list.
type ScenarioInfo struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// Scenarios are the scenarios that an account's charges may follow, in the order in which they are tried.
type Scenarios struct {
	Own     []ScenarioInfo `json:"own"`     // the account's
	Server  []ScenarioInfo `json:"server"`  // the server's files
	Library []ScenarioInfo `json:"library"` // that come with the program
	Default string         `json:"default"` // of charges that no other is chosen for; "" is none
}

// Next names the scenario of the next charge: a name, or several joined by +; or one in YAML.
type Next struct {
	Scenario string `json:"scenario,omitempty"`
	YAML     string `json:"yaml,omitempty"` // a scenario file; its first scenario is taken
}

// Queue are the scenarios of the next charges.
type Queue struct {
	Queue []string `json:"queue"`
}

// Default names the scenario of charges that no other is chosen for; "" is none.
type Default struct {
	Scenario string `json:"scenario"`
}

// Clock is an account's clock.
type Clock struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

// Advance says how far a clock is to be moved on.
type Advance struct {
	By string `json:"by"` // such as 90s, 72h or 3d
}

// Freeze says at which instant a clock is to stand; without one it stands where it is.
type Freeze struct {
	At *time.Time `json:"at,omitempty"`
}

// Moved says what moving a clock has done.
type Moved struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
	Ran    int       `json:"ran"`  // effects
	Held   []string  `json:"held"` // gates at which something that fell due waits
}

// Effect is something that is still to happen.
type Effect struct {
	Text    string    `json:"text"`
	Kind    string    `json:"kind"` // expire, settle, correct, webhook, return, act or answer
	Charge  string    `json:"charge,omitempty"`
	Due     time.Time `json:"due"`
	Attempt int       `json:"attempt,omitempty"`
	Gate    string    `json:"gate,omitempty"`
}

// Timeline is what is still to happen to an account, in order.
type Timeline struct {
	Now     time.Time `json:"now"`
	Effects []Effect  `json:"effects"`
	Held    []Effect  `json:"held"` // due, and waiting at gates
}

// Gate is a name at which steps of scenarios wait until it is released.
type Gate struct {
	Name    string   `json:"name"`
	Open    bool     `json:"open"`
	Waiting []Effect `json:"waiting"`
}

// Gates are the gates that an account knows.
type Gates struct {
	Gates []Gate `json:"gates"`
}

// Release says for which charge a gate is to be opened; without one it is opened for all.
type Release struct {
	Charge string `json:"charge,omitempty"`
}

// Released says how many effects waited at a gate.
type Released struct {
	Released int `json:"released"`
}

// Charge is a charge as the mock sees it.
type Charge struct {
	ID       string    `json:"id"`
	Status   string    `json:"status"`
	Code     string    `json:"code"`    // of response
	Message  string    `json:"message"` // of response
	Amount   string    `json:"amount"`  // with the currency's decimals
	Currency string    `json:"currency"`
	Order    string    `json:"order,omitempty"`    // reference.order
	Scenario string    `json:"scenario,omitempty"` // that is played
	Created  time.Time `json:"created"`
	Page     string    `json:"page,omitempty"` // the screen the payer has got to: choice, entry or confirm
	PageURL  string    `json:"pageURL"`        // of the payment page
	Post     string    `json:"post"`           // post.status
	Redirect string    `json:"redirect"`       // redirect.status
	PostURL  string    `json:"postURL,omitempty"`
	GETs     int       `json:"gets"` // how often the merchant has asked for it
}

// Charges are some of an account's charges, oldest first.
type Charges struct {
	Charges []Charge `json:"charges"`
	Evicted int      `json:"evicted"` // dropped to stay within the limits, and in no list
}

// Story is one charge with all that has happened to it and is still to happen.
type Story struct {
	Charge  Charge   `json:"charge"`
	Entries []Entry  `json:"entries"`
	Pending []Effect `json:"pending"`
	Text    string   `json:"text"` // the same as lines that a person can read
}

// Entry is one thing that happened to an account.
type Entry struct {
	Seq    uint64    `json:"seq"`             // from 1, without gaps
	Cause  uint64    `json:"cause,omitempty"` // seq of the entry that led to it
	At     time.Time `json:"at"`              // on the account's clock
	Event  string    `json:"event"`
	Charge string    `json:"charge,omitempty"`
	Detail string    `json:"detail,omitempty"`
	Answer *Answer   `json:"answer,omitempty"` // the merchant's, to a webhook or to the payer's return
}

// Answer is a merchant's answer, or why there was none.
type Answer struct {
	Status int     `json:"status,omitempty"` // HTTP
	Fault  string  `json:"fault,omitempty"`  // timeout, refused, …
	Remedy string  `json:"remedy,omitempty"`
	Body   string  `json:"body,omitempty"` // its beginning
	TookMS float64 `json:"tookMS"`         // real time
}

// Journal is what happened to an account, oldest first.
type Journal struct {
	Entries []Entry `json:"entries"`
	Last    uint64  `json:"last"` // seq of the journal's last entry: ask for what comes after it
}

// Question asks for entries of a journal.
type Question struct {
	After  uint64        // only later entries
	Event  string        // only of this event
	Charge string        // only of this charge
	Limit  int           // at most so many, the oldest; 0: 1,000
	Wait   time.Duration // how long to wait for the first; at most a minute of real time
}

// Webhook is one attempt to tell the merchant, explained.
type Webhook struct {
	Seq        uint64            `json:"seq"` // of its entry in the journal
	At         time.Time         `json:"at"`
	Charge     string            `json:"charge"`
	Attempt    int               `json:"attempt"`
	Lie        string            `json:"lie,omitempty"` // how it was falsified
	URL        string            `json:"url"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`       // as sent
	Parts      []Part            `json:"parts"`      // of the hashed string
	Hashed     string            `json:"hashed"`     // the string behind hashstring
	HashString string            `json:"hashstring"` // as sent
	Hash       string            `json:"hash"`       // as sent
	Answer     Answer            `json:"answer"`
	Curl       string            `json:"curl"` // a command that sends it again
}

// Part is one labelled value of the hashed string.
type Part struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Webhooks are attempts to tell the merchant, oldest first.
type Webhooks struct {
	Webhooks []Webhook `json:"webhooks"`
}

// Parcel is something that a test process is to send to the merchant, under the setting delivery=pull. Without a URL and a visit there is none.
type Parcel struct {
	ID        uint64 `json:"id"`
	Visit     string `json:"visit,omitempty"` // address to be opened, as the payer's browser does
	URL       string `json:"url,omitempty"`   // of a webhook
	Key       string `json:"key,omitempty"`   // that signs
	Body      string `json:"body,omitempty"`
	Parts     []Part `json:"parts,omitempty"` // of the hashed string
	Format    string `json:"format,omitempty"`
	Sent      string `json:"sent,omitempty"` // instead of the body, if it was changed after signing
	Unsigned  bool   `json:"unsigned,omitempty"`
	UpperHex  bool   `json:"upperHex,omitempty"`
	Copies    int    `json:"copies"`
	Together  bool   `json:"together,omitempty"` // all copies at the same instant
	TimeoutMS int64  `json:"timeoutMS"`
}

// ParcelAnswers say how a parcel went, one for each copy.
type ParcelAnswers struct {
	Answers []Answer `json:"answers"`
}

// Done is the answer of a call that has nothing to say.
type Done struct{}

// Dropped says what a reset has thrown away.
type Dropped struct {
	Charges  int      `json:"charges"`
	Entries  int      `json:"entries"`  // of the journal
	Pending  []Effect `json:"pending"`  // what was still to happen
	InFlight []string `json:"inFlight"` // deliveries that were under way
	CutOff   bool     `json:"cutOff"`   // whether those were cut off
	Queue    []string `json:"queue"`    // scenarios that waited for a charge
	Accounts int      `json:"accounts"` // that were reset; more than one only by the admin token
}
