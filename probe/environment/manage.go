package environment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Stats says how much is in a store, or was removed from it.
type Stats struct {
	// Wheels counts wheels, Compiled their folders of .pyc files. Other counts
	// leftovers, and what is of other versions or damaged.
	Wheels, Compiled, Other int
	// Bytes is the size of all files together.
	Bytes int64
}

// IsZero reports whether there is nothing.
func (s Stats) IsZero() bool { return s == Stats{} }

func (s Stats) plus(o Stats) Stats {
	return Stats{s.Wheels + o.Wheels, s.Compiled + o.Compiled, s.Other + o.Other, s.Bytes + o.Bytes}
}

// Less returns what is in s and not in o.
func (s Stats) Less(o Stats) Stats {
	return Stats{
		max(0, s.Wheels-o.Wheels), max(0, s.Compiled-o.Compiled), max(0, s.Other-o.Other), max(0, s.Bytes-o.Bytes),
	}
}

// Stats looks through the store. A store that isn't there is empty.
func (s *Store) Stats() (Stats, error) {
	var all Stats
	err := s.folders(func(dir string) error {
		one, err := stats(dir)
		all = all.plus(one)
		return err
	})
	return all, err
}

// stats measures one folder of the store.
func stats(dir string) (Stats, error) {
	s := Stats{Other: 1}
	if isEntry(filepath.Base(dir)) && filepath.Base(filepath.Dir(dir)) == format {
		s = Stats{Wheels: 1}
		folders, err := os.ReadDir(dir)
		if err != nil {
			return Stats{}, absent(err)
		}
		for _, f := range folders {
			if strings.HasPrefix(f.Name(), pycPrefix) {
				s.Compiled++
			}
		}
	}
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return absent(err)
		}
		info, err := d.Info()
		if err != nil {
			return absent(err)
		}
		s.Bytes += info.Size()
		return nil
	})
	return s, err
}

