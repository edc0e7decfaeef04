package mockserver

import (
	"net/http"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/inspector"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// route is one route of the mock. Its handler is made for each server.
type route struct {
	methods, path, name string
	handler             func(*Server) http.Handler
}

// routes are all routes of the mock except those of the control API.
var routes = []route{
	{"POST", "/v2/charges", "CreateCharge", api(tap.KindCharge, (*Server).createPayment)},
	{"GET HEAD", "/v2/charges", "GetChargeWithoutID", api(tap.KindCharge, (*Server).noChargeID)},
	{"POST", "/v2/charges/list", "ListCharges", api(tap.KindCharge, (*Server).listCharges)},
	{"POST", "/v2/charges/download", "DownloadCharges", api(tap.KindCharge, (*Server).downloadCharges)},
	{"GET HEAD", "/v2/charges/{id}", "GetCharge", api(tap.KindCharge, (*Server).getCharge)},
	{"PUT", "/v2/charges/{id}", "UpdateCharge", api(tap.KindCharge, (*Server).updateCharge)},
	{"POST", "/v2/refunds", "CreateRefund", api(tap.KindRefund, (*Server).createRefund)},
	{"GET HEAD", "/v2/refunds", "GetRefundWithoutID", api(tap.KindRefund, (*Server).noRefundID)},
	{"POST", "/v2/refunds/list", "ListRefunds", api(tap.KindRefund, faulty(scenarios.ListRefunds, (*Server).listRefunds))},
	{"POST", "/v2/refunds/download", "DownloadRefunds", api(tap.KindRefund, (*Server).downloadRefunds)},
	{"GET HEAD", "/v2/refunds/{id}", "GetRefund", api(tap.KindRefund, (*Server).getRefund)},
	{"PUT", "/v2/refunds/{id}", "UpdateRefund", api(tap.KindRefund, (*Server).updateRefund)},
	{"POST", "/v2/authorize", "CreateAuthorization", api(tap.KindAuthorization, (*Server).createPayment)},
	{"GET HEAD", "/v2/authorize", "GetAuthorizationWithoutID", api(tap.KindAuthorization, (*Server).noAuthorizationID)},
	{"POST", "/v2/authorize/list", "ListAuthorizations", api(tap.KindAuthorization, faulty(scenarios.ListAuthorizations, (*Server).listAuthorizations))},
	{"POST", "/v2/authorize/download", "DownloadAuthorizations", api(tap.KindAuthorization, (*Server).downloadAuthorizations)},
	{"GET HEAD", "/v2/authorize/{id}", "GetAuthorization", api(tap.KindAuthorization, (*Server).getAuthorization)},
	{"PUT", "/v2/authorize/{id}", "UpdateAuthorization", api(tap.KindAuthorization, (*Server).updateAuthorization)},
	{"POST", "/v2/authorize/{id}/void", "VoidAuthorization", api(tap.KindAuthorization, (*Server).voidAuthorization)},

	{"POST", "/v2/customers", "CreateCustomer", api(tap.KindCustomer, faulty(scenarios.CreateCustomer, (*Server).createCustomer))},
	{"GET HEAD", "/v2/customers", "GetCustomerWithoutID", api(tap.KindCustomer, (*Server).noCustomerID)},
	{"POST GET HEAD", "/v2/customers/list", "ListCustomers", api(tap.KindCustomer, faulty(scenarios.ListCustomers, (*Server).listCustomers))},
	{"GET HEAD", "/v2/customers/{id}", "GetCustomer", api(tap.KindCustomer, faulty(scenarios.GetCustomer, (*Server).getCustomer))},
	{"PUT", "/v2/customers/{id}", "UpdateCustomer", api(tap.KindCustomer, faulty(scenarios.UpdateCustomer, (*Server).updateCustomer))},
	{"DELETE", "/v2/customers/{id}", "DeleteCustomer", api(tap.KindCustomer, faulty(scenarios.DeleteCustomer, (*Server).deleteCustomer))},
	{"POST", "/v2/card/verify", "VerifyCard", api("", (*Server).verifyCard)},
	{"GET HEAD", "/v2/card/verify/{id}", "GetVerification", api("", (*Server).getVerification)},
	{"GET HEAD", "/v2/card/{customer}", "ListCards", api("", (*Server).listCards)},
	{"GET HEAD", "/v2/card/{customer}/{id}", "GetCard", api("", (*Server).getCard)},
	{"DELETE", "/v2/card/{customer}/{id}", "DeleteCard", api("", (*Server).deleteCard)},
	{"POST", "/v2/tokens", "CreateToken", api(tap.KindToken, faulty(scenarios.CreateToken, (*Server).createToken))},
	{"GET HEAD", "/v2/tokens/{id}", "GetToken", api(tap.KindToken, (*Server).getToken)},
	{"POST", "/v2/invoices", "CreateInvoice", api(tap.KindInvoice, ofInvoices((*Server).createInvoice))},
	{"POST", "/v2/invoices/list", "ListInvoices", api(tap.KindInvoice, ofInvoices(faulty(scenarios.ListInvoices, (*Server).listInvoices)))},
	{"GET HEAD", "/v2/invoices/{id}", "GetInvoice", api(tap.KindInvoice, ofInvoices((*Server).getInvoice))},
	{"PUT", "/v2/invoices/{id}", "UpdateInvoice", api(tap.KindInvoice, ofInvoices((*Server).updateInvoice))},
	{"DELETE", "/v2/invoices/{id}", "CancelInvoice", api(tap.KindInvoice, ofInvoices(moveInvoice((*gateway.Account).CancelInvoice)))},
	{"POST", "/v2/invoices/{id}/finalize", "FinalizeInvoice", api(tap.KindInvoice, ofInvoices(moveInvoice((*gateway.Account).FinalizeInvoice)))},
	{"POST", "/v2/invoices/{id}/remind", "RemindInvoice", api(tap.KindInvoice, ofInvoices(moveInvoice((*gateway.Account).RemindInvoice)))},
	{"POST", "/v2/payouts/list", "ListPayouts", api("", faulty(scenarios.ListPayouts, (*Server).listPayouts))},
	{"GET HEAD", "/v2/bin", "GetBINWithoutID", api("", (*Server).getBIN)},
	{"GET HEAD", "/v2/bin/{id}", "GetBIN", api("", (*Server).getBIN)},

	{"GET", "/{generation:gosell|test_gosell}/v2/payment/tap_process.aspx", "PageLink", page((*fakepage.Pages).Link)},
	{"POST", "/{generation:gosell|test_gosell}/v2/payment/tap_process.aspx", "PageChoice", page((*fakepage.Pages).Choose)},
	{"GET", "/kpay/kpg/paymentpage.htm", "KNETPage", page((*fakepage.Pages).KNET)},
	{"POST", "/kpay/kpg/paymentrouter.htm", "KNETForm", page((*fakepage.Pages).Router)},
	{"GET", "/kpay/kpg/paymentrouter.htm", "KNETFormWithoutFields", page((*fakepage.Pages).KNET)},
	{"POST", "/kpay/kpg/outcome.htm", "KNETOutcome", page((*fakepage.Pages).Outcome)},
	{"GET HEAD", "/kpay/kpg/assets/{name}", "PageAsset", func(s *Server) http.Handler { return s.pages.Asset() }},
	{"GET HEAD", "/invoice/{id}", "InvoicePage", (*Server).invoicePage},
	{"POST", "/invoice/{id}", "InvoicePayment", (*Server).invoicePayment},
	{"GET HEAD", "/invoice/{id}/return", "InvoiceReturn", (*Server).invoiceReturn},
	{"GET HEAD", "/ui/shop", "Shop", exampleShop},
	{"GET HEAD POST", "/ui/shop/orders", "ShopOrder", exampleShop},
	{"GET HEAD", "/ui/shop/return", "ShopReturn", exampleShop},
	{"GET HEAD", "/ui/shop/assets/{name}", "ShopAsset", exampleShop},
	{"GET HEAD", "/", "StartPage", (*Server).start},

	{"GET HEAD", "/ui/assets/{name}", "HomeAsset", ui((*inspector.Pages).Asset)},
	{"GET HEAD", "/ui/payments/{id}", "HomePayment", ui((*inspector.Pages).Trace)},
	{"GET HEAD", "/ui/authorizations/{id}", "HomeAuthorization", ui((*inspector.Pages).Trace)},
	{"GET HEAD", "/ui/refunds/{id}", "HomeRefund", ui((*inspector.Pages).Trace)},
	{"GET HEAD", "/ui/invoices/{id}", "HomeInvoice", ui((*inspector.Pages).Trace)},
	{"GET HEAD", "/ui/webhooks/{id}", "HomeWebhook", ui((*inspector.Pages).Webhook)},
	{"GET HEAD", "/ui/authorizations", "HomeAuthorizations", ui((*inspector.Pages).Authorizations)},
	{"GET HEAD", "/ui/refunds", "HomeRefunds", ui((*inspector.Pages).Refunds)},
	{"GET HEAD", "/ui/customers", "HomeCustomers", ui((*inspector.Pages).Customers)},
	{"GET HEAD", "/ui/invoices", "HomeInvoices", ui((*inspector.Pages).Invoices)},
	{"GET HEAD", "/ui/findings", "HomeFindings", ui((*inspector.Pages).Findings)},
	{"GET HEAD", "/ui/timeline", "HomeTimeline", ui((*inspector.Pages).Timeline)},
	{"GET HEAD", "/ui/scenarios", "HomeScenarios", ui((*inspector.Pages).Scenarios)},
	{"GET HEAD", "/ui/settings", "HomeSettings", ui((*inspector.Pages).Settings)},
	{"GET HEAD", "/ui/diff", "HomeDiff", ui((*inspector.Pages).Diff)},
	{"GET HEAD", "/ui/payments/{id}/{copy:scenario|test}", "HomeCopy", ui((*inspector.Pages).Copy)},
	{"GET HEAD", "/ui/api", "HomeAPI", ui((*inspector.Pages).API)},
	{"GET HEAD", "/ui/calls", "HomeCalls", ui((*inspector.Pages).Calls)},
	{"GET HEAD", "/ui/calls/{id}", "HomeCallKept", ui((*inspector.Pages).KeptCall)},
	{"GET", "/ui/events", "HomeEvents", ui((*inspector.Pages).Events)},
	{"POST", "/ui/call", "HomeCall", ui((*inspector.Pages).Call)},
	{"POST", "/ui/signin", "HomeSignIn", ui((*inspector.Pages).SignIn)},
	{"POST", "/ui/signout", "HomeSignOut", ui((*inspector.Pages).SignOut)},

	{"GET HEAD", control.Prefix, "ControlCalls", func(s *Server) http.Handler { return http.HandlerFunc(s.listCalls) }},

	{"GET HEAD", "/healthz", "Healthz", func(*Server) http.Handler { return http.HandlerFunc(healthy) }},
	{"GET HEAD", "/readyz", "Readyz", func(*Server) http.Handler { return http.HandlerFunc(healthy) }},
}

// api makes a route of Tap's API about objects of a kind.
func api(kind tap.Kind, handle func(*Server, *call) error) func(*Server) http.Handler {
	return func(s *Server) http.Handler { return s.api(kind, func(c *call) error { return handle(s, c) }) }
}

func page(of func(*fakepage.Pages) http.Handler) func(*Server) http.Handler {
	return func(s *Server) http.Handler { return s.faulty(of(s.pages)) }
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"status":"ok"}`))
}
