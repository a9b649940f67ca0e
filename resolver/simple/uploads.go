package simple

import "fmt"

// ApplyUploadTimes fills in what a page lacks from the per-project JSON document
// that the public index and its mirrors serve beside the simple pages
// (…/pypi/NAME/json): upload times, sizes and SHA-256 digests of the files that
// have none. Files are matched by name. What installers decide by, yanks and
// Requires-Python, is left to the page, which they read and this document they
// don't. It changes p, so it belongs before p is shared.
func ApplyUploadTimes(p *Project, perProjectJSON []byte) error {
	wanting := map[string]*File{}
	for i := range p.Releases {
		for j := range p.Releases[i].Files {
			if f := &p.Releases[i].Files[j]; f.Uploaded == 0 || f.Size < 0 || !f.HasSHA256 {
				wanting[f.Filename] = f
			}
		}
	}
	s := &scanner{b: perProjectJSON}
	files := func() error {
		if s.peek() != '[' {
			return s.skip()
		}
		return s.array(func() error { return s.upload(wanting) })
	}
	err := s.object(func(key []byte) error {
		switch {
		case string(key) == "urls": // the files of the latest version
			return files()
		case string(key) == "releases" && s.peek() == '{':
			return s.object(func([]byte) error { return files() })
		default:
			return s.skip()
		}
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return fmt.Errorf("upload times of %s: %w", p.Name, err)
	}
	return nil
}

// upload reads one file of the document and completes the file of that name.
func (s *scanner) upload(wanting map[string]*File) error {
	up := File{Size: -1}
	err := s.object(func(key []byte) error {
		var text []byte
		var err error
		switch string(key) {
		case "filename":
			text, err = s.optionalString()
			up.Filename = string(text)
		case "size":
			up.Size, err = s.size()
		case "upload_time_iso_8601":
			text, err = s.optionalString()
			up.Uploaded = parseTime(text)
		case "upload_time": // the same without its zone, in UTC
			text, err = s.optionalString()
			if up.Uploaded == 0 {
				up.Uploaded = parseTime(text)
			}
		case "digests":
			err = s.hashes(&up)
		default:
			err = s.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	f, ok := wanting[up.Filename]
	if !ok {
		return nil
	}
	if f.Uploaded == 0 {
		f.Uploaded = up.Uploaded
	}
	if f.Size < 0 {
		f.Size = up.Size
	}
	if !f.HasSHA256 {
		f.SHA256, f.HasSHA256 = up.SHA256, up.HasSHA256
	}
	return nil
}
