package plan

// What a farm has before a change, as far as inventories tell. Package inventory fills it in.

// Inventory is a file of an inventory script, as a bundle holds it.
type Inventory struct {
	Path    string `json:"path"` // in the bundle
	Kind    string `json:"kind"` // which product's script wrote it
	Host    string `json:"host"`
	TakenAt string `json:"takenAt"` // UTC
	Digest  string `json:"sha256"`  // of Data, lower-case hex
	Data    []byte `json:"-"`       // byte for byte as it was read
}

// StateOf is when the newest inventory was taken; "" without one.
func (p *Plan) StateOf() string {
	if len(p.Inventories) == 0 {
		return ""
	}
	return Moment(p.Inventories[len(p.Inventories)-1].TakenAt).Format("2006-01-02 15:04Z")
}

// State is whether a farm has what a command does.
type State string

// The states.
const (
	Done     State = "done"
	ToChange State = "change"
	Conflict State = "conflict" // something of somebody else is in the way
	Unknown  State = "unknown"  // no inventory tells
)

// Totals counts the commands of each state.
type Totals struct {
	Change   int `json:"change"`
	Done     int `json:"done"`
	Conflict int `json:"conflict"`
	Unknown  int `json:"unknown"`
}

// Count adds one command.
func (t *Totals) Count(s State) {
	switch s {
	case Done:
		t.Done++
	case ToChange:
		t.Change++
	case Conflict:
		t.Conflict++
	default:
		t.Unknown++
	}
}
