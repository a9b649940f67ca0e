package corpus

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Attempts are what hostile packages are told to try. All of it is the test's own.
type Attempts struct {
	Secret    string `json:"secret"`     // path of a file that they must not read
	Outside   string `json:"outside"`    // path of a directory that they must not write to
	Address   string `json:"address"`    // "127.0.0.1:1234": a TCP and UDP port that they must not reach
	DiskBytes int64  `json:"disk_bytes"` // how much they write into their own scratch, in files of a megabyte
	Processes int    `json:"processes"`  // how many processes they start
	// Marker is the name (argv[0]) under which a process left behind can be found,
	// which lives for 20 seconds.
	Marker string `json:"marker"`
}

// A Hostile is a package whose import tries something that a sandbox must deny.
// The import succeeds where that was denied, and raises RuntimeError("could …")
// where it was not.
type Hostile struct {
	Name    string // of the attempt: "read"
	About   string
	Package string // name of the distribution; its version is 1.0
	Module  string // to import
	Wheel   string // path
	// Killed says that what it tries may end its process instead of failing.
	Killed bool
}

// HostilePackages packs the hostile packages, which are pure, into a directory.
func HostilePackages(t testing.TB, dir string, a Attempts) []Hostile {
	t.Helper()
	settings, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var all []Hostile
	for _, h := range []struct {
		Hostile
		body string
	}{
		{Hostile{Name: "read", About: "reads a file of the user's"}, `
with open(told["secret"]) as f:
    f.read()
raise RuntimeError("could read")
`},
		{Hostile{Name: "list", About: "looks for files of the user's"}, `
if os.path.basename(told["secret"]) in os.listdir(os.path.dirname(told["secret"])):
    raise RuntimeError("could see")
`},
		{Hostile{Name: "write", About: "writes outside of its scratch"}, `
with open(os.path.join(told["outside"], "written"), "w") as f:
    f.write("here I was")
raise RuntimeError("could write")
`},
		{Hostile{Name: "poison", About: "writes to its own files"}, `
try:
    os.chmod(__file__, 0o644)
except OSError:
    pass
with open(__file__, "a") as f:
    f.write("poisoned = True\n")
raise RuntimeError("could write")
`},
		{Hostile{Name: "replace", About: "replaces its own file by another one"}, `
other = __file__ + ".new"
with open(other, "w") as f:
    f.write("poisoned = True\n")
os.replace(other, __file__)
raise RuntimeError("could replace")
`},
		{Hostile{Name: "linked", About: "writes to its own file under a second name, in its scratch"}, `
other = os.path.join(tempfile.mkdtemp(), "other")
os.link(__file__, other)
with open(other, "a") as f:
    f.write("poisoned = True\n")
raise RuntimeError("could write")
`},
		{Hostile{Name: "connect", About: "connects to a server"}, `
host, port = told["address"].rsplit(":", 1)
socket.create_connection((host, int(port)), timeout=2).close()
raise RuntimeError("could connect")
`},
		{Hostile{Name: "datagram", About: "sends a datagram"}, `
host, port = told["address"].rsplit(":", 1)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.settimeout(1)
    s.sendto(b"here I was", (host, int(port)))
    s.recv(1)  # the other side answers
raise RuntimeError("could send")
`},
		{Hostile{Name: "daemon", About: "leaves a process behind, in a session of its own"}, `
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [told["marker"], "-I", "-S", "-c", "import time; time.sleep(20)"])
    os._exit(0)
os.wait()
`},
		{Hostile{Name: "bomb", About: "starts processes without end", Killed: true}, `
children = []
try:
    for _ in range(told["processes"]):
        child = os.fork()
        if child == 0:
            time.sleep(20)
            os._exit(0)
        children.append(child)
finally:
    for child in children:
        os.kill(child, signal.SIGKILL)
raise RuntimeError("could start %d processes" % len(children))
`},
		{Hostile{Name: "disk", About: "fills the disk", Killed: true}, `
folder, written = tempfile.mkdtemp(), 0
while written < told["disk_bytes"]:
    with open(os.path.join(folder, str(written)), "wb") as f:
        written += f.write(b"x" * (1 << 20))
raise RuntimeError("could write %d bytes" % written)
`},
		{Hostile{Name: "parent", About: "kills its parent"}, `
parent = os.getppid()
if parent > 0:  # 0 is out of sight
    os.kill(parent, signal.SIGKILL)
    time.sleep(0.2)
    if os.getppid() != parent:
        raise RuntimeError("could kill")
`},
		{Hostile{Name: "spy", About: "reads the environment of its parent"}, `
with open("/proc/%d/environ" % os.getppid(), "rb") as f:
    if f.read():
        raise RuntimeError("could read")
`},
	} {
		name := "ftc-hostile-" + h.Name
		h.Package, h.Module = name, underscored(name)
		// Denied is whatever raises OSError; only what is said here is not.
		text := "import json, os, signal, socket, sys, tempfile, time\n\ntold = json.loads(" + quoted(settings) + ")\ntry:\n    exec(" + quoted([]byte(h.body)) + ")\nexcept OSError:\n    pass\n"
		w := wheel{name: name, files: map[string]string{h.Module + ".py": text}}
		path, err := w.pack(dir, &python{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		h.Wheel = filepath.Clean(path)
		all = append(all, h.Hostile)
	}
	return all
}

// quoted is a text as a literal of Python, which JSON's are.
func quoted(text []byte) string {
	literal, err := json.Marshal(string(text))
	if err != nil {
		return `""` // no string fails
	}
	return string(literal)
}

// Found is what the import lane is to find where a sandbox holds.
func (h *Hostile) Found() Found { return Found{Outcome: vocab.OutcomePure} }
