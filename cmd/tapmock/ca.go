package main

import (
	"fmt"
	"io"

	"github.com/tapmock/tapmock/mockserver/intercept"
)

// caCommand prints the certificate of this machine's CA, or how clients trust it.
func caCommand(std streams, args []string, getenv func(string) string) error {
	fs := newFlags("ca")
	dir := fs.String("ca-dir", "", "`directory` of the CA; default: TAPMOCK_CA_DIR, else tapmock in the user's data directory")
	help := fs.Bool("install-help", false, "say for each runtime how it trusts the CA and finds the proxy")
	export := fs.String("export", "", "`directory` to write the files of clients to: ca.pem, bundle.pem (with the system's roots) and ca.p12 (for Java)")
	if err := parseFlags(fs, args, std.out, "tapmock ca [flags]: print the certificate of the CA of this machine, which signs for api.tap.company and localhost only. It is made at its first use.\n\nExamples:\n  tapmock ca -export certs            # the files that clients need\n  tapmock ca -install-help            # how each runtime takes them\n  tapmock ca | openssl x509 -noout -text"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 0 {
		return usageError{fmt.Errorf("ca takes flags only, not %q", fs.Arg(0))}
	}
	if *help {
		fmt.Fprint(std.out, installHelp)
		return nil
	}
	if *dir == "" {
		*dir = getenv("TAPMOCK_CA_DIR")
	}
	ca, _, inMemory, err := openCA(*dir, getenv)
	switch {
	case err != nil:
		return err
	case inMemory != nil:
		return inMemory
	case *export != "":
		return exportTrust(std.out, ca, *export, getenv)
	}
	_, err = std.out.Write(ca.PEM())
	return err
}

func exportTrust(out io.Writer, ca *intercept.CA, dir string, getenv func(string) string) error {
	trust, err := ca.WriteTrust(dir, getenv("SSL_CERT_FILE"))
	if err == nil {
		fmt.Fprintf(out, "%s\n%s\n%s (password %s)\n", trust.CA, trust.Bundle, trust.Java, intercept.StorePassword)
	}
	return err
}

const installHelp = `A client that has https://api.tap.company written into it reaches the mock in two steps: it sends that host through the proxy, and it trusts the CA.
tapmock exec -- COMMAND does both for one command and needs nothing of this. By hand, with tapmock -proxy-addr 127.0.0.1:8082 running:

  tapmock ca -export DIR      # writes DIR/ca.pem, DIR/bundle.pem and DIR/ca.p12

curl, PHP's curl      HTTPS_PROXY=http://127.0.0.1:8082; curl: CURL_CA_BUNDLE=DIR/bundle.pem; PHP: php -d curl.cainfo=DIR/bundle.pem, or in php.ini
PHP's streams         php -d openssl.cafile=DIR/bundle.pem, and a stream context with http.proxy tcp://127.0.0.1:8082
Python requests       HTTPS_PROXY, REQUESTS_CA_BUNDLE=DIR/bundle.pem
Python httpx, urllib  HTTPS_PROXY, SSL_CERT_FILE=DIR/bundle.pem
Node                  NODE_EXTRA_CA_CERTS=DIR/ca.pem before it starts; Node 24 and newer: NODE_USE_ENV_PROXY=1 and HTTPS_PROXY; older ones honour no proxy: tapmock exec
Java                  JAVA_TOOL_OPTIONS="-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8082 -Djavax.net.ssl.trustStore=DIR/ca.p12
                      -Djavax.net.ssl.trustStorePassword=changeit"
Go                    HTTPS_PROXY, SSL_CERT_FILE=DIR/bundle.pem (not on macOS)
.NET on Linux         HTTPS_PROXY, SSL_CERT_FILE=DIR/bundle.pem
Ruby                  HTTPS_PROXY, SSL_CERT_FILE=DIR/bundle.pem

Do not install the CA in the system: Java does not enforce that it can sign for api.tap.company and localhost only. DIR/bundle.pem takes the place of the system's roots
and contains them. The proxy refuses every other host: add those to NO_PROXY.
`
