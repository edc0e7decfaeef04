package control

// Operation is one call of the control API.
type Operation struct {
	Name     string // unique, such as AdvanceClock
	Method   string
	Path     string // behind [Prefix]; {name} may hold slashes
	About    string
	Query    []Parameter
	Request  any  // zero value of the JSON body's type; nil: none; "" is YAML text
	Response any  // likewise of the answer
	Server   bool // by the admin token also for the whole server, without naming an account
}

// Parameter is a parameter of a query.
type Parameter struct{ Name, About string }

// Operations lists every call of the control API.
func Operations() []Operation { return append([]Operation(nil), operations...) }

var operations = []Operation{
	{Name: "GetOpenAPI", Method: "GET", Path: "/openapi.json", About: "This description. Needs no key.", Response: map[string]any{}},

	{Name: "GetAccount", Method: "GET", Path: "/account", About: "What the account holds.", Response: Account{}},
	{Name: "ListAccounts", Method: "GET", Path: "/accounts", About: "All accounts. By the admin token only.", Response: Accounts{}, Server: true},
	{Name: "Reset", Method: "POST", Path: "/reset", About: "Takes the account back to where it was when its key was first used, and says what that has thrown away. Deliveries under way are awaited for the setting hold_bound and then cut off. By the admin token without an account: all accounts.", Response: Dropped{}, Server: true},

	{Name: "GetSettings", Method: "GET", Path: "/settings", About: "All settings of the account. By the admin token without an account: those of accounts to come.", Response: Settings{}, Server: true},
	{Name: "ChangeSettings", Method: "PATCH", Path: "/settings", About: "Changes settings, for charges to come; public_url too. All or none.", Request: Settings{}, Response: Settings{}, Server: true},

	{Name: "ListScenarios", Method: "GET", Path: "/scenarios", About: "The scenarios that the account's charges may follow.", Response: Scenarios{}},
	{Name: "PutScenarios", Method: "PUT", Path: "/scenarios", About: "Gives the account scenarios of its own, before those of the server: the text of a scenario file. The answer lists only these.", Request: "", Response: Scenarios{}},
	{Name: "DeleteScenarios", Method: "DELETE", Path: "/scenarios", About: "Takes the account's own scenarios away.", Response: Scenarios{}},
	{Name: "GetScenario", Method: "GET", Path: "/scenarios/{name}", About: "One scenario, or several joined by +, in YAML.", Response: ""},
	{Name: "SetDefault", Method: "PUT", Path: "/default", About: "Names the scenario of charges that no other is chosen for.", Request: Default{}, Response: Default{}},
	{Name: "ListNext", Method: "GET", Path: "/next", About: "The scenarios of the next charges.", Response: Queue{}},
	{Name: "QueueNext", Method: "POST", Path: "/next", About: "Puts a scenario into the queue: the next charge that names none itself follows it.", Request: Next{}, Response: Queue{}},
	{Name: "ClearNext", Method: "DELETE", Path: "/next", About: "Empties the queue.", Response: Queue{}},
	{Name: "GetRun", Method: "GET", Path: "/run", About: "What adversaries have played, as a scenario file that repeats it without chance.", Response: ""},

	{Name: "GetClock", Method: "GET", Path: "/clock", About: "The account's clock.", Response: Clock{}},
	{Name: "AdvanceClock", Method: "POST", Path: "/clock/advance", About: "Moves the clock on and runs all that falls due, strictly in order; answers when every delivery among it has been answered.", Request: Advance{}, Response: Moved{}},
	{Name: "FreezeClock", Method: "POST", Path: "/clock/freeze", About: "Stops the clock, at an instant or where it is. A later instant is advanced to; an earlier one only while nothing has happened.", Request: Freeze{}, Response: Moved{}},
	{Name: "ResumeClock", Method: "POST", Path: "/clock/resume", About: "Lets the clock run on from where it stands.", Response: Clock{}},
	{Name: "GetTimeline", Method: "GET", Path: "/timeline", About: "What is still to happen; with idle, once nothing runs or is due.", Response: Timeline{},
		Query: []Parameter{{"idle", "how long to wait until nothing runs or is due, such as 5s; at most 60s of real time, then it is an error"}}},

	{Name: "ListGates", Method: "GET", Path: "/gates", About: "The gates that steps of scenarios wait at.", Response: Gates{}},
	{Name: "HoldGate", Method: "POST", Path: "/gates/{name}/hold", About: "Shuts a gate again, also before anything has come to it.", Response: Gates{}},
	{Name: "ReleaseGate", Method: "POST", Path: "/gates/{name}/release", About: "Opens a gate, for all or for one charge; what waits there runs now.", Request: Release{}, Response: Released{}},

	{Name: "ListCharges", Method: "GET", Path: "/charges", About: "The account's charges, oldest first.", Response: Charges{},
		Query: []Parameter{{"status", "only with this status"}, {"order", "only with this reference.order"}, {"limit", "the latest so many; 100 without"}}},
	{Name: "GetStory", Method: "GET", Path: "/charges/{name}", About: "A charge with all that has happened to it and is still to happen.", Response: Story{}},
	{Name: "GetJournal", Method: "GET", Path: "/journal", About: "What happened, oldest first; with wait it waits for the first entry that is asked for. Entries that were dropped to stay within the limits are an error.", Response: Journal{},
		Query: []Parameter{{"after", "only entries with a larger seq"}, {"event", "only of this event"}, {"charge", "only of this charge"}, {"limit", "at most so many; 1000 without"}, {"wait", "how long to wait, such as 5s; at most 60s of real time"}}},
	{Name: "ListWebhooks", Method: "GET", Path: "/webhooks", About: "The attempts to tell the merchant, explained.", Response: Webhooks{},
		Query: []Parameter{{"charge", "only of this charge"}, {"after", "only with a larger seq"}, {"limit", "at most so many; 100 without"}}},
	{Name: "GetWebhook", Method: "GET", Path: "/webhooks/{name}", About: "One attempt, by the seq of its entry in the journal: the hashed string part by part, the merchant's answer, a curl that sends it again.", Response: Webhook{}},
	{Name: "FetchParcel", Method: "POST", Path: "/deliveries/fetch", About: "Takes the next delivery that a test process is to make, under the setting delivery=pull; id 0 is none.", Response: Parcel{},
		Query: []Parameter{{"wait", "how long to wait for one, such as 30s; at most 60s of real time"}}},
	{Name: "AnswerParcel", Method: "POST", Path: "/deliveries/{name}/answer", About: "Says how a delivery went that was fetched.", Request: ParcelAnswers{}, Response: Done{}},
	{Name: "ResendWebhook", Method: "POST", Path: "/webhooks/{name}/resend", About: "Sends the same bytes again, now, and answers when the merchant has.", Response: Webhook{}},
}
