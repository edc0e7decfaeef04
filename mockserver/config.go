package mockserver

import (
	"crypto/x509"
	"log/slog"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// Config configures a server. The zero value is usable.
type Config struct {
	Keys     []string      // secret keys that are accepted; none: any sk_test_ key opens an account
	Seed     uint64        // of all random values; the same seed and calls give the same bodies
	Settings *tap.Settings // of new accounts; nil: [tap.DefaultSettings]
	Limits   Limits        // zeros are the defaults

	ScenarioFiles   []string      // files and directories, loaded at the start and again when they change
	DefaultScenario string        // of charges for which none is chosen: a name, or several joined by +
	Reload          time.Duration // how often the files are polled, in real time; 0: every second
	AdminToken      string        // of the control API, at least 16 characters; "": none
	NoPages         bool          // no home page and no pages behind it, for a person: / is text
	AllowHosts      []string      // host names to answer for besides local ones and that of public_url, see [CheckHost]; httptest.NewRequest has example.com

	Unknown func(method, path string) // called for requests that have no route and no account's key; nil: none

	Webhooks  WebhookTrust     // which certificates of merchants are accepted
	Container bool             // the server has a container of its own, see [HasContainer]: a post.url on its loopback is doubted in X-Tapmock-Note and in the charge's history
	Now       func() time.Time // the real clock behind the clocks of accounts; nil: time.Now

	grace time.Duration // see gateway.Config; only tests set it

	// Logger logs the events of each charge at info and each request at debug; nil: no log. No account is locked while it writes, but
	// the request or the effect that it logs waits for it: a handler that blocks delays that payment. The command tapmock therefore
	// has a queue below its handler, which drops lines instead.
	Logger *slog.Logger
}

// WebhookTrust selects the certificates of merchants that are accepted.
type WebhookTrust struct {
	Roots    *x509.CertPool // nil: the system's
	Insecure bool           // accept any certificate
}

// HasContainer reports whether this process is the main one of a container of a usual engine, for [Config].Container.
func HasContainer() bool { return webhook.HasContainer() }
