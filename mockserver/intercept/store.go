package intercept

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// The files of a CA in its directory.
const (
	CertFile = "ca.pem"     // its certificate
	KeyFile  = "ca-key.pem" // its private key, for its owner only
)

// Dir is the directory in which the CA is kept by default: tapmock in the user's data directory.
func Dir(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "tapmock"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("there is no home directory to keep the CA in; name a directory with -ca-dir: %w", err)
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "tapmock"), nil
	case "windows":
		if local := getenv("LocalAppData"); local != "" {
			return filepath.Join(local, "tapmock"), nil
		}
		return filepath.Join(home, "AppData", "Local", "tapmock"), nil
	}
	return filepath.Join(home, ".local", "share", "tapmock"), nil
}

// UnwritableError says that a new CA could not be kept. The CA that [LoadCA] returns with it exists in memory only.
type UnwritableError struct{ Cause error }

// Error says what that means.
func (e *UnwritableError) Error() string {
	return fmt.Sprintf("the CA is kept in memory only, and clients must be given its certificate again after each start: %v", e.Cause)
}

// LoadCA returns the CA of a directory, and makes one if there is none. An [*UnwritableError] comes with a CA in memory; with every other
// error there is no CA: it names the file, what is wrong with it, and what to do.
func LoadCA(dir string, now time.Time) (*CA, error) {
	certFile, keyFile := filepath.Join(dir, CertFile), filepath.Join(dir, KeyFile)
	if _, err := os.Stat(certFile); err != nil { // if it cannot be reached, it cannot be written either, which makeCA says
		return makeCA(dir, now)
	}
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return nil, err
	}
	if err := checkPrivate(keyFile); err != nil {
		return nil, err
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, fmt.Errorf("%w; delete %s to get a new CA", err, certFile)
	}
	ca, err := parseCA(cert, key, now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; delete it to get a new CA, or name another directory with -ca-dir", certFile, err)
	}
	return ca, nil
}

// checkPrivate refuses a key that other users of the machine can read.
func checkPrivate(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("%w; delete the certificate beside it to get a new CA", err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fmt.Errorf("%s can be read by others (mode %#o), who could then pretend to be Tap to this user's programs; chmod 600 it, or delete it and %s to get a new CA", file, mode, CertFile)
	}
	return nil
}

// parseCA reads a CA of tapmock.
func parseCA(certPEM, keyPEM []byte, now time.Time) (*CA, error) {
	block, _ := pem.Decode(certPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if block == nil || keyBlock == nil {
		return nil, errors.New("the certificate or its key is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, errors.New("this is not a certificate")
	}
	key, err := x509.ParseECPrivateKey(keyBlock.Bytes)
	switch {
	case cert.Subject.CommonName != subject || !cert.IsCA || !cert.PermittedDNSDomainsCritical:
		return nil, errors.New("this is not a CA of tapmock")
	case err != nil || !key.PublicKey.Equal(cert.PublicKey):
		return nil, errors.New("the key beside it is another one's")
	}
	ca := newCA(cert, key)
	return ca, ca.expired(now)
}

// makeCA makes a CA and keeps it in a directory for its owner only. The key is written first: a certificate without one would be refused.
func makeCA(dir string, now time.Time) (*CA, error) {
	ca, err := NewCA(now)
	if err != nil {
		return nil, err
	}
	key, err := ecKey(ca.key)
	if err != nil {
		return nil, err
	}
	err = os.MkdirAll(dir, 0o700)
	if err == nil {
		err = errors.Join(replace(dir, KeyFile, key, 0o600), replace(dir, CertFile, ca.PEM(), 0o644))
	}
	if err != nil {
		return ca, &UnwritableError{err}
	}
	return ca, nil
}

func ecKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), err
}

// replace writes a file as a whole.
func replace(dir, name string, content []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(dir, "."+name)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, name))
}
