package testkit

// MarkReported marks the traces of a mock as reported, as a check does.
func MarkReported(m *Mock) { m.reported.Store(true) }
