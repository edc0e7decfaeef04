package gateway

import "testing"

// TestFullError checks what each kind of limit says, and the flag that raises it.
func TestFullError(t *testing.T) {
	const inUse = " is reached and nothing can be evicted, because all of it is still in use; "
	for _, test := range []struct {
		err  FullError
		want string
	}{
		{FullError{Limit: "charges", Max: 100}, "the limit charges=100" + inUse + "end some payments, or raise the limit, such as -limit charges=200"},
		{FullError{Limit: "server-charges", Max: 100, Share: 30},
			"the account uses its whole share of the limit server-charges=100, which is 30: half of what other accounts leave free; end some payments, or raise the limit, such as -limit server-charges=200"},
		{FullError{Limit: "scenarios", Max: 1 << 20, Needs: 5 << 20, Bytes: true},
			"the scenarios need about 5MB of memory, and the limit is scenarios=1MB; use fewer, or raise the limit, such as -limit scenarios=8MB"},
		{FullError{Limit: "scenarios", Max: 1 << 20, Needs: 1 << 20, Bytes: true},
			"the limit scenarios=1MB" + inUse + "remove some of the account's own scenarios, end some payments, or raise the limit, such as -limit scenarios=2MB"},
		{FullError{Limit: "scenarios", Max: 1 << 20, Needs: 2 << 20, Bytes: true},
			"the scenarios need about 2MB of memory, and the limit is scenarios=1MB; use fewer, or raise the limit, such as -limit scenarios=2MB"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%+v:\n%s\nwant\n%s", test.err, got, test.want)
		}
	}
}

// TestSize writes numbers of bytes as the flag reads them: rounded up, so that what is written suffices.
func TestSize(t *testing.T) {
	for n, want := range map[int]string{
		1: "1", 1023: "1023", 1024: "1KB", 1025: "2KB", 2048: "2KB", 1 << 20: "1MB", 3 << 20: "3MB", 1<<20 + 1: "1025KB", 10<<20 - 1: "10240KB", 10 << 20: "10MB",
		10<<20 + 1: "11MB", 12 << 20: "12MB",
	} {
		if got := size(n); got != want {
			t.Errorf("%d bytes are %s, want %s", n, got, want)
		}
	}
}
