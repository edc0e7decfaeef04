package containertest

// WithoutEngine has every question for an engine answered with err, until restore.
func WithoutEngine(err error) (restore func()) {
	before := ask
	ask = func() error { return err }
	return func() { ask = before }
}
