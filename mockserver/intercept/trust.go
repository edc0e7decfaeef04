package intercept

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"software.sslmate.com/src/go-pkcs12"
)

// Trust are the files that make clients trust the CA.
type Trust struct {
	CA     string // its certificate alone: for clients that add it to their roots (Node)
	Bundle string // the system's roots and the CA: for clients that take the file instead of their roots (curl, Python, PHP, Go)
	Java   string // a PKCS #12 store with the CA alone
}

// StorePassword is that of the Java store, which is public.
const StorePassword = "changeit"

// systemRoots are where systems keep their roots as one file.
var systemRoots = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}

// WriteTrust writes the files of clients into a directory. systemFile is the file of roots that is in use already, such as that of
// SSL_CERT_FILE; "" is that of the system.
func (ca *CA) WriteTrust(dir, systemFile string) (Trust, error) {
	t := Trust{filepath.Join(dir, CertFile), filepath.Join(dir, "bundle.pem"), filepath.Join(dir, "ca.p12")}
	store, err := pkcs12.Modern2023.EncodeTrustStore([]*x509.Certificate{ca.cert}, StorePassword)
	if err != nil {
		return t, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return t, err
	}
	return t, errors.Join(replace(dir, CertFile, ca.PEM(), 0o644), replace(dir, filepath.Base(t.Bundle), ca.bundle(systemFile), 0o644), replace(dir, filepath.Base(t.Java), store, 0o644))
}

// bundle is the system's roots and the CA.
func (ca *CA) bundle(systemFile string) []byte {
	files := systemRoots
	if systemFile != "" {
		files = append([]string{systemFile}, files...)
	}
	for _, file := range files {
		if roots, err := os.ReadFile(file); err == nil && bytes.Contains(roots, []byte("BEGIN CERTIFICATE")) {
			return append(append(bytes.TrimSpace(roots), '\n'), ca.PEM()...)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			continue
		}
	}
	return ca.PEM()
}
