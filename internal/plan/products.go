package plan

import "lyncowa/internal/topology"

// LyncProduct is the name of the Lync product.
func (v Versions) LyncProduct() string { return topology.Versions(v).LyncProduct() }

// ShellName is the name of a management shell, as the product of that version calls it; "" for none.
func (v Versions) ShellName(s Shell) string {
	switch {
	case s == ShellExchange:
		return "Exchange Management Shell"
	case s == ShellLync && v.Lync == "2013":
		return "Lync Server Management Shell"
	case s == ShellLync:
		return "Skype for Business Server Management Shell"
	}
	return ""
}
