package main

import "os"

// passedSignals are the signals that exec passes on to its command, as far as Windows has them.
var passedSignals = []os.Signal{os.Interrupt}
