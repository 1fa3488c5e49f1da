package escape

import (
	"slices"
	"text/template/parse"
)

// Values makes a template escape every value that it prints, by appending the escaper to each pipeline. Pipelines that
// end with a function of raw are left as they are: its result is markup already.
func Values(node parse.Node, escaper string, raw ...string) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				Values(child, escaper, raw...)
			}
		}
	case *parse.ActionNode:
		last := n.Pipe.Cmds[len(n.Pipe.Cmds)-1]
		name, isFunction := last.Args[0].(*parse.IdentifierNode)
		if len(n.Pipe.Decl) == 0 && !(isFunction && slices.Contains(raw, name.Ident)) {
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Args: []parse.Node{parse.NewIdentifier(escaper)}})
		}
	case *parse.IfNode:
		branches(&n.BranchNode, escaper, raw)
	case *parse.RangeNode:
		branches(&n.BranchNode, escaper, raw)
	case *parse.WithNode:
		branches(&n.BranchNode, escaper, raw)
	}
}

func branches(n *parse.BranchNode, escaper string, raw []string) {
	Values(n.List, escaper, raw...)
	Values(n.ElseList, escaper, raw...)
}
