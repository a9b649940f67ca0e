//go:build unix

package main

const picture = "track-scale.svg"

func draw(trials []*trial) []byte { return nil }
