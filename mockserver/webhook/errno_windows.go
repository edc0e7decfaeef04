package webhook

import "syscall"

// Errors of connections, as Windows numbers them. Those of package syscall with the names of Unix never occur on Windows.
const (
	errRefused = syscall.Errno(10061) // WSAECONNREFUSED
	errReset   = syscall.WSAECONNRESET
	errAborted = syscall.WSAECONNABORTED
)
