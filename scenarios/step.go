package scenarios

// Step is one thing that the merchant is told: it has either a webhook or a redirect.
type Step struct {
	Webhook  *Webhook  `key:"webhook" doc:"A webhook to post.url; never: none is sent."`
	Redirect *Redirect `key:"redirect" doc:"The payer's return to redirect.url; never: he does not come back."`
}

// Webhook is one webhook step. Its first attempt is the moment webhook#n for the n-th of the scenario.
type Webhook struct {
	Never    bool    // written as webhook: never
	At       Moment  `key:"at" doc:"When it is sent. Default: settled."`
	Copies   int     `key:"copies" min:"1" max:"50" doc:"How many are sent, one after the other. Default: 1."`
	Together bool    `key:"together" doc:"The copies are sent at the same instant: all are written up to the last byte, then the last bytes go out together."`
	Lie      Lie     `key:"lie" doc:"How the webhook is falsified. It counts for post.status only if nothing is."`
	Retries  Retries `key:"retries" doc:"Waits before further attempts, as the setting webhook_retries: 1s,5s or none."`
	Hold     Gate    `key:"hold" doc:"It waits at this gate until a test releases it."`
}

// Redirect is one return of the payer. The first one of a scenario lets go a person who stands at the page; further ones, and
// all of an automatic payer, are made by the mock.
type Redirect struct {
	Never    bool              // written as redirect: never
	At       Moment            `key:"at" doc:"When the payer returns. Default: as soon as webhook#1 has been answered."`
	Copies   int               `key:"copies" min:"1" max:"50" doc:"How often he opens the merchant's address. Default: 1."`
	Together bool              `key:"together" doc:"All copies at the same instant, as with an impatient double click."`
	TapID    TapID             `key:"tap_id" doc:"Which charge tap_id names: its own, another one of the account, one that is unknown, or none."`
	Add      map[string]string `key:"add" doc:"Parameters added to the address, such as status: CAPTURED."`
	Hold     Gate              `key:"hold" doc:"It waits at this gate until a test releases it."`
}

// Fault is something that goes wrong at the API or on the page.
type Fault struct {
	On     Operation  `key:"on" doc:"Which calls. Required."`
	Nth    int        `key:"nth" min:"1" max:"100000" doc:"Only this call, counted from 1: of this charge, or for create_charge of this order."`
	Calls  Calls      `key:"calls" doc:"Only these calls: 3, 1-2 or 4-."`
	Until  Moment     `key:"until" doc:"Only before this moment."`
	Commit *bool      `key:"commit" doc:"Whether the work is done before it goes wrong. Default: not, unless the right answer is needed: when it is only slow, half-body or content-type. For create_charge and page."`
	Delay  Duration   `key:"delay" doc:"The answer comes so much later."`
	Hold   Gate       `key:"hold" doc:"The answer waits at this gate until a test releases it."`
	Fault  *FaultKind `key:"fault" doc:"What is answered instead: reset, half-body, not-json, content-type, stale, or a mapping with a status."`
}

// FaultKind is what is answered instead of the right answer: a word, or an error of the API.
type FaultKind struct {
	Word       string   // reset, half-body, not-json, content-type or stale; "" for a status
	Status     int      `key:"status" min:"400" max:"599" doc:"HTTP status of the error."`
	Code       string   `key:"code" doc:"Tap's error code, four digits, such as 2101. Default: by the status."`
	RetryAfter Duration `key:"retry_after" doc:"Header Retry-After, in whole seconds."`
}
