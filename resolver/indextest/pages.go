package indextest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

// The media types of the simple repository API (PEP 691).
const (
	typeJSON = "application/vnd.pypi.simple.v1+json"
	typeHTML = "application/vnd.pypi.simple.v1+html"
	typeText = "text/html"
)

// jsonFile is a file on a JSON page.
type jsonFile struct {
	Filename       string            `json:"filename"`
	URL            string            `json:"url"`
	Hashes         map[string]string `json:"hashes"`
	RequiresPython string            `json:"requires-python,omitempty"`
	Size           int64             `json:"size"`
	UploadTime     string            `json:"upload-time,omitempty"`
	Yanked         any               `json:"yanked"`
	CoreMetadata   any               `json:"core-metadata"`
	DistInfo       any               `json:"dist-info-metadata"`
}

// jsonPage returns a project's page as JSON.
func jsonPage(p *universe.Project) ([]byte, error) {
	page := map[string]any{
		"meta": map[string]string{"api-version": "1.4"},
		"name": pep508.NormalizeName(p.Name),
	}
	if p.Status != "" {
		status := map[string]string{"status": p.Status}
		if p.StatusReason != "" {
			status["reason"] = p.StatusReason
		}
		page["project-status"] = status
	}
	files := []jsonFile{}
	versions := []string{}
	for _, r := range p.Releases {
		versions = append(versions, r.Version)
		for _, f := range r.Files {
			raw, err := f.RawFile("../../files/")
			if err != nil {
				return nil, err
			}
			files = append(files, jsonOf(raw))
		}
	}
	page["files"], page["versions"] = files, versions
	return json.MarshalIndent(page, "", " ")
}

func jsonOf(raw simple.RawFile) jsonFile {
	f := jsonFile{
		Filename: raw.Filename, URL: raw.URL, Hashes: map[string]string{},
		RequiresPython: raw.RequiresPython, Size: raw.Size,
		Yanked: raw.Yanked, CoreMetadata: false, DistInfo: false,
	}
	for _, h := range raw.Hashes {
		f.Hashes[h.Algorithm] = h.Hex
	}
	if raw.Yanked && raw.YankedReason != "" {
		f.Yanked = raw.YankedReason
	}
	if raw.Uploaded != 0 {
		f.UploadTime = uploadTime(raw)
	}
	if raw.Metadata.Offered {
		f.CoreMetadata = map[string]string{"sha256": hex.EncodeToString(raw.Metadata.SHA256[:])}
		f.DistInfo = f.CoreMetadata
	}
	return f
}

// uploadTime writes the time as the public index does, with microseconds.
func uploadTime(raw simple.RawFile) string {
	return time.Unix(raw.Uploaded, 0).UTC().Format("2006-01-02T15:04:05.000000Z")
}

// htmlPage returns a project's page as HTML, with or without the attributes that
// tell of metadata beside the files.
func htmlPage(p *universe.Project, metadata bool) ([]byte, error) {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"pypi:repository-version\" content=\"1.4\">\n")
	if p.Status != "" {
		fmt.Fprintf(&b, "<meta name=\"pypi:project-status\" content=\"%s\">\n", html.EscapeString(p.Status))
		if p.StatusReason != "" {
			fmt.Fprintf(&b, "<meta name=\"pypi:project-status-reason\" content=\"%s\">\n", html.EscapeString(p.StatusReason))
		}
	}
	fmt.Fprintf(&b, "<title>Links for %[1]s</title>\n</head>\n<body>\n<h1>Links for %[1]s</h1>\n", html.EscapeString(p.Name))
	for _, r := range p.Releases {
		for _, f := range r.Files {
			raw, err := f.RawFile("../../files/")
			if err != nil {
				return nil, err
			}
			writeAnchor(&b, raw, metadata)
		}
	}
	b.WriteString("</body>\n</html>\n")
	return []byte(b.String()), nil
}

func writeAnchor(b *strings.Builder, raw simple.RawFile, metadata bool) {
	href := raw.URL
	for _, h := range raw.Hashes {
		href += "#" + h.Algorithm + "=" + h.Hex
	}
	fmt.Fprintf(b, "<a href=\"%s\"", html.EscapeString(href))
	if raw.RequiresPython != "" {
		fmt.Fprintf(b, " data-requires-python=\"%s\"", html.EscapeString(raw.RequiresPython))
	}
	if raw.Yanked {
		fmt.Fprintf(b, " data-yanked=\"%s\"", html.EscapeString(raw.YankedReason))
	}
	if metadata && raw.Metadata.Offered {
		sum := "sha256=" + hex.EncodeToString(raw.Metadata.SHA256[:])
		fmt.Fprintf(b, " data-core-metadata=\"%[1]s\" data-dist-info-metadata=\"%[1]s\"", sum)
	}
	fmt.Fprintf(b, ">%s</a><br>\n", html.EscapeString(raw.Filename))
}

// rootPage lists an index's projects.
func rootPage(x *universe.Index, asJSON bool) ([]byte, error) {
	if asJSON {
		projects := []map[string]string{}
		for _, p := range x.Projects {
			projects = append(projects, map[string]string{"name": p.Name})
		}
		return json.MarshalIndent(map[string]any{"meta": map[string]string{"api-version": "1.4"}, "projects": projects}, "", " ")
	}
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"pypi:repository-version\" content=\"1.4\">\n<title>Simple index</title>\n</head>\n<body>\n")
	for _, p := range x.Projects {
		fmt.Fprintf(&b, "<a href=\"%s/\">%s</a><br>\n", pep508.NormalizeName(p.Name), html.EscapeString(p.Name))
	}
	b.WriteString("</body>\n</html>\n")
	return []byte(b.String()), nil
}

// releaseFile is a file in the per-project document.
type releaseFile struct {
	Filename     string            `json:"filename"`
	URL          string            `json:"url"`
	Digests      map[string]string `json:"digests"`
	Size         int64             `json:"size"`
	UploadTime   string            `json:"upload_time_iso_8601,omitempty"`
	Yanked       bool              `json:"yanked"`
	YankedReason *string           `json:"yanked_reason"`
}

// projectDocument returns the per-project JSON document.
func projectDocument(p *universe.Project) ([]byte, error) {
	releases := map[string][]releaseFile{}
	for _, r := range p.Releases {
		list := []releaseFile{}
		for _, f := range r.Files {
			raw, err := f.RawFile("../../files/")
			if err != nil {
				return nil, err
			}
			out := releaseFile{Filename: raw.Filename, URL: raw.URL, Digests: map[string]string{}, Size: raw.Size, Yanked: raw.Yanked}
			for _, h := range raw.Hashes {
				out.Digests[h.Algorithm] = h.Hex
			}
			if raw.Uploaded != 0 {
				out.UploadTime = uploadTime(raw)
			}
			if raw.YankedReason != "" {
				out.YankedReason = &raw.YankedReason
			}
			list = append(list, out)
		}
		releases[r.Version] = list
	}
	return json.MarshalIndent(map[string]any{"info": map[string]string{"name": p.Name}, "releases": releases}, "", " ")
}