// absent forgives what another process removed meanwhile.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// folders visits all folders of the store, of other versions too.
func (s *Store) folders(visit func(dir string) error) error {
	roots, err := os.ReadDir(s.dir)
	if err != nil {
		return absent(err)
	}
	for _, r := range roots {
		if !r.IsDir() || !strings.HasPrefix(r.Name(), formatPrefix) {
			continue
		}
		entries, err := os.ReadDir(filepath.Join(s.dir, r.Name()))
		if err != nil {
			return absent(err)
		}
		for _, e := range entries {
			if err := visit(filepath.Join(s.dir, r.Name(), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Clean removes everything the store keeps, and nothing else that may be in its
// folder.
func (s *Store) Clean() (Stats, error) {
	all, err := s.Stats()
	if err != nil {
		return Stats{}, err
	}
	roots, err := os.ReadDir(s.dir)
	if err != nil {
		return Stats{}, absent(err)
	}
	for _, r := range roots {
		if r.IsDir() && strings.HasPrefix(r.Name(), formatPrefix) {
			if err := os.RemoveAll(filepath.Join(s.dir, r.Name())); err != nil {
				return Stats{}, err
			}
		}
	}
	return all, nil
}

// abandonedAge is how old a temporary folder must be to be nobody's any more
// where locks can't tell.
const abandonedAge = 24 * time.Hour

// Prune removes what is of no use: wheels of other versions of the store, damaged
// ones, what processes that died left behind, and wheels that nobody asked for
// in as long as unused. 0 keeps them whatever their age.
func (s *Store) Prune(now time.Time, unused time.Duration) (Stats, error) {
	var removed Stats
	err := s.folders(func(dir string) error {
		if !s.useless(dir, now, unused) {
			return nil
		}
		one, err := stats(dir)
		if err != nil {
			return err
		}
		if strings.HasPrefix(filepath.Base(dir), tempPrefix) {
			if !sweep(dir) && age(dir, now) < abandonedAge {
				return nil
			}
		} else if filepath.Dir(dir) == s.root {
			s.discard(dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		removed = removed.plus(one)
		return nil
	})
	if err != nil {
		return removed, err
	}
	roots, err := os.ReadDir(s.dir)
	for _, r := range roots {
		if r.IsDir() && strings.HasPrefix(r.Name(), formatPrefix) {
			_ = os.Remove(filepath.Join(s.dir, r.Name())) // only if it is empty
		}
	}
	return removed, absent(err)
}

func (s *Store) useless(dir string, now time.Time, unused time.Duration) bool {
	name := filepath.Base(dir)
	if filepath.Dir(dir) != s.root || strings.HasPrefix(name, tempPrefix) || !isEntry(name) {
		return true
	}
	if _, err := readManifest(dir); err != nil {
		return true
	}
	used := filepath.Join(dir, usedName)
	if _, err := os.Stat(used); err != nil {
		used = dir // never asked for since it was made
	}
	return unused > 0 && age(used, now) > unused
}

// age returns how long ago something was changed.
func age(name string, now time.Time) time.Duration {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return now.Sub(info.ModTime())
}

// Verified is what verifying a store showed.
type Verified struct {
	Wheels, Files int
	Bytes         int64
	// Damaged are the wheels that were thrown away.
	Damaged []Damage
}

// Damage is a wheel that is not what it was when it was unpacked.
type Damage struct {
	SHA256 string // of the wheel, hexadecimal
	Path   string // the first file at fault, "" if it is the list of files
	Reason string
}

// Verify reads every file of the store and compares its digest. A wheel with
// files that differ, lack or came in addition is thrown away: it is unpacked
// again when it is next asked for. The error is only about not being able to
// tell.
func (s *Store) Verify(ctx context.Context) (Verified, error) {
	var v Verified
	err := s.folders(func(dir string) error {
		name := filepath.Base(dir)
		if filepath.Dir(dir) != s.root || !isEntry(name) {
			return nil
		}
		v.Wheels++
		found, err := v.folder(ctx, dir)
		if err != nil || found == nil {
			return err
		}
		found.SHA256 = name
		v.Damaged = append(v.Damaged, *found)
		s.discard(dir)
		return nil
	})
	return v, err
}

// folder verifies a wheel with its .pyc files.
func (v *Verified) folder(ctx context.Context, dir string) (*Damage, error) {
	found, err := v.files(ctx, dir)
	if found != nil || err != nil {
		return found, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, absent(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), pycPrefix) {
			continue
		}
		if found, err := v.files(ctx, filepath.Join(dir, e.Name())); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

// files verifies the files of one manifest.
func (v *Verified) files(ctx context.Context, dir string) (*Damage, error) {
	m, err := readManifest(dir)
	switch {
	case errors.Is(err, errManifest), errors.Is(err, fs.ErrNotExist):
		if _, gone := os.Stat(dir); errors.Is(gone, fs.ErrNotExist) {
			return nil, nil // another process threw it away
		}
		return &Damage{Reason: errManifest.Error()}, nil
	case err != nil:
		return nil, err
	}
	known := make(map[string]bool, len(m.files))
	for i := range m.files {
		f := &m.files[i]
		known[f.path] = true
		reason, err := f.verify(ctx, filepath.Join(dir, filesName, filepath.FromSlash(f.path)))
		if err != nil {
			return nil, err
		}
		if reason != "" {
			return &Damage{Path: f.path, Reason: reason}, nil
		}
		v.Files++
		v.Bytes += f.size
	}
	return stranger(filepath.Join(dir, filesName), known)
}

// verify compares one file, and returns what is wrong with it.
func (f *storedFile) verify(ctx context.Context, name string) (reason string, err error) {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it is gone", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "it is no regular file", nil
	case !f.looksAs(info.Size(), stampOf(info)):
		return errChanged.Error(), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, &contextReader{ctx, file}); err != nil {
		return "", err
	}
	if recordDigest([32]byte(h.Sum(nil))) != f.digest {
		return "its digest is another", nil
	}
	return "", nil
}

// stranger returns a file that nobody put there.
func stranger(root string, known map[string]bool) (*Damage, error) {
	var found *Damage
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return absent(err)
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if rel = filepath.ToSlash(rel); !known[rel] {
			found = &Damage{Path: rel, Reason: "it was not in the wheel"}
			return fs.SkipAll
		}
		return nil
	})
	return found, err
}

// String describes the damage in one line.
func (d Damage) String() string {
	if d.Path == "" {
		return fmt.Sprintf("wheel %.12s: %s", d.SHA256, d.Reason)
	}
	return fmt.Sprintf("wheel %.12s: %s: %s", d.SHA256, d.Path, d.Reason)
}
