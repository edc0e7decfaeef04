package containertest

// WithoutEngine makes every check for an engine return err, until restore is called.
func WithoutEngine(err error) (restore func()) {
	before := ping
	ping = func() error { return err }
	return func() { ping = before }
}
