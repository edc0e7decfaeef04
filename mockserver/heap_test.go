package mockserver_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// TestForeignNumberIsNotInTheHeap has another process send a number that is not a test card's, and searches a dump of this process's
// heap for it. The other process composes the number, because this test must not contain it.
func TestForeignNumberIsNotInTheHeap(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	link := c.Transaction.URL
	script := `a=4000; b=1234; n=$a$b$a$b; for i in 1 2 3; do curl -sL -o page -w '%{url_effective}' "$1" >address
		token=$(grep -o 'name="token" value="[^"]*' page | head -1 | cut -d'"' -f4 | sed 's/&#43;/+/g')
		curl -s -o answer "${2}/kpay/kpg/paymentrouter.htm" --data-urlencode "token=$token" -d proceed=x -d "debitNumber=$n" \
			--data-urlencode 'bank=201825717889145|Knet Test Card [KNET1]|0.000' -d debitMonth=9 -d debitYear=2030 -d cardPin=1234; done; cat answer`
	cmd := exec.Command("sh", "-c", script, "sh", link, m.url)
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), "check your Card-Number") {
		t.Fatalf("%v\n%s", err, out)
	}
	m.api("GET", "/healthz", "")
	for range 4 {
		runtime.GC()
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "heap"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	debug.WriteHeapDump(file.Fd())
	dump, err := os.ReadFile(file.Name())
	if err != nil || !bytes.Contains(dump, []byte(c.ID)) {
		t.Fatalf("the dump of %d bytes does not contain the charge's id: %v", len(dump), err)
	}
	half := []byte{'4', '0', '0', '0', '1', '2', '3', '4'}
	if i := bytes.Index(dump, append(half, half...)); i >= 0 {
		t.Errorf("the number is in the heap, after %q", dump[max(0, i-40):i])
	}
}
