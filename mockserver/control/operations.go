package control

// Operation documents one call of the control API.
type Operation struct {
	Name        string // unique, such as AdvanceClock
	Method      string
	Path        string // after [Prefix]; {name} may contain slashes
	Description string
	Query       []Parameter
	Request     any  // zero value of the type of the JSON body; nil: none; "": YAML text
	Response    any  // the same for the answer
	Server      bool // with the admin token and without an account it is about the whole server
}

// Parameter is a query parameter.
type Parameter struct{ Name, Description string }

// Operations lists every call of the control API.
func Operations() []Operation { return append([]Operation(nil), operations...) }

var operations = []Operation{
	{Name: "GetOpenAPI", Method: "GET", Path: "/openapi.json", Description: "This document. Needs no key.", Response: map[string]any{}},

	{Name: "GetAccount", Method: "GET", Path: "/account", Description: "The state of the account.", Response: Account{}},
	{Name: "ListAccounts", Method: "GET", Path: "/accounts", Description: "All accounts, the last used first. With the admin token only.", Response: accounts{}, Server: true},
	{Name: "Reset", Method: "POST", Path: "/reset", Description: "Returns the account to its initial state and reports what was dropped. It waits up to 3 s for deliveries under way, then aborts them. With the admin token and no account: all accounts.", Response: Dropped{}, Server: true},

	{Name: "BeginCheck", Method: "POST", Path: "/check", Description: "Gives the account to a check of a merchant until the client closes the connection, EndCheck is called or the account is reset; error 409 if another check has it. The answer is one line of JSON, and then does not end before the check. Afterwards settings, default scenarios and gates are as before, the queue is empty, and the clock is frozen or runs as before, from its current time.", Request: done{}, Response: begunCheck{}},
	{Name: "EndCheck", Method: "DELETE", Path: "/check", Description: "Ends the check that has the account, and returns its state when it is restored. It waits for deliveries under way, and aborts them after 6 s.", Response: Account{},
		Query: []Parameter{{"check", "only the check with this number, with which the answer of BeginCheck begins"}}},

	{Name: "GetSettings", Method: "GET", Path: "/settings", Description: "All settings of the account. With the admin token and no account: those of new accounts.", Response: settings{}, Server: true},
	{Name: "ChangeSettings", Method: "PATCH", Path: "/settings", Description: "Changes settings for new charges, all or none. Values are text, booleans or numbers; null returns to the inherited value.", Request: settings{}, Response: settings{}, Server: true},

	{Name: "ListScenarios", Method: "GET", Path: "/scenarios", Description: "The scenarios that charges of the account can follow.", Response: Scenarios{}},
	{Name: "PutScenarios", Method: "PUT", Path: "/scenarios", Description: "Replaces the account's own scenarios, which precede those of the server, by a scenario file. The answer is that of ListScenarios.", Request: "", Response: Scenarios{}},
	{Name: "DeleteScenarios", Method: "DELETE", Path: "/scenarios", Description: "Removes the account's own scenarios. The answer is that of ListScenarios.", Response: Scenarios{}},
	{Name: "GetScenario", Method: "GET", Path: "/scenarios/{name}", Description: "One scenario, or several joined by +, in YAML.", Response: ""},
	{Name: "GetDefaultScenario", Method: "GET", Path: "/default-scenario", Description: "The scenario of charges for which none is chosen: the account's, else the server's; empty if there is none.", Response: defaultScenario{}},
	{Name: "SetDefaultScenario", Method: "PUT", Path: "/default-scenario", Description: "Sets the scenario of charges for which none is chosen, or of refunds or authorizations if it is one for them.", Request: defaultScenario{}, Response: defaultScenario{}},
	{Name: "DeleteDefaultScenario", Method: "DELETE", Path: "/default-scenario", Description: "Removes the account's default scenarios; those of the server apply again.", Response: defaultScenario{}},
	{Name: "ListNext", Method: "GET", Path: "/next", Description: "The scenarios of the next charges.", Response: queue{}},
	{Name: "QueueNext", Method: "POST", Path: "/next", Description: "Queues a scenario: the next charge that does not choose one itself follows it, or the next refund or authorization if it is one for them.", Request: next{}, Response: queue{}},
	{Name: "ClearNext", Method: "DELETE", Path: "/next", Description: "Empties the queue.", Response: queue{}},
	{Name: "GetChaos", Method: "GET", Path: "/chaos", Description: "What chaos scenarios have injected, as a scenario file that injects the same without randomness.", Response: ""},

	{Name: "EndFaults", Method: "DELETE", Path: "/faults", Description: "Ends the faults of the scenarios of all objects that exist now: later calls about them are answered as without these. Objects that are created afterwards have those of their scenarios.", Response: done{}},

	{Name: "GetClock", Method: "GET", Path: "/clock", Description: "The account's clock.", Response: Clock{}},
	{Name: "AdvanceClock", Method: "POST", Path: "/clock/advance", Description: "Advances the clock and runs everything that becomes due, strictly in order. Returns when every delivery has ended.", Request: advance{}, Response: Moved{}},
	{Name: "FreezeClock", Method: "POST", Path: "/clock/freeze", Description: "Freezes the clock at an instant, or at its current time. The clock advances to a later instant; an earlier one is possible only while the account is empty.", Request: freeze{}, Response: Moved{}},
	{Name: "ResumeClock", Method: "POST", Path: "/clock/resume", Description: "Makes a frozen clock run again.", Response: Clock{}},
	{Name: "GetTimeline", Method: "GET", Path: "/timeline", Description: "What is scheduled. With idle it waits until nothing runs or is due.", Response: Timeline{},
		Query: []Parameter{{"idle", "how long to wait until nothing runs or is due, such as 5s; at most 60s of real time, then it is an error"}}},

	{Name: "HoldEffect", Method: "POST", Path: "/timeline/{id}/hold", Description: "Holds a scheduled effect back until it is released or run, also when it is due. The id is in the timeline.", Response: done{}},
	{Name: "ReleaseEffect", Method: "POST", Path: "/timeline/{id}/release", Description: "Lets an effect that was held back, or that waits at a gate, run when it is due, or now if that has passed.", Response: done{}},
	{Name: "RunEffect", Method: "POST", Path: "/timeline/{id}/run", Description: "Runs a scheduled effect now, past its gate, also on a frozen clock. The clock does not move.", Response: done{}},

	{Name: "ListGates", Method: "GET", Path: "/gates", Description: "The gates at which steps of scenarios wait.", Response: gates{}},
	{Name: "HoldGate", Method: "POST", Path: "/gates/{name}/hold", Description: "Closes a gate, also before any effect has reached it. A gate that no charge and no scenario of the account has is an error.", Response: gates{}},
	{Name: "ReleaseGate", Method: "POST", Path: "/gates/{name}/release", Description: "Opens a gate for one payment object or for all. The effects that wait there run now.", Request: release{}, Response: released{}},

	{Name: "ListCharges", Method: "GET", Path: "/charges", Description: "The account's charges, the latest first.", Response: Charges{},
		Query: []Parameter{{"status", "only with this status"}, {"order", "only with this reference.order"}, {"limit", "at most this many, up to 10000; default 100"}, {"starting_after", "only charges before the one with this id"}}},
	{Name: "GetCharge", Method: "GET", Path: "/charges/{id}", Description: "One charge.", Response: Charge{}},
	{Name: "EndCharge", Method: "POST", Path: "/charges/{id}/end", Description: "Ends an open charge at once with an outcome, as the panel of the payment page does; the payer is sent back when they next request the page. Needs the setting page_outcome_panel and KWD.", Request: end{}, Response: Charge{}},
	{Name: "GetTrace", Method: "GET", Path: "/charges/{id}/trace", Description: "One charge with all its journal entries and scheduled effects, also as text.", Response: Trace{}},
	{Name: "ListAuthorizations", Method: "GET", Path: "/authorizations", Description: "The account's authorizations, the latest first.", Response: Authorizations{},
		Query: []Parameter{{"limit", "at most this many, up to 10000; default 100"}}},
	{Name: "GetAuthorization", Method: "GET", Path: "/authorizations/{id}", Description: "One authorization.", Response: Authorization{}},
	{Name: "GetAuthorizationTrace", Method: "GET", Path: "/authorizations/{id}/trace", Description: "One authorization with all its journal entries and scheduled effects, also as text.", Response: AuthorizationTrace{}},
	{Name: "ListRefunds", Method: "GET", Path: "/refunds", Description: "The account's refunds, the latest first.", Response: Refunds{},
		Query: []Parameter{{"charge", "only of the charge with this id"}, {"limit", "at most this many, up to 10000; default 100"}}},
	{Name: "GetRefund", Method: "GET", Path: "/refunds/{id}", Description: "One refund.", Response: Refund{}},
	{Name: "GetRefundTrace", Method: "GET", Path: "/refunds/{id}/trace", Description: "One refund with all its journal entries and scheduled effects, also as text.", Response: RefundTrace{}},
	{Name: "Seed", Method: "POST", Path: "/seed", Description: "Makes up a history for the account, which must have no charges: charges with the outcomes of live data, refunds and customers, until now. The journal gets one entry.", Request: History{}, Response: Seeded{}},
	{Name: "ListCustomers", Method: "GET", Path: "/customers", Description: "The account's customers, the latest first, with the cards that they have saved for KFAST.", Response: Customers{},
		Query: []Parameter{{"limit", "at most this many, up to 10000; default 100"}}},
	{Name: "GetCustomer", Method: "GET", Path: "/customers/{id}", Description: "One customer.", Response: Customer{}},
	{Name: "ListInvoices", Method: "GET", Path: "/invoices", Description: "The account's invoices, the latest first, with their links and the messages that Tap would send.", Response: Invoices{},
		Query: []Parameter{{"limit", "at most this many, up to 10000; default 100"}}},
	{Name: "GetInvoice", Method: "GET", Path: "/invoices/{id}", Description: "One invoice.", Response: Invoice{}},
	{Name: "GetInvoiceTrace", Method: "GET", Path: "/invoices/{id}/trace", Description: "One invoice with all its journal entries and scheduled effects, also as text.", Response: InvoiceTrace{}},
	{Name: "GetJournal", Method: "GET", Path: "/journal", Description: "Entries of the journal, the latest first; with after or wait the oldest first. An entry that was evicted to stay within the limits is an error.", Response: Journal{},
		Query: []Parameter{{"after", "only entries with a larger seq, oldest first"}, {"before", "only entries with a smaller seq"}, {"event", "only this event"}, {"object", "only entries of the object with this id"}, {"limit", "at most this many, up to 10000; default 1000"}, {"wait", "how long to wait for the first entry, such as 5s; at most 60s of real time"}}},
	{Name: "WatchEvents", Method: "GET", Path: "/events", Description: "The journal as server-sent events, from now on: first the event begin, then each new entry as a message. After the account was reset comes the event reset, and if entries were evicted before they could be sent the event evicted. A client that connects again sends the id of its last event as the header Last-Event-ID, and gets what came since. At most 100 streams of a server.", Response: EventStream(""),
		Query: []Parameter{{"after", "only entries after the event with this id, as Last-Event-ID, which precedes it; 0: from the oldest entry that is kept"}, {"event", "only this event"}, {"object", "only entries of the object with this id"}, {"count", "end after this many entries; default: never"}}},
	{Name: "ListCalls", Method: "GET", Path: "/calls", Description: "What the merchant's system really sent: the latest calls of the API with headers and bodies, and their answers, the latest first. Of a body 64 KB are kept; how many calls were dropped is said.", Response: Calls{},
		Query: []Parameter{{"object", "only of the object with this id"}, {"limit", "at most this many, up to 1000; default 100"}, {"starting_after", "only calls before the one with this id"}}},
	{Name: "GetCall", Method: "GET", Path: "/calls/{id}", Description: "One call of the API by its id, such as call_12.", Response: Call{}},
	{Name: "ListWebhooks", Method: "GET", Path: "/webhooks", Description: "Webhook deliveries with their attempts explained, the latest first. If deliveries of the page were evicted to stay within the limits, it is an error.", Response: Webhooks{},
		Query: []Parameter{{"object", "only of the object with this id"}, {"limit", "at most this many, up to 1000; default 100"}, {"starting_after", "only deliveries before the one with this id"}}},
	{Name: "GetWebhook", Method: "GET", Path: "/webhooks/{id}", Description: "One webhook delivery by its id: for each attempt the hashed string part by part, the merchant's response, and a curl command that sends it again.", Response: Webhook{}},
	{Name: "ResendWebhook", Method: "POST", Path: "/webhooks/{id}/resend", Description: "Sends the bytes of the delivery's last attempt again, now, as a new delivery. With signature both headers have that text, and the delivery is marked forged. Returns it when the merchant has responded.", Request: resend{}, Response: Webhook{}},
	{Name: "Examine", Method: "POST", Path: "/doctor", Description: "Finds out whether webhooks of the mock can reach an address: resolves the name, connects, shakes hands, and sends one HEAD request, which no merchant can take for a webhook. Says at which step it fails, and what to do.", Request: examine{}, Response: Examination{}},
	{Name: "NextRelayTask", Method: "POST", Path: "/relay/next", Description: "Takes the next call that a relay must make to the merchant, under the setting delivery=relay; id 0 is none.", Response: RelayTask{},
		Query: []Parameter{{"wait", "how long to wait for a task, such as 30s; at most 60s of real time"},
			{"reader", "name of a reader, which alone gets the tasks from then on, in their order; an error 409 if there is another one"}, {"after", "with reader: id of the last task that it has received; a later one whose answer was lost comes again"}}},
	{Name: "LeaveRelay", Method: "DELETE", Path: "/relay/reader", Description: "Ends a reader of relay tasks, so that another one can begin at once.", Response: done{},
		Query: []Parameter{{"reader", "its name"}}},
	{Name: "FinishRelayTask", Method: "POST", Path: "/relay/{id}/result", Description: "Reports the result of a relay task.", Request: relayResult{}, Response: done{}},
}
