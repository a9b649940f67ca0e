package expect_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/expect"
)

// The wheel for both stable ABIs is expected where Python with the GIL has no other.
func TestStable(t *testing.T) {
	t.Parallel()
	builder := cell(t, "cp315t-win_amd64", "3.15t", vocab.ABI3T, "", vocab.PurposeBuild)
	test := cell(t, "cp315-win_amd64", "3.15", vocab.ABI3T, "", vocab.PurposeTest)
	test.Wheel = builder.Identifier
	other := cell(t, "cp311-win_amd64", "3.11", vocab.ABI3, "", vocab.PurposeBuild)
	served := matrix.Dropped{Identifier: "cp315-win_amd64", Purpose: vocab.PurposeBuild, Cause: vocab.DropStableABI}
	elsewhere := matrix.Dropped{Identifier: "cp315-win_arm64", Purpose: vocab.PurposeBuild, Cause: vocab.DropStableABI}
	free := matrix.Dropped{Identifier: "cp316t-win_amd64", Purpose: vocab.PurposeBuild, Cause: vocab.DropStableABI}
	for _, tt := range []struct {
		name string
		plan matrix.Plan
		want string
	}{
		{"alone", matrix.Plan{Cells: []matrix.Cell{builder}, Dropped: []matrix.Dropped{elsewhere, free}}, "cp315-abi3t-win_amd64"},
		{"tested with the GIL", matrix.Plan{Cells: []matrix.Cell{builder, test}}, "cp315-abi3.abi3t-win_amd64"},
		{"serves the GIL", matrix.Plan{Cells: []matrix.Cell{builder}, Dropped: []matrix.Dropped{served}}, "cp315-abi3.abi3t-win_amd64"},
		{"beside abi3", matrix.Plan{Cells: []matrix.Cell{other, builder}, Dropped: []matrix.Dropped{served}}, "cp315-abi3t-win_amd64"},
	} {
		if diff := cmp.Diff(tt.want, expect.Tags(&tt.plan, &builder)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
