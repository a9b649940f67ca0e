package inspect

// RulesVersion is the version of the rules by which files are read: a verdict by
// older ones may be another today.
const RulesVersion = rules
