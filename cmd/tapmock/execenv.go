package main

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/tapmock/tapmock/mockserver/intercept"
)

// trustFiles are the files by which runtimes find the mock and trust its CA.
type trustFiles struct {
	intercept.Trust
	node string // a module that Node loads first
	php  string // a directory of ini files
}

// nodePreload connects what is meant for Tap's host to the mock: Node before 24 honours no proxy.
const nodePreload = `'use strict'
const tls = require('tls')
const connect = tls.connect
tls.connect = function (...args) {
  const options = typeof args[0] === 'object' ? args[0] : undefined
  if (options && !options.socket && (options.host === %[1]q || options.servername === %[1]q)) {
    args[0] = { ...options, host: '127.0.0.1', port: %[2]d, servername: %[1]q, lookup: undefined }
  }
  return connect.apply(this, args)
}
`

// phpIni makes PHP's curl and streams trust the CA; the file that it prepends sends its streams through the proxy, as libcurl does by itself.
const phpIni = "curl.cainfo=%[1]s\nopenssl.cafile=%[1]s\nauto_prepend_file=%[2]s\n"

const phpPrepend = "<?php\nstream_context_set_default(['http' => ['proxy' => 'tcp://%s', 'request_fulluri' => false]]);\n"

// writeTrust writes the files into a directory of their own.
func (s *execStage) writeTrust() (err error) {
	if s.dir, err = os.MkdirTemp("", "tapmock-"); err != nil {
		return err
	}
	if s.trust.Trust, err = s.doors.ca.WriteTrust(s.dir, s.getenv("SSL_CERT_FILE")); err != nil {
		return err
	}
	s.trust.node, s.trust.php = filepath.Join(s.dir, "node.cjs"), filepath.Join(s.dir, "php")
	if err := os.Mkdir(s.trust.php, 0o700); err != nil {
		return err
	}
	prepend := filepath.Join(s.dir, "prepend.php")
	for name, text := range map[string]string{
		s.trust.node: fmt.Sprintf(nodePreload, intercept.Host, s.doors.tlsAddr.(*net.TCPAddr).Port),
		prepend:      fmt.Sprintf(phpPrepend, s.doors.proxyAt),
		filepath.Join(s.trust.php, "tapmock.ini"): fmt.Sprintf(phpIni, s.trust.Bundle, prepend),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// variables are the variables that the command gets, in the order in which they are printed.
func (s *execStage) variables() [][2]string {
	proxy, local := "http://"+s.doors.proxyAt.String(), "localhost,127.0.0.1,::1"
	host, port, _ := net.SplitHostPort(s.doors.proxyAt.String())
	noProxy := local
	if own := cmp.Or(s.getenv("NO_PROXY"), s.getenv("no_proxy")); own != "" {
		noProxy = own + "," + local
	}
	also := func(name, value string) string { return strings.TrimSpace(s.getenv(name) + " " + value) }
	return [][2]string{
		{"TAPMOCK_URL", "http://" + s.base}, {"TAPMOCK_KEY", s.key},
		{"TAP_BASE_URL", "http://" + s.base + "/v2"}, {"TAP_SECRET_KEY", s.key},
		{"HTTPS_PROXY", proxy}, {"https_proxy", proxy}, {"NO_PROXY", noProxy}, {"no_proxy", noProxy},
		{"SSL_CERT_FILE", s.trust.Bundle}, {"CURL_CA_BUNDLE", s.trust.Bundle}, {"REQUESTS_CA_BUNDLE", s.trust.Bundle},
		{"NODE_EXTRA_CA_CERTS", s.trust.CA}, {"NODE_OPTIONS", also("NODE_OPTIONS", "--require="+s.trust.node)},
		{"PHP_INI_SCAN_DIR", s.getenv("PHP_INI_SCAN_DIR") + string(os.PathListSeparator) + s.trust.php},
		{"JAVA_TOOL_OPTIONS", also("JAVA_TOOL_OPTIONS", fmt.Sprintf("-Dhttps.proxyHost=%s -Dhttps.proxyPort=%s -Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=%s",
			host, port, s.trust.Java, intercept.StorePassword))},
	}
}

// environment is an environment with the variables in place of its own.
func (s *execStage) environment(own []string) []string {
	ours := map[string]bool{}
	var all []string
	for _, one := range s.variables() {
		ours[one[0]] = true
		all = append(all, one[0]+"="+one[1])
	}
	for _, one := range own {
		if name, _, _ := strings.Cut(one, "="); !ours[name] {
			all = append(all, one)
		}
	}
	return all
}
