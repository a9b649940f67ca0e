package vocab

// HalfGap says in what a wheel of one half of the matrix falls short of its twin's:
// the free-threaded build's of the GIL build's, or the other way round.
type HalfGap string

// The ways.
const (
	HalfMissing HalfGap = "missing"
	HalfFloor   HalfGap = "floor"
	HalfPure    HalfGap = "pure"
)

// HalfGaps is the set of ways.
func HalfGaps() Set {
	return Set{"difference of twins", "kind", "In what does the release serve this build worse than its twin of the other ABI?", []Entry{
		{string(HalfMissing), "it has no wheel, the twin has one", "publish the missing wheel; if the GIL build is the one without, see whether the free-threaded wheel took its place in the same job"},
		{string(HalfFloor), "its wheel needs a newer system than the twin's: on older ones the installer falls back in silence", "build both for one floor"},
		{string(HalfPure), "it takes the wheel without compiled code, the twin a compiled one", "publish a compiled wheel too, if speed matters"},
	}}
}

// Loss says what a release no longer has that the one before had.
type Loss string

// The losses.
const (
	LossPlatform Loss = "platform"
	LossABI      Loss = "abi"
	LossWheel    Loss = "wheel"
	LossFloor    Loss = "floor"
)

// Losses is the set of losses.
func Losses() Set {
	return Set{"loss since the release before", "kind", "What did the release before have that this one hasn't?", []Entry{
		{string(LossPlatform), "wheels for a platform, for whatever Python", "say so in the release notes, or bring them back"},
		{string(LossABI), "wheels for a Python, on whatever platform, although Requires-Python still admits it", "bring them back, or raise requires-python"},
		{string(LossWheel), "wheels for some Pythons of a platform", "see whether a job failed or its upload was overwritten"},
		{string(LossFloor), "wheels for systems this old", "nothing to do if it was meant; users on older systems stay with the release before"},
	}}
}
