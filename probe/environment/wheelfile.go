package environment

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// checkWheelFile reads a WHEEL file: fields in the form of e-mail headers, of
// which the first of a name counts. Wheels of a later major version are refused,
// as the specification asks.
func checkWheelFile(text []byte) error {
	version, ok := headerField(string(text), "Wheel-Version")
	if !ok {
		return errors.New("WHEEL has no Wheel-Version")
	}
	major, minor, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	if _, minorErr := strconv.Atoi(minor); err != nil || minorErr != nil && minor != "" || n < 0 {
		return fmt.Errorf("WHEEL: %.40q is no version", version)
	}
	if n > 1 {
		return fmt.Errorf("a wheel of version %.40s; only 1.x is known", version)
	}
	return nil
}

// headerField returns the first field of a name, which ignores case, in the
// header block of a text.
func headerField(text, name string) (string, bool) {
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}
