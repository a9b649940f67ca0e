package pyprobe_test

import "os"

// signal returns the signal that ended a process: Windows has none.
func signal(*os.ProcessState) string { return "" }
