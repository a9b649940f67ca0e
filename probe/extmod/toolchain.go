package extmod

func (m *image) toolchain(f *File) {}
