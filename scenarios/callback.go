package scenarios

// Callback is one step of a scenario's callbacks: a webhook or a return of the payer, exactly one of the two.
//
// With N it changes the N-th inherited webhook or return step (from 1) instead of adding one: what it sets overrides, the rest
// stays. In a file its key is then webhook#N or return#N.
type Callback struct {
	N       int
	Webhook *Webhook `key:"webhook" numbered:"true" doc:"A webhook to post.url; never: none is sent."`
	Return  *Return  `key:"return" numbered:"true" doc:"A return of the payer to redirect.url; never: the payer does not come back."`
}

// Webhook is one webhook step. The n-th one of a scenario is webhook#n; that moment comes when the merchant has responded to its first
// attempt, or the attempt has failed.
type Webhook struct {
	Never      bool    // written as webhook: never
	At         Moment  `key:"at" doc:"When it is sent. Default: settled."`
	Copies     int     `key:"copies" min:"1" max:"50" doc:"Number of copies, sent one after the other. Default: 1."`
	Concurrent *bool   `key:"concurrent" doc:"Send the copies concurrently: all are written up to the last byte, then the last bytes are sent together."`
	Forge      Forgery `key:"forge" doc:"How the webhook is forged. A forged webhook does not change post.status."`
	Replay     *bool   `key:"replay" doc:"Send the last genuine webhook again, byte for byte. A replay does not change post.status."`
	Retries    Retries `key:"retries" doc:"Waits before further attempts: 1s,5s or none. Default: the setting webhook_retries."`
	Gate       Gate    `key:"gate" doc:"It waits at this gate until a test releases it."`
}

// Genuine reports whether the webhook is neither forged nor a replay, so that it counts for post.status.
func (w *Webhook) Genuine() bool { return w.Forge == "" && !w.IsReplay() }

// IsReplay reports whether the webhook repeats an earlier one.
func (w *Webhook) IsReplay() bool { return isTrue(w.Replay) }

// IsConcurrent reports whether the copies are sent concurrently.
func (w *Webhook) IsConcurrent() bool { return isTrue(w.Concurrent) }

func isTrue(b *bool) bool { return b != nil && *b }

// Return is one return of the payer. The first one of a scenario is the redirect of the person at the page, if there is one; the
// mock makes all others, and all returns of an automatic payer.
type Return struct {
	Never      bool              // written as return: never
	At         Moment            `key:"at" doc:"When the payer returns. Default: after the first attempt of the first webhook at settled without a gate, else settled."`
	Copies     int               `key:"copies" min:"1" max:"50" doc:"How often the merchant's address is opened. Default: 1."`
	Concurrent *bool             `key:"concurrent" doc:"Open it concurrently, as after an impatient double click."`
	TapID      TapID             `key:"tap_id" doc:"Which charge tap_id names: own, another one of the account, unknown, or none."`
	Query      map[string]string `key:"query" doc:"Parameters added to the query of the address, such as status: CAPTURED."`
	Gate       Gate              `key:"gate" doc:"It waits at this gate until a test releases it."`
}

// IsConcurrent reports whether the merchant's address is opened concurrently.
func (r *Return) IsConcurrent() bool { return isTrue(r.Concurrent) }

// Fault is a fault that is injected into calls of the API or of the payment page.
type Fault struct {
	On     Operation  `key:"on" doc:"Operation. Required."`
	Calls  Calls      `key:"calls" doc:"Only these calls of the operation for one order or one charge, counted from 1: 3, 1-2 or 4-. Default: all."`
	Before Moment     `key:"before" doc:"The fault ends at this moment."`
	Commit *bool      `key:"commit" doc:"Whether the operation takes effect before the fault. Default: false, unless the fault needs the correct answer: a delay or gate without a fault, half-body or content-type. For the operations of the page, and for create and update."`
	Delay  Duration   `key:"delay" doc:"Delay of the answer."`
	Gate   Gate       `key:"gate" doc:"The answer waits at this gate until a test releases it."`
	Fault  *FaultKind `key:"fault" doc:"What is answered instead: reset, half-body, not-json, content-type, stale, another-amount, another-currency, another-order, or a mapping with a status."`
}

// FaultKind is what is answered instead of the correct answer: a word, or an error of the API.
type FaultKind struct {
	Word       string   // such as reset or stale; "" for a status
	Status     int      `key:"status" min:"400" max:"599" doc:"HTTP status of the error."`
	Code       string   `key:"code" doc:"Tap's error code, four digits, such as 2101. Default: by the status."`
	RetryAfter Duration `key:"retry_after" doc:"Header Retry-After, in whole seconds."`
}
