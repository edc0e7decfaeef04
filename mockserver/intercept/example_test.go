package intercept_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/tapmock/tapmock/mockserver/intercept"
)

// A CA is made once, and signs for Tap's host.
func ExampleLoadCA() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ca, err := intercept.LoadCA(filepath.Join(dir, "tapmock"), time.Now())
	if err != nil {
		panic(err)
	}
	mock := http.NotFoundHandler() // stands for the mock
	proxy := intercept.NewProxy(ca, "127.0.0.1:8080", mock, nil)
	fmt.Printf("%T, for names below %v\n", proxy, ca.Certificate().PermittedDNSDomains)
	// Output: *intercept.Proxy, for names below [tap.company localhost]
}
