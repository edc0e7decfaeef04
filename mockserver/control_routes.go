package mockserver

import (
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
)

// controlHandlers are the handlers of the control API, by the names of the operations.
var controlHandlers = map[string]func(*Server, *controlCall) (any, error){
	"GetAccount": ofAccount(getAccount), "ListAccounts": (*Server).listAccounts, "Reset": (*Server).reset,
	"BeginCheck": (*Server).beginCheck, "EndCheck": ofAccount(endCheck),
	"GetSettings": (*Server).getSettings, "ChangeSettings": (*Server).changeSettings,
	"ListScenarios": (*Server).listScenarios, "PutScenarios": (*Server).putScenarios, "DeleteScenarios": (*Server).deleteScenarios,
	"GetScenario": ofAccount(getScenario), "GetChaos": ofAccount(getChaos), "EndFaults": ofAccount(endFaults), "Examine": (*Server).examine, "GetDefaultScenario": ofAccount(getDefaultScenario),
	"SetDefaultScenario": ofAccount(setDefaultScenario), "DeleteDefaultScenario": ofAccount(deleteDefaultScenario),
	"ListNext": ofAccount(listNext), "QueueNext": (*Server).queueNext, "ClearNext": ofAccount(clearNext),
	"GetClock": ofAccount(getClock), "AdvanceClock": ofAccount(advanceClock), "FreezeClock": ofAccount(freezeClock),
	"ResumeClock": ofAccount(resumeClock), "GetTimeline": ofAccount(getTimeline),
	"HoldEffect": ofAccount(byHand((*gateway.Account).HoldEffect)), "ReleaseEffect": ofAccount(byHand((*gateway.Account).ReleaseEffect)), "RunEffect": ofAccount(byHand((*gateway.Account).RunEffect)), "EndCharge": ofAccount(endCharge),
	"ListGates": ofAccount(listGates), "HoldGate": ofAccount(holdGate), "ReleaseGate": ofAccount(releaseGate),
	"ListCharges": ofAccount(listControlCharges), "GetCharge": ofAccount(getControlCharge), "GetTrace": ofAccount(getTrace), "GetJournal": ofAccount(getJournal),
	"ListInvoices": ofAccount(listControlInvoices), "GetInvoice": ofAccount(getControlInvoice), "GetInvoiceTrace": ofAccount(getInvoiceTrace),
	"Seed":          ofAccount(seedAccount),
	"ListCustomers": ofAccount(listControlCustomers), "GetCustomer": ofAccount(getControlCustomer),
	"ListRefunds": ofAccount(listControlRefunds), "GetRefund": ofAccount(getControlRefund), "GetRefundTrace": ofAccount(getRefundTrace),
	"ListAuthorizations": ofAccount(listControlAuthorizations), "GetAuthorization": ofAccount(getControlAuthorization), "GetAuthorizationTrace": ofAccount(getAuthorizationTrace),
	"WatchEvents": (*Server).watchEvents,
	"ListCalls":   ofAccount(listKeptCalls), "GetCall": ofAccount(getKeptCall),
	"ListWebhooks": ofAccount(listWebhooks), "GetWebhook": ofAccount(getWebhook), "ResendWebhook": ofAccount(resendWebhook),
	"NextRelayTask": ofAccount(nextRelayTask), "LeaveRelay": ofAccount(leaveRelay), "FinishRelayTask": ofAccount(finishRelayTask),
}

// ofAccount makes a handler from a func that needs only the account.
func ofAccount(handle func(*controlCall) (any, error)) func(*Server, *controlCall) (any, error) {
	return func(_ *Server, c *controlCall) (any, error) { return handle(c) }
}

// controlRoutes are the routes of the control API, one for each operation.
func controlRoutes() []route {
	var all []route
	for _, op := range control.Operations() {
		handle := controlHandlers[op.Name]
		one := route{op.Method, strings.ReplaceAll(control.Prefix+op.Path, "{name}", "{name:.+}"), "Control" + op.Name, func(s *Server) http.Handler {
			return s.control(op, func(c *controlCall) (any, error) { return handle(s, c) })
		}}
		if op.Name == "GetOpenAPI" {
			one.handler = func(*Server) http.Handler { return http.HandlerFunc(describe) }
		}
		all = append(all, one)
	}
	return all
}
