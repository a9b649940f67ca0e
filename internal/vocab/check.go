package vocab

// Severity is how much a finding of ftpkg check matters.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityNote    Severity = "note"
)

// Severities is the set of severities.
func Severities() Set {
	return Set{"severity", "severity", "How much does the finding matter?", []Entry{
		{string(SeverityError), "somebody who installs the wheel gets what does not work, or not what was promised", "fix it before uploading; the rule's page says how"},
		{string(SeverityWarning), "it works, but for fewer people, or otherwise than one thinks", "fix it, or ignore the rule if it is meant"},
		{string(SeverityNote), "something that could not be judged; the exit status is not changed by it", "nothing to do, or ftpkg probe"},
	}}
}
