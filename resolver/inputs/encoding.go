package inputs

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
)

// decode returns the text of a requirements file: by its byte order mark, else
// by a coding comment in one of its first two lines (PEP 263), else as UTF-8.
func decode(file string, data []byte) (string, error) {
	fail := func(line int, msg string) (string, error) {
		return "", &SyntaxError{File: file, Line: line, Msg: msg}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		return fail(1, "UTF-32 is not read; save the file as UTF-8")
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decode16(file, data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decode16(file, data[2:], binary.BigEndian)
	default:
		if line, name := coding(data); name != "" {
			switch strings.ReplaceAll(strings.ToLower(name), "_", "-") {
			case "utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii":
			case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "cp1252", "windows-1252":
				return decodeLatin(data), nil
			default:
				return fail(line, "the encoding "+tomldoc.Clip(name)+" is not known; save the file as UTF-8")
			}
		}
	}
	if !utf8.Valid(data) {
		return fail(badLine(data), "not UTF-8 text; save it so, or say the encoding in the first line (# -*- coding: latin-1 -*-)")
	}
	return string(data), nil
}

// coding returns the encoding that one of the first two lines names.
func coding(data []byte) (line int, name string) {
	re := regexp.MustCompile(`coding[:=]\s*([-\w.]+)`)
	for line := 1; line <= 2; line++ {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		if bytes.HasPrefix(text, []byte("#")) {
			if m := re.FindSubmatch(text); m != nil {
				return line, string(m[1])
			}
		}
		data = rest
	}
	return 0, ""
}

func decode16(file string, data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", &SyntaxError{File: file, Msg: "not UTF-16 text: it ends in half a character"}
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// decodeLatin reads Latin-1. The signs that Windows-1252 has in place of control
// characters stand in comments, if anywhere.
func decodeLatin(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		b.WriteRune(rune(c))
	}
	return b.String()
}

// badLine returns the line of the first byte that is not UTF-8.
func badLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return line
}
