package inputs_test

import (
	"context"
	"fmt"
	"log"

	"github.com/ftpkg/ftpkg/resolver/inputs"
)

// A requirements file from memory, with what it says besides requirements.
func ExampleLoader_File() {
	l := &inputs.Loader{
		ReadFile: func(context.Context, string) ([]byte, error) {
			return []byte("--only-binary :all:\n--trusted-host index.example.invalid\nnumpy>=2  # arrays\ngit+https://git.example.invalid/lib#egg=lib\n"), nil
		},
	}
	in, err := l.File(context.Background(), "requirements.txt")
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range in.Requirements {
		fmt.Println(r.Origin, r.Requirement)
	}
	for _, n := range in.NotJudged {
		fmt.Println("not judged:", n.Text)
	}
	for _, n := range in.Ignored {
		fmt.Println("ignored:", n.Text)
	}
	fmt.Println("wheels only:", in.Options.OnlyBinary.Has("numpy"))
	// Output:
	// requirements.txt:3 numpy>=2
	// not judged: git+https://git.example.invalid/lib#egg=lib
	// ignored: --trusted-host index.example.invalid
	// wheels only: true
}

// Requirements as they stand on a command line.
func ExampleLoader_Args() {
	in, err := new(inputs.Loader).Args(context.Background(), []string{
		"pandas[test]>=2", "https://files.example.invalid/six-1.17.0-py2.py3-none-any.whl",
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range in.Requirements {
		fmt.Println(r.Requirement)
	}
	// Output:
	// pandas[test]>=2
	// six @ https://files.example.invalid/six-1.17.0-py2.py3-none-any.whl
}
