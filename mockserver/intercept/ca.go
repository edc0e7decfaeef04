package intercept

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// Host is the host of Tap's API, which clients have written into them (Tap API 1.1, documented).
const Host = "api.tap.company"

// subject is the name of each CA of tapmock, by which it knows its own.
const subject = "tapmock CA of this machine, for tests"

// The lifetimes of the CA and of the certificates that it signs. Clients refuse leaf certificates that live longer than 825 days.
const (
	caLife   = 5 * 365 * 24 * time.Hour
	leafLife = 30 * 24 * time.Hour
	skew     = 24 * time.Hour // clocks of containers differ
)

// CA is a certificate authority for Tap's hosts and for loopback.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey

	mu     sync.Mutex
	leaves map[string]*tls.Certificate // by the name that the client asked for
}

// NewCA makes a CA that is kept nowhere.
func NewCA(now time.Time) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	_, v4, _ := net.ParseCIDR("127.0.0.0/8")
	_, v6, _ := net.ParseCIDR("::1/128")
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: subject}, NotBefore: now.Add(-skew), NotAfter: now.Add(caLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"tap.company", "localhost"}, PermittedIPRanges: []*net.IPNet{v4, v6},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return newCA(cert, key), err
}

func newCA(cert *x509.Certificate, key *ecdsa.PrivateKey) *CA {
	return &CA{cert: cert, key: key, leaves: map[string]*tls.Certificate{}}
}

func serial() *big.Int {
	n, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	return n.Add(n, big.NewInt(1))
}

// PEM is the CA's certificate, for clients.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
}

// Certificate is the CA's certificate.
func (ca *CA) Certificate() *x509.Certificate { return ca.cert }

// TLS is the configuration of a server that answers for Tap's hosts, localhost and loopback addresses.
func (ca *CA) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return ca.leaf(strings.ToLower(strings.TrimSuffix(hello.ServerName, ".")), time.Now())
	}}
}

// leaf is the certificate for a name, "" for a client that connects to an address.
func (ca *CA) leaf(name string, now time.Time) (*tls.Certificate, error) {
	if !covers(name) {
		return nil, fmt.Errorf("intercept: no certificate for %q: only names below tap.company, localhost and loopback addresses have one", name)
	}
	if err := ca.expired(now); err != nil {
		return nil, err
	}
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if known := ca.leaves[name]; known != nil && now.Before(known.Leaf.NotAfter.Add(-skew)) {
		return known, nil
	}
	if len(ca.leaves) >= maxLeaves {
		clear(ca.leaves)
	}
	made, err := ca.sign(name, now)
	if err == nil {
		ca.leaves[name] = made
	}
	return made, err
}

// expired is the error of a CA whose certificate no client accepts any more.
func (ca *CA) expired(now time.Time) error {
	if now.Before(ca.cert.NotAfter) {
		return nil
	}
	return fmt.Errorf("the CA has expired on %s", ca.cert.NotAfter.Format(time.DateOnly))
}

// ExpiresSoon says when the CA expires, if that is within 30 days; otherwise the text is empty.
func (ca *CA) ExpiresSoon(now time.Time) string {
	if left := ca.cert.NotAfter.Sub(now); left < leafLife {
		return fmt.Sprintf("the CA expires on %s, and clients accept nothing of it from then on", ca.cert.NotAfter.Format(time.DateOnly))
	}
	return ""
}

// maxLeaves bounds the certificates that are kept, because clients choose the names.
const maxLeaves = 100

// covers reports whether the CA may sign a name.
func covers(name string) bool {
	for _, domain := range []string{"tap.company", "localhost"} {
		if name == domain || strings.HasSuffix(name, "."+domain) {
			return len(name) <= 253
		}
	}
	return name == ""
}

func (ca *CA) sign(name string, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "tapmock, a mock for tests"}, NotBefore: now.Add(-skew), NotAfter: earlier(now.Add(leafLife), ca.cert.NotAfter),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if name != "" && name != "localhost" {
		template.DNSNames, template.IPAddresses = []string{name}, nil
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der, ca.cert.Raw}, PrivateKey: key, Leaf: leaf}, err
}

func earlier(x, y time.Time) time.Time {
	if x.Before(y) {
		return x
	}
	return y
}
