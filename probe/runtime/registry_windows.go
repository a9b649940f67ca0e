package runtime

import "golang.org/x/sys/windows/registry"

// SystemRegistry returns the registry of this machine.
func SystemRegistry() Registry { return systemRegistry{} }

type systemRegistry struct{}

func open(h Hive, path string) (registry.Key, error) {
	root, view := registry.CURRENT_USER, uint32(0)
	switch h {
	case HiveMachine:
		root, view = registry.LOCAL_MACHINE, registry.WOW64_64KEY
	case HiveMachine32:
		root, view = registry.LOCAL_MACHINE, registry.WOW64_32KEY
	case HiveUser:
	}
	return registry.OpenKey(root, path, registry.READ|view)
}

func (systemRegistry) Keys(h Hive, path string) []string {
	k, err := open(h, path)
	if err != nil {
		return nil
	}
	defer func() { _ = k.Close() }()
	names, err := k.ReadSubKeyNames(-1)
	if err != nil {
		return nil
	}
	return names
}

func (systemRegistry) Value(h Hive, path, name string) string {
	k, err := open(h, path)
	if err != nil {
		return ""
	}
	defer func() { _ = k.Close() }()
	value, _, err := k.GetStringValue(name)
	if err != nil {
		return ""
	}
	return value
}
