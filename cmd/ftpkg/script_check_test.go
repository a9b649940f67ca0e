package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/probe/check/checktest"
)

// wheels DIR NAME...: packs wheels into a directory: good ones, by file name, or the
// wrong ones of a case, by rule and name.
func packWheels(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: wheels DIR FILE.whl|RULE/CASE...")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	for _, name := range args[1:] {
		list := []*checktest.Wheel{}
		if filepath.Ext(name) == ".whl" {
			list = append(list, checktest.GoodWheel(name))
		} else {
			all := checktest.Wrong()
			i := slices.IndexFunc(all, func(c checktest.Case) bool { return c.Rule+"/"+c.Name == name })
			if i < 0 {
				ts.Fatalf("there is no case %s", name)
			}
			list = all[i].Wheels
		}
		for _, w := range list {
			b, err := w.Pack()
			ts.Check(err)
			ts.Check(os.WriteFile(filepath.Join(dir, w.File), b, 0o644))
		}
	}
}
