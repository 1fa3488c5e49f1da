package explain

import (
	"fmt"
	"strings"

	"lyncowa/internal/topology"
)

// topologyTopic lists the fields of a topology as the schema describes them.
func topologyTopic() string {
	var out strings.Builder
	out.WriteString("The fields of a topology file. * is required, (*) depends on another field.\n\n")
	writeFields(&out, topology.Fields(), "")
	out.WriteString("\nlyncowa init writes a sample in which they are explained, lyncowa schema a schema that\nan editor completes and checks them by.")
	return out.String()
}

// writeFields lists fields, and below each one those of the mappings that it holds.
func writeFields(out *strings.Builder, fields []topology.Field, margin string) {
	marks := map[topology.Need]string{topology.Always: " *", topology.Sometimes: " (*)"}
	for _, f := range fields {
		fmt.Fprintf(out, "%s%s%s\n%s", margin, f.Name, marks[f.Need], fill(margin+"    ", f.Description))
		writeFields(out, f.Below, margin+"  ")
	}
}
