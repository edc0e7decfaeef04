//go:build !windows

package webhook

import "syscall"

// Errors of connections, as the system numbers them.
const (
	errRefused = syscall.ECONNREFUSED
	errReset   = syscall.ECONNRESET
	errAborted = syscall.ECONNABORTED
)
