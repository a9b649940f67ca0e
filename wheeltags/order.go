package wheeltags

import "fmt"

// Order says in which order a target's platform tags are tried. Installers
// differ, and the difference decides which of two wheels is taken.
type Order uint8

const (
	// PackagingOrder is that of packaging 26.3 and newer, hence of pip 26.3:
	// linux_* stands before manylinux_* and musllinux_*.
	PackagingOrder Order = iota
	// UVOrder is that of uv (read in 0.12.5): linux_* comes last, manylinux
	// begins at glibc 2.31 on riscv64 and 2.36 on loongarch64, and the macOS
	// format fat3 is called fat32. Packaging 26.1 and 26.2 agree but for the two
	// floors.
	UVOrder
)

// String returns "packaging" or "uv".
func (o Order) String() string {
	switch o {
	case PackagingOrder:
		return "packaging"
	case UVOrder:
		return "uv"
	}
	return fmt.Sprintf("Order(%d)", uint8(o))
}

// ParseOrder is the inverse of [Order.String].
func ParseOrder(s string) (Order, error) {
	switch s {
	case "packaging":
		return PackagingOrder, nil
	case "uv":
		return UVOrder, nil
	}
	return 0, fmt.Errorf("unknown tag order %q: want packaging or uv", s)
}
