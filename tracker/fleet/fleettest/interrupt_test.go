package fleettest_test

import (
	"os"
	"os/signal"
)

func ignoreInterrupts() { signal.Ignore(os.Interrupt) }
